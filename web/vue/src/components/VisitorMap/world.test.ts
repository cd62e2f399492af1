import { describe, expect, it } from "vitest";
import { HEIGHT, WIDTH } from "./scale.js";
import { world } from "./world.js";

const countries = world();
const place = (code: string) => countries.find((country) => country.code === code);

describe("the world", () => {
  it("has a place for each country, on the map", () => {
    for (const { code, x, y } of countries) {
      expect(code).toMatch(/^[A-Z]{2}$/);
      expect(x, code).toBeGreaterThan(0);
      expect(x, code).toBeLessThan(WIDTH);
      expect(y, code).toBeGreaterThan(0);
      expect(y, code).toBeLessThan(HEIGHT);
    }
    expect(new Set(countries.map((country) => country.code)).size).toBe(247);
  });

  it("draws the large and places the small", () => {
    expect(place("DE")?.shape).toMatch(/^M/);
    expect(place("SG")?.shape).toBeNull();
    // France's mainland, not the middle between it and Guiana.
    const [france, germany] = [place("FR"), place("DE")];
    expect(Math.abs((france?.x ?? 0) - (germany?.x ?? 0))).toBeLessThan(30);
  });
});
