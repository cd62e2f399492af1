// @vitest-environment node
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";

const LIMIT_BYTES = 1536;

test("the built script stays within its budget", async () => {
  const [bundle] = (await build({
    root: fileURLToPath(new URL("..", import.meta.url)),
    logLevel: "silent",
    build: { write: false },
  })) as Rolldown.RolldownOutput[];

  const chunks = bundle!.output;

  expect(chunks.map((chunk) => chunk.fileName)).toEqual(["footfall.js"]);
  expect(gzipSync((chunks[0] as Rolldown.OutputChunk).code).length).toBeLessThanOrEqual(LIMIT_BYTES);
});
