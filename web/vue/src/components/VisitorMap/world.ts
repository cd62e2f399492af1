/** The countries of the world as shapes on a flat map. The map loads this module when it is shown. */

import { type GeoProjection, geoArea, geoCentroid, geoEquirectangular, geoPath } from "d3-geo";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import atlas from "world-atlas/countries-110m.json";
import { CODES, NAMED, SMALL } from "./countries.js";
import { HEIGHT, NORTH, WIDTH } from "./scale.js";

export interface Country {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** SVG path; null for a country that is too small to draw. */
  readonly shape: string | null;
  /** The centre of the country's largest part. */
  readonly x: number;
  readonly y: number;
}

type Atlas = Topology<{ countries: GeometryCollection<{ name: string }> }>;
type Shape = GeoJSON.Feature<GeoJSON.Geometry, { name: string }>;

/** The longitude at the centre: slightly east, so that no country lies on both edges. */
const CENTRE_LONGITUDE = 11;

/** What lies farther north (Svalbard) or at the very edge has its dot so far inside the map. */
const MARGIN = 6;

/** Computes all countries. A code may have several shapes; the first is the mainland. */
export function world(): Country[] {
  const topology = atlas as unknown as Atlas;
  const shapes = feature(topology, topology.objects.countries).features.flatMap((shape) => {
    const code = CODES.get(String(shape.id)) ?? NAMED[shape.properties.name];
    return code ? [{ code, shape }] : [];
  });
  const perDegree = WIDTH / 360;
  const projection = geoEquirectangular()
    .rotate([-CENTRE_LONGITUDE, 0])
    .scale((perDegree * 180) / Math.PI)
    .translate([WIDTH / 2, NORTH * perDegree])
    .clipExtent([[0, 0], [WIDTH, HEIGHT]]);
  const path = geoPath(projection).digits(1);
  const drawn = shapes.map(({ code, shape }) => {
    return { code, shape: path(shape), ...place(projection, centre(shape)) };
  });
  const small = [...SMALL].map(([code, at]) => ({ code, shape: null, ...place(projection, at) }));
  return [...drawn, ...small];
}

function place(projection: GeoProjection, at: readonly [number, number]): { x: number; y: number } {
  const [x, y] = projection([...at]) ?? [0, 0];
  const inside = (value: number, size: number): number =>
    Math.round(Math.min(size - MARGIN, Math.max(MARGIN, value)));
  return { x: inside(x, WIDTH), y: inside(y, HEIGHT) };
}

function centre({ geometry }: Shape): [number, number] {
  if (geometry.type !== "MultiPolygon") return geoCentroid(geometry);
  const parts = geometry.coordinates.map((coordinates) => ({ type: "Polygon", coordinates }) as const);
  const largest = parts.reduce((a, b) => (geoArea(a) >= geoArea(b) ? a : b));
  return geoCentroid(largest);
}
