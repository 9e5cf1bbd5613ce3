import { RequestRefused } from "../domain/errors.js";
import type { Secrets, Vault } from "../domain/vault.js";
import { createSecret } from "./secret.js";

/**
 * A vault backed by the environment: the secret TOKEN of the system `amocrm` is the variable AMOCRM_TOKEN,
 * that of its second instance `amocrm.moscow` is AMOCRM__MOSCOW__TOKEN. It knows systems' secrets only, and stores nothing.
 */
export function createEnvironmentVault(environment: Readonly<Record<string, string | undefined>>): Vault {
  return {
    of({ system, person }): Secrets {
      const prefix = variablePrefix(system);
      return {
        get: async (name) => {
          const value = person === undefined ? environment[`${prefix}${name}`] : undefined;
          return value ? createSecret(value) : undefined;
        },
        update: async (name) => {
          throw new RequestRefused(`${system}: ${name} comes from the environment and is changed there`, {
            system,
            operation: "vault.update",
          });
        },
        remove: async (name) => {
          throw new RequestRefused(`${system}: ${name} comes from the environment and is removed there`, {
            system,
            operation: "vault.remove",
          });
        },
      };
    },
    rotate: async () => ({ rewritten: 0 }),
  };
}

/** "onec-erp.moscow" → "ONEC_ERP__MOSCOW__": how a system's variables begin. */
export function variablePrefix(system: string): string {
  const [folder = "", instance] = system.split(".");
  const upper = (word: string) => word.toUpperCase().replaceAll("-", "_");
  return instance === undefined ? `${upper(folder)}_` : `${upper(folder)}__${upper(instance)}__`;
}
