import { inspect } from "node:util";
import type { Secret } from "../domain/vault.js";

const shown = "[secret]";

/** Wraps a value so that printing, serialising and inspecting it show "[secret]"; only `reveal()` tells. */
export function createSecret(value: string): Secret {
  const secret: Secret & { toString(): string; toJSON(): string } = {
    reveal: () => value,
    toString: () => shown,
    toJSON: () => shown,
  };
  Object.defineProperty(secret, inspect.custom, { value: () => shown, enumerable: false });
  return Object.freeze(secret);
}
