import type { ExchangeListener } from "./exchange.ts";

/** Stands where nobody follows an exchange (yet, or any more). */
export const closedListener: ExchangeListener = {
  onBodyData: () => undefined,
  onBodyEnd: () => undefined,
  onClientGone: () => undefined,
  onBroken: () => undefined,
  onDrain: () => undefined,
};
