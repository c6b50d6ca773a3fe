/** A module that cannot be imported. */
throw new Error("no licence file beside the model");

export const app = undefined;
