import type { With } from "../../domain/connector.js";
import type { Turn } from "../../domain/tool.js";
import { personScore } from "../../text/names.js";

/** The id of the user meant in one CRM: "me" by the asker's own principals, a colleague by name; nothing where there is none. */
export async function findOwner(owner: string, { system, crm }: With<"crm">, turn: Turn): Promise<string | undefined> {
  if (owner === "me") {
    const prefix = `${system}:user:`;
    return turn.person.principals.find((principal) => principal.startsWith(prefix))?.slice(prefix.length);
  }
  for await (const user of crm.users()) if (personScore(owner, user.name) >= 0.5) return user.id;
  return undefined;
}
