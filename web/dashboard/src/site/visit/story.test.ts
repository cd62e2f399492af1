import type { VisitDocument } from "@footfall/client";
import { expect, it } from "vitest";
import { storyOf } from "./story.js";

const at = (time: string) => ({ timestamp: `2026-01-15T10:${time}Z` });
const visit = {
  last: "2026-01-15T10:30:30Z",
  events: [
    { id: "1", type: "event", name: "restored", path: "/old", ...at("20:00") },
    { id: "2", type: "pageview", path: "/tea", title: "Tea", ...at("21:00") },
    { id: "3", type: "event", name: "signup", path: "/tea", ...at("21:40") },
    { id: "4", type: "pageview", path: "/thanks", ...at("22:00") },
    { id: "5", type: "goal", name: "Thanked", path: "/thanks", ...at("22:00") },
  ],
} as unknown as VisitDocument;

it("tells each page with its time and what happened on it", () => {
  expect(storyOf(visit).map(({ path, seconds, acts }) => [path, seconds, acts.map(({ id }) => id)])).toEqual([
    ["/old", 60, ["1"]],
    ["/tea", 60, ["3"]],
    ["/thanks", 510, ["5"]],
  ]);
});
