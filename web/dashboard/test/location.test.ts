import { expect, it } from "vitest";
import { minutesOf, siteHref, siteOf, tokenOf, withMinutes } from "../src/location.js";

it("finds the site in the path", () => {
  expect(siteOf("/sites/my-site")).toBe("my-site");
  expect(siteOf("/sites/a%20b/")).toBe("a b");
  expect(siteOf("/sites/%zz")).toBe("%zz");
  expect(siteOf("/")).toBeNull();
});

it("takes the window from the query, five minutes if it names none", () => {
  expect(minutesOf("?minutes=30")).toBe(30);
  for (const search of ["", "?minutes=", "?minutes=0", "?minutes=x", "?minutes=1.5", "?minutes=-1"]) {
    expect(minutesOf(search)).toBe(5);
  }
  expect(withMinutes("?a=1&minutes=5", 10)).toBe("?a=1&minutes=10");
});

it("keeps the token in the fragment", () => {
  expect(tokenOf("#token=secret%26")).toBe("secret&");
  expect(tokenOf("#")).toBeUndefined();
  expect(siteHref("my-site", "#token=secret")).toBe("/sites/my-site#token=secret");
  expect(siteHref("my-site", "#top")).toBe("/sites/my-site");
});
