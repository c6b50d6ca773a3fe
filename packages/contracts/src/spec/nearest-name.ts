/** The name that was probably meant: the one fewest letters away, if that is few for its length. Null = none is near. */
export function nearestName(written: string, names: readonly string[]): string | null {
  const scored = names
    .map((name) => ({ name, steps: editSteps(written.toLowerCase(), name) }))
    .sort((a, b) => a.steps - b.steps);
  const [best] = scored;
  return best !== undefined && best.steps <= Math.max(1, Math.floor(best.name.length / 4)) ? best.name : null;
}

/** Letters to insert, remove, replace or swap with the next one, to get from `a` to `b`. */
function editSteps(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row++) {
    const line = [row];
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1];
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      line[column] = Math.min(
        stepsAt(rows, row - 1, column) + 1,
        (line[column - 1] ?? 0) + 1,
        stepsAt(rows, row - 1, column - 1) + (isSame ? 0 : 1),
        isSwapped ? stepsAt(rows, row - 2, column - 2) + 1 : Infinity,
      );
    }
    rows.push(line);
  }
  return stepsAt(rows, a.length, b.length);
}

function stepsAt(rows: readonly (readonly number[])[], row: number, column: number): number {
  return rows[row]?.[column] ?? Infinity;
}
