import type { Access, Operation } from "../domain/access.js";
import type { Person } from "../domain/people.js";

/**
 * May this person give the second yes? Somebody other than the asker, who may do the same without a second yes, and whose own scope
 * takes the asker in: nobody agrees to, or even sees, what they could not do themselves.
 */
export async function mayAgree(
  access: Access,
  by: Person,
  { asked_by: askedBy, operation }: { readonly asked_by: string; readonly operation: Operation },
): Promise<boolean> {
  if (by.id === askedBy) return false;
  const { effect, scope } = await access.decide(by, operation);
  if ((effect !== "ask" && effect !== "allow") || scope === "own") return false;
  if (scope === "all") return true;
  const asker = await access.person(askedBy);
  // As the gate does: a department is a group of the system that both belong to.
  const groups = asker?.principals.filter((one) => one.startsWith(`${operation.system}:`) && !one.startsWith(`${operation.system}:user:`));
  return groups?.some((group) => by.principals.includes(group)) ?? false;
}
