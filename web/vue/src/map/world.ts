/** The countries of the world as shapes on a flat map. Loaded when a map is shown. */

import { type GeoProjection, geoArea, geoCentroid, geoNaturalEarth1, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlas from "world-atlas/countries-110m.json";
import { CODES, NAMED, SMALL } from "./countries.js";

/** Of the map, in its own units. */
export const WIDTH = 800;
export const HEIGHT = 400;
/** Beyond these latitudes lie Antarctica and the open sea. */
const FRAME = { type: "MultiPoint", coordinates: [[-180, 0], [180, 0], [0, 82], [-68, -56]] } as const;

export interface Country {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** SVG path; null for those too small to be drawn. */
  readonly shape: string | null;
  /** Its middle: that of its largest part. */
  readonly x: number;
  readonly y: number;
}

type Atlas = Topology<{ countries: GeometryCollection<{ name: string }> }>;
type Shape = GeoJSON.Feature<GeoJSON.Geometry, { name: string }>;

/** Computed anew by each call. A code may have several shapes. */
export function world(): Country[] {
  const projection = geoNaturalEarth1().fitExtent([[0, 4], [WIDTH, HEIGHT - 4]], FRAME as never);
  const path = geoPath(projection).digits(1);
  const topology = atlas as unknown as Atlas;
  const drawn = feature(topology, topology.objects.countries).features.flatMap((shape) => {
    const code = CODES.get(String(shape.id)) ?? NAMED[shape.properties.name];
    const outline = code && path(shape);
    return outline ? [{ code, shape: outline, ...place(projection, middle(shape)) }] : [];
  });
  const small = [...SMALL].map(([code, at]) => ({ code, shape: null, ...place(projection, at) }));
  return [...drawn, ...small];
}

function place(projection: GeoProjection, at: readonly [number, number]): { x: number; y: number } {
  const [x, y] = projection([...at]) ?? [0, 0];
  return { x: Math.round(x), y: Math.round(y) };
}

function middle({ geometry }: Shape): [number, number] {
  if (geometry.type !== "MultiPolygon") return geoCentroid(geometry);
  const parts = geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }) as const);
  const largest = parts.reduce((a, b) => (geoArea(a) >= geoArea(b) ? a : b));
  return geoCentroid(largest);
}
