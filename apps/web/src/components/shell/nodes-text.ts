import { plural } from "../../format/numbers.ts";

/** Counted as the sidebar counts, with what is ready where that is less: `2 nodes, 1 ready`. */
export function nodesText(ready: number, present: number): string {
  return ready === present ? plural(present, "node") : `${plural(present, "node")}, ${ready} ready`;
}
