import { expect, it } from "vitest";
import { pathParts, sharedFolder } from "./pathParts.js";

it("finds the folder that all paths share", () => {
  expect(sharedFolder(["/docs/a", "/docs/b/c", "/docs/"])).toBe("/docs/");
  expect(sharedFolder(["/docs/a", "/doctor"])).toBe("");
  expect(sharedFolder(["/docs/a", "(other)", "/docs/b"])).toBe("/docs/");
  expect(sharedFolder(["/docs/a"])).toBe("");
  expect(sharedFolder(["/docs/a/b", "/docs/a/bc"])).toBe("/docs/a/");
  expect(sharedFolder([])).toBe("");
});

it("keeps the end of a long path", () => {
  const whole = ({ shared, head, tail }: ReturnType<typeof pathParts>) => shared + head + tail;
  const long = "/guides/plants/the-care-of-calatheas-in-winter";
  expect(pathParts("/docs/a", "/docs/")).toEqual({ shared: "/docs/", head: "a", tail: "" });
  expect(pathParts(long, "")).toEqual({ shared: "", head: long.slice(0, -14), tail: "heas-in-winter" });
  expect(pathParts("/a/very/long/way/to/the/end", "/a/").tail).toBe("/end");
  expect(pathParts("(other)", "/a/")).toEqual({ shared: "", head: "(other)", tail: "" });
  for (const path of [long, "/a", "/", "/a/very/long/way/to/the/end/"]) {
    expect(whole(pathParts(path, "/a/"))).toBe(path);
  }
});
