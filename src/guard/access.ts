import type { Access, Operation, Ruling } from "../domain/access.js";
import type { Person } from "../domain/people.js";
import type { People } from "./people.js";
import { type Policy, rule, standardPolicy } from "./policy.js";

/** How long a person's roles may be remembered; a removed right acts at the latest after this. */
const rememberedMs = 2_000;

/**
 * Who somebody is, and what they may do: the roles as they are now (at most two seconds old), the policy in force.
 * A person who was removed is denied everything, whatever the caller still holds of them.
 */
export function createAccess({
  people,
  policy = () => standardPolicy,
  now = Date.now,
}: {
  readonly people: People;
  /** The policy in force. */
  readonly policy?: () => Policy;
  /** Milliseconds. */
  readonly now?: () => number;
}): Access {
  const remembered = new Map<string, { readonly at: number; readonly person: Promise<Person | undefined> }>();

  const current = (id: string): Promise<Person | undefined> => {
    const known = remembered.get(id);
    if (known && now() - known.at < rememberedMs) return known.person;
    const person = people.find(id);
    remembered.set(id, { at: now(), person });
    person.catch(() => remembered.delete(id));
    return person;
  };

  return {
    // Whoever can open the data folder on this machine may speak as anybody; the audit log names the account.
    whoIs: ({ channel, workspace, id }) => (channel === "terminal" ? people.find(id) : people.byAccount({ channel, workspace, id })),
    person: (id) => people.find(id),
    async decide(person: Person, operation: Operation): Promise<Ruling> {
      const roles = (await current(person.id))?.roles ?? [];
      return rule(roles, operation, policy());
    },
  };
}
