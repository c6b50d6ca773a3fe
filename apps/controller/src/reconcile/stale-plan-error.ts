/** What a plan was made from changed before it was written: nothing was written, and it is to be made again at once. */
export class StalePlanError extends Error {}
