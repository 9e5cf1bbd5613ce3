import { createSecret } from "../../src/guard/secret.js";
import type { Secret, Vault } from "../../src/domain/vault.js";
import { variableOf } from "../../src/connectors/kit/define.js";

/**
 * A vault in memory with the real one's promises: `update` has one caller at a time, in order, and stores nothing when it throws.
 * Several `createSystems` over one of these are several processes over one database.
 */
export function createMemoryVault(environment: Readonly<Record<string, string>>): Vault & { readonly stored: Map<string, string> } {
  const stored = new Map<string, string>();
  const tails = new Map<string, Promise<unknown>>();
  return {
    stored,
    of({ system, person }) {
      const keyOf = (name: string) => `${system}|${person ?? ""}|${name}`;
      const get = async (name: string): Promise<Secret | undefined> => {
        const value = stored.get(keyOf(name)) ?? (person === undefined ? environment[variableOf(system, name)] : undefined);
        return value === undefined ? undefined : createSecret(value);
      };
      return {
        get,
        update(name, change) {
          const key = keyOf(name);
          const turn = (tails.get(key) ?? Promise.resolve()).then(async () => {
            const changed = (await change(await get(name))).reveal();
            stored.set(key, changed);
            return createSecret(changed);
          });
          tails.set(
            key,
            turn.catch(() => undefined),
          );
          return turn;
        },
        remove: async (name) => void stored.delete(keyOf(name)),
      };
    },
    rotate: async () => ({ rewritten: 0 }),
  };
}
