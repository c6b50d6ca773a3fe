import type { Shortage } from "./find-shortages.ts";
import type { RoomHold } from "./placement.ts";

/** More holders than this are only counted. */
const MAX_NAMED = 2;

/** Who holds what is short and will give it back: `2 CPU are held by revision 3 of shop, which goes when the update completes.` */
export function describeHolds(
  shortages: readonly Shortage[],
  ofNode: readonly RoomHold[] = [],
  ofPlan: readonly RoomHold[] = [],
): string | null {
  if (ofNode.length + ofPlan.length === 0) return null;
  const texts = [...ofNode, ...ofPlan].flatMap((hold) => {
    const amounts = shortages.flatMap(({ heldIn }) => heldIn(hold.resources) ?? []);
    if (amounts.length === 0) return [];
    const held = `${amounts.join(" and ")} ${amounts.length === 1 && /^1(\.0+)? /.test(amounts[0] ?? "") ? "is" : "are"} held`;
    return hold.kind === "warm"
      ? [`${held} warm for a rollback by ${hold.label}, which gives way when room is short.`]
      : [`${held} by ${hold.label}, which goes when the update completes.`];
  });
  if (texts.length === 0) return null;
  const more = texts.length - MAX_NAMED;
  return texts
    .slice(0, MAX_NAMED)
    .concat(more > 0 ? [`So is the room of ${more} more.`] : [])
    .join(" ");
}
