import { z } from "zod";

/** Names appear in URLs, metrics labels and file paths, so they are narrow. */
export const Name = z
  .string()
  .min(1, "A name is needed, for example `digits`.")
  .max(63, "At most 63 characters.")
  .regex(
    /^[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?$/,
    "Letters, digits, `-`, `_` and `.`; it starts and ends with a letter or digit.",
  );

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "A sha256 in 64 lowercase hex digits.");

/** Ray Serve's rule: begins with `/`, does not end with `/` unless it is `/`, no `{}`; `/-` belongs to Sluice. */
export const RoutePrefix = z
  .string()
  .regex(
    /^\/(?:[^\s{}?#]*[^\s{}?#/])?$/,
    "Begins with `/`, does not end with `/`, no spaces, `{}`, `?` or `#`, for example `/digits`.",
  )
  .refine(
    (prefix) => prefix !== "/-" && !prefix.startsWith("/-/"),
    "`/-` belongs to the gateway itself. Choose another prefix, for example `/digits`.",
  );

export const WallTimeMs = z.number().nonnegative();
