import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options?: { readonly type: "minor" }) => void;

let collect: Collect | undefined;

/** The only way to it that does not show in the replica's command line and global names. */
function collector(): Collect {
  if (collect !== undefined) return collect;
  setFlagsFromString("--expose-gc");
  collect = runInNewContext("gc") as Collect;
  setFlagsFromString("--no-expose-gc");
  return collect;
}

/**
 * Gives back what a start left behind: 6 to 8 MB, which V8 would hold until the replica has work enough for a full collection. It
 * takes about 8 ms, so only while nothing runs.
 */
export function collectGarbage(): void {
  collector()();
}

/**
 * Between two of these. Beside a heap of 11 MB, V8 begins a full collection when 10 MB outside the heap were taken since the last
 * one, also where all of that is garbage by now.
 */
export const longBodyBytes = 6_000_000;

/**
 * Frees what died young, within 0.5 ms: the pieces of long bodies. Their memory lies outside the heap and counts as grown until
 * somebody collects; left alone, V8 answers with a full collection, 8 ms here and as much on other threads, for each 36 MB.
 */
export function collectYoung(): void {
  collector()({ type: "minor" });
}
