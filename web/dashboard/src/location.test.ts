import { expect, it } from "vitest";
import { searchOf, siteHref, siteOf, toggled, tokenOf, viewOf } from "./location.js";

it("finds the site in the path", () => {
  expect(siteOf("/sites/my-site")).toBe("my-site");
  expect(siteOf("/sites/a%20b/")).toBe("a b");
  expect(siteOf("/sites/%zz")).toBe("%zz");
  expect(siteOf("/")).toBeNull();
});

it("takes the window from the query, five minutes if it names none", () => {
  for (const minutes of [30, 31, 999]) expect(viewOf(`?minutes=${minutes}`).minutes).toBe(30);
  for (const search of ["", "?minutes=", "?minutes=0", "?minutes=x", "?minutes=1.5", "?minutes=-1"]) {
    expect(viewOf(search).minutes).toBe(5);
  }
});

const PAST = "?period=custom&from=2026-11-01&to=2026-11-07&event=signup";

it("takes the period from the query, live if it names none", () => {
  expect(viewOf("?period=7d")).toMatchObject({ period: "7d", from: "", to: "" });
  expect(viewOf("?period=century").period).toBe("live");
  expect(viewOf(PAST)).toMatchObject({ period: "custom", from: "2026-11-01", to: "2026-11-07" });
  for (const days of ["", "&from=2026-11-07&to=2026-11-01", "&from=x&to=y", "&from=2026-11-01"]) {
    expect(viewOf(`?period=custom${days}`)).toMatchObject({ period: "30d", from: "", to: "" });
  }
});

it("says the same view in the same address", () => {
  for (const search of ["", "?minutes=10", "?path=%2Fa%26b*&country=DE", "?page=settings", "?tv=1", PAST]) {
    expect(searchOf(viewOf(search))).toBe(search);
  }
  expect(viewOf("?path=/docs*&os=&who=me").filter).toEqual({ path: "/docs*" });
});

it("turns a part of the filter on and off", () => {
  const filter = toggled({ device: "mobile" }, "country", "DE");
  expect(filter).toEqual({ device: "mobile", country: "DE" });
  expect(toggled(filter, "country", "FR")).toEqual({ device: "mobile", country: "FR" });
  expect(toggled(filter, "country", "DE")).toEqual({ device: "mobile" });
});

it("keeps the token in the fragment", () => {
  expect(tokenOf("#token=secret%26")).toBe("secret&");
  expect(tokenOf("#")).toBeUndefined();
  expect(siteHref("my-site", "#token=secret")).toBe("/sites/my-site#token=secret");
  expect(siteHref("my-site", "#top")).toBe("/sites/my-site");
});
