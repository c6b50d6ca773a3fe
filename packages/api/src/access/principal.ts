/**
 * Who calls. Every use-case takes a principal and passes {@link authorize} before it does anything, so that roles can be
 * added in one place.
 */
import { SluiceError } from "@sluice/contracts";

export interface Principal {
  /** How the caller proved who it is; `local` = loopback without an admin token. */
  readonly kind: "local" | "admin_token" | "session" | "api_key";
  /** Shown as `created_by` and in the audit log. */
  readonly name: string;
  readonly role: "admin" | "viewer";
  /** The request it came with, for the audit log. */
  readonly requestId?: string;
}

export const localAdmin: Principal = { kind: "local", name: "local", role: "admin" };

export type Action = "read" | "create" | "update" | "delete" | "invoke";

/** What an action is about: `{ type: "application", id: "digits" }`. */
export interface ActionObject {
  readonly type: "application" | "bundle" | "cluster" | "node" | "metrics" | "events" | "spec";
  readonly id: string | null;
}

/** Throws `auth/forbidden` unless the principal may do this. */
export function authorize(principal: Principal, action: Action, object: ActionObject): void {
  if (principal.role === "admin" || action === "read") return;
  throw new SluiceError({
    code: "auth/forbidden",
    publicMessage: `${principal.name} may only read; to ${action} ${object.type} ${object.id ?? ""} needs the role admin.`,
  });
}
