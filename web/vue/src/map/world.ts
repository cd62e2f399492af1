/** The countries of the world as shapes on a flat map. Loaded when a map is shown. */

import { type GeoProjection, geoArea, geoCentroid, geoNaturalEarth1, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlas from "world-atlas/countries-110m.json";
import { CODES, NAMED, SMALL } from "./countries.js";

/** Of the map, in its own units. */
export const WIDTH = 800;
export const HEIGHT = 392;
const MARGIN = 8;
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

/** Turned a little east, so that no country lies on both edges. */
const MIDDLE = 11;

/** Computed anew by each call. A code may have several shapes. */
export function world(): Country[] {
  const topology = atlas as unknown as Atlas;
  const shapes = feature(topology, topology.objects.countries).features.flatMap((shape) => {
    const code = CODES.get(String(shape.id)) ?? NAMED[shape.properties.name];
    return code ? [{ code, shape }] : [];
  });
  const islands = { type: "MultiPoint", coordinates: [...SMALL.values()] } as const;
  const geometries = [islands, ...shapes.map(({ shape }) => shape.geometry)];
  const frame: [[number, number], [number, number]] = [[MARGIN, MARGIN], [WIDTH - MARGIN, HEIGHT - MARGIN]];
  const projection = geoNaturalEarth1().rotate([-MIDDLE, 0]).fitExtent(frame, {
    type: "GeometryCollection",
    geometries: geometries as GeoJSON.Geometry[],
  });
  const path = geoPath(projection).digits(1);
  const drawn = shapes.map(({ code, shape }) => {
    return { code, shape: path(shape), ...place(projection, middle(shape)) };
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
