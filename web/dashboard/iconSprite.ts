/** Puts the flags of all countries and the icons of known sources into one file, `/icons.svg`. */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { SOURCE_ICONS } from "./src/site/icons.ts";

const folder = (of: string): string => fileURLToPath(new URL(`../node_modules/${of}`, import.meta.url));
const FLAGS = folder("country-flag-icons/3x2");
const BRANDS = folder("simple-icons/icons");

export function iconSprite(): Plugin {
  return {
    name: "icon-sprite",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "icons.svg", source: sprite() });
    },
  };
}

function sprite(): string {
  const flags = readdirSync(FLAGS).filter((name) => /^[A-Z]{2}\.svg$/.test(name));
  const symbols = [
    ...flags.map((name) => symbol(`flag-${name.slice(0, 2)}`, `${FLAGS}/${name}`, "#000")),
    ...Object.values(SOURCE_ICONS).map((name) =>
      symbol(`source-${name}`, `${BRANDS}/${name}.svg`, "currentColor"),
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`;
}

/** The drawing in a file, as a symbol. `fill` is for the parts that name no colour. */
function symbol(id: string, file: string, fill: string): string {
  const [, attributes = "", content = ""] = /<svg([^>]*)>(.*)<\/svg>/s.exec(readFileSync(file, "utf8")) ?? [];
  const viewBox = /viewBox="[^"]*"/.exec(attributes)?.[0] ?? "";
  return `<symbol id="${id}" ${viewBox} fill="${fill}">${content.replace(/<title>.*?<\/title>/s, "")}</symbol>`;
}
