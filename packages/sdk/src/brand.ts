/**
 * Brands are registered symbols (`Symbol.for`): a user's bundle carries its own copy of this SDK, and its values must
 * still be recognised by the copy inside the host.
 */
export const deploymentBrand: unique symbol = Symbol.for("sluice.sdk.deployment");
export const applicationBrand: unique symbol = Symbol.for("sluice.sdk.application");
export const handleBrand: unique symbol = Symbol.for("sluice.sdk.handle");
