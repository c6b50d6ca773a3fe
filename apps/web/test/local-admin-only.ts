import type { Authenticator } from "@sluice/api";

/** Whoever reaches the listener is the local admin, as on loopback without an admin token. */
export const localAdminOnly: Authenticator = {
  needsCredential: false,
  authenticate: async () => ({ kind: "local", name: "local", role: "admin" }),
};
