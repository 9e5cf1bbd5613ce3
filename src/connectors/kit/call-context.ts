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

const read = new WeakMap<Call, Map<string, Promise<unknown>>>();

/**
 * What one call, a person's question, has read it need not read again: the same key within it gets the same answer. Outside
 * a call everything is read anew. For what is shown; what a write depends on is read when it is written.
 */
export function oncePerCall<T>(key: string, load: () => Promise<T>): Promise<T> {
  const call = callContext.getStore();
  if (!call) return load();
  const known = read.get(call) ?? new Map<string, Promise<unknown>>();
  read.set(call, known);
  const before = known.get(key);
  if (before) return before as Promise<T>;
  const value = load();
  known.set(key, value);
  value.catch(() => known.delete(key));
  return value;
}

/** The signals that end this request: its own and its call's. */
export function signalsOf(own: AbortSignal | undefined): AbortSignal[] {
  return [own, callContext.getStore()?.signal].filter((signal) => signal !== undefined);
}
