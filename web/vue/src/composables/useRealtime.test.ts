import { expect, it } from "vitest";
import { fakeServer } from "../../../client/test/server.js";
import { mounter } from "../../test/mount.js";
import { LiveActivityFeed, RealtimeCounter } from "../index.js";

const config = { baseUrl: "https://stats.example", siteId: "shop" };

const server = fakeServer();
const show = mounter();

it("shares one connection among components of the same config", () => {
  show(RealtimeCounter, { config });
  show(LiveActivityFeed, { config: { ...config } });
  expect(server.sockets).toHaveLength(1);
});
