import { describe, expect, it } from "vitest";
import { applyOverview, applyRealtime, ProtocolError } from "./index.js";
import { pageView, realtimeDocument } from "../test/documents.js";

const position = { epoch: "e", version: 1 };
const LIMIT = 20;

describe("a site document", () => {
  it("is what a snapshot says, without its envelope", () => {
    const document = realtimeDocument();
    const applied = applyRealtime(null, { type: "snapshot", position, ...document }, LIMIT);
    expect(applied).toEqual(document);
  });

  it("takes the keys of an update and keeps the rest", () => {
    const held = realtimeDocument();
    const pages = [{ path: "/docs", visitors: 3 }];
    const applied = applyRealtime(
      held,
      { type: "update", position, asOf: "2026-01-15T10:30:13Z", activePages: pages },
      LIMIT,
    );
    expect(applied).toEqual({ ...held, asOf: "2026-01-15T10:30:13Z", activePages: pages });
    expect(held).toEqual(realtimeDocument());
  });

  it("puts new events first and cuts the feed at the limit", () => {
    const held = realtimeDocument({ recentEvents: [pageView("b"), pageView("a")] });
    const update = { type: "update", position, recentEvents: [pageView("d"), pageView("c")] } as const;
    const ids = applyRealtime(held, update, 3).recentEvents.map((row) => row.id);
    expect(ids).toEqual(["d", "c", "b"]);
  });

  it("shows an event once when it is sent again", () => {
    const held = realtimeDocument({ recentEvents: [pageView("b"), pageView("a")] });
    const update = { type: "update", position, recentEvents: [pageView("c"), pageView("b")] } as const;
    const ids = applyRealtime(held, update, LIMIT).recentEvents.map((row) => row.id);
    expect(ids).toEqual(["c", "b", "a"]);
  });

  it("replaces the feed on a reset", () => {
    const held = realtimeDocument({ recentEvents: [pageView("b"), pageView("a")] });
    const update = { type: "update", position, feedReset: true, recentEvents: [pageView("a")] } as const;
    expect(applyRealtime(held, update, LIMIT).recentEvents).toEqual([pageView("a")]);
  });

  it("lets an event go in the second it is a window old, even on a tick", () => {
    const rows = [pageView("new", "2026-01-15T10:25:13Z"), pageView("old", "2026-01-15T10:25:12.9Z")];
    const held = realtimeDocument({ asOf: "2026-01-15T10:30:11Z", recentEvents: rows });
    const tick = { type: "tick", position, asOf: "2026-01-15T10:30:12Z" } as const;
    const applied = applyRealtime(held, tick, LIMIT);
    expect(applied.recentEvents.map((row) => row.id)).toEqual(["new"]);
    expect(applied.asOf).toBe("2026-01-15T10:30:12Z");
  });

  it("merges minutes and drops the oldest", () => {
    const rows = [
      { minute: "2026-01-15T10:31", pageViews: 1, visitors: 1 },
      { minute: "2026-01-15T10:30", pageViews: 5, visitors: 4 },
    ];
    const applied = applyRealtime(
      realtimeDocument(),
      { type: "update", position, perMinute: rows },
      LIMIT,
    );
    expect(applied.perMinute).toEqual([rows[1], rows[0]]);
  });

  it("cannot begin with an update", () => {
    const update = { type: "update", position, currentVisitors: 1 } as const;
    expect(() => applyRealtime(null, update, LIMIT)).toThrow(ProtocolError);
  });
});

describe("the overview", () => {
  const row = { siteId: "a", name: "A", currentVisitors: 1, perMinute: [], topPage: null };
  const held = { asOf: "2026-01-15T10:30:12Z", sites: [row, { ...row, siteId: "b" }] };
  const asOf = "2026-01-15T10:30:13Z";

  it("replaces the row of each site that changed, and takes in a new one", () => {
    const changed = { ...row, currentVisitors: 2 };
    const fresh = { ...row, siteId: "c" };
    const update = { type: "update", position, asOf, sites: [changed, fresh] } as const;
    expect(applyOverview(held, update)).toEqual({ asOf, sites: [changed, held.sites[1], fresh] });
  });

  it("moves its clock on a tick", () => {
    expect(applyOverview(held, { type: "tick", position, asOf })).toEqual({ ...held, asOf });
  });
});
