// @vitest-environment node
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { expect, test, vi } from "vitest";

const LIMIT_BYTES = 45 * 1024;
const BUILD_MS = 60_000;

test("the script stays within its budget, and loads the map's shapes when they are needed", async () => {
  vi.stubEnv("NODE_ENV", "production");
  const { output } = (await build({
    root: fileURLToPath(new URL("..", import.meta.url)),
    logLevel: "silent",
    build: { write: false },
  })) as Rolldown.RolldownOutput;
  const chunks = output.filter((each) => each.type === "chunk");

  const entry = chunks.find((chunk) => chunk.isEntry);
  expect(entry?.fileName).toBe("footfall-elements.js");
  expect(gzipSync(entry?.code ?? "").length).toBeLessThanOrEqual(LIMIT_BYTES);
  expect(entry?.imports).toEqual([]);
  expect(entry?.dynamicImports).toHaveLength(1);
  // An emulation of light-dark() would not follow the page's color-scheme.
  expect(entry?.code).toContain("light-dark(");
  expect(output.map((each) => each.fileName).filter((name) => !name.endsWith(".js"))).toEqual([]);
}, BUILD_MS);
