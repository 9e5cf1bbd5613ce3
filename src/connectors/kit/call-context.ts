import { AsyncLocalStorage } from "node:async_hooks";
import type { Call } from "../../domain/connector.js";

/**
 * The call that is being served, carried from the gate down to `http` past connectors,
 * which need not know of traces and time-outs.
 */
export const callContext = new AsyncLocalStorage<Call>();

/** For what others will use as well: it is not broken off when the one who happened to need it first stops waiting. */
export function forEverybody<T>(act: () => T): T {
  const call = callContext.getStore();
  return call ? callContext.run({ ...call, signal: undefined }, act) : act();
}

/** The signals that end this request: its own and its call's. */
export function signalsOf(own: AbortSignal | undefined): AbortSignal[] {
  return [own, callContext.getStore()?.signal].filter((signal) => signal !== undefined);
}
