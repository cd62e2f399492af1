/** How a path is shown in a list: what all paths share is quiet, and a long one loses its middle. */

export interface PathParts {
  /** The folder that all paths of the list have in common; "" if there is none. */
  readonly shared: string;
  /** What may be cut at its end where there is no room. */
  readonly head: string;
  /** What is always shown. */
  readonly tail: string;
}

const LONG = 24;
const LONGEST_TAIL = 14;

/** "/docs/" of "/docs/a" and "/docs/b/c"; "" for one path, or where they share no folder. */
export function sharedFolder(labels: readonly string[]): string {
  const paths = labels.filter((label) => label.startsWith("/"));
  const [first = "", second] = paths;
  if (second === undefined) return "";
  let length = first.length;
  for (const path of paths) {
    while (!path.startsWith(first.slice(0, length))) length -= 1;
  }
  const folder = first.slice(0, first.slice(0, length).lastIndexOf("/") + 1);
  return folder === "/" ? "" : folder;
}

export function pathParts(text: string, folder: string): PathParts {
  const shared = text.startsWith(folder) ? folder : "";
  const rest = text.slice(shared.length);
  if (text.length <= LONG) return { shared, head: rest, tail: "" };
  const lastPart = rest.length - rest.lastIndexOf("/", rest.length - 2);
  const tail = rest.slice(-Math.min(lastPart, LONGEST_TAIL));
  return { shared, head: rest.slice(0, rest.length - tail.length), tail };
}
