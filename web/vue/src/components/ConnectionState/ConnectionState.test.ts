import type { Connection } from "@footfall/client";
import { expect, it } from "vitest";
import { mounter } from "../../../test/mount.js";
import ConnectionState from "./ConnectionState.vue";

const show = mounter();

const at: Connection = { status: "live", transport: "sse", since: 0, code: null, reason: null };

it.each([
  ["live", /^Live$/],
  ["reconnecting", /^Reconnecting…$/],
  ["stale", /^Stale since .*\d/],
  ["paused", /^Paused$/],
] as const)("says %s", (status, text) => {
  const state = show(ConnectionState, { connection: { ...at, status } });
  expect(state.text("[role=status]")).toMatch(text);
});
