import type { Operation, WrittenKind } from "../../domain/access.js";
import type { Approved, Written } from "../../domain/approval.js";
import type { With } from "../../domain/connector.js";
import type { ContactDraft, CrmConnector, CrmUser, DealDraft, LeadDraft } from "../../domain/crm.js";
import type { Choice, Line } from "../../domain/message.js";
import type { Money } from "../../domain/numbers.js";
import type { Question, Turn } from "../../domain/tool.js";
import { personScore } from "../../text/names.js";
import { texts } from "../../text/texts.js";
import { askEach, resolveClient, resolveDeal } from "./resolve.js";

/** A question back in plain words: a value is missing, or nothing was found. */
export function question(markdown: string): Question {
  return { ask: [{ kind: "text", markdown }], forModel: markdown };
}

/** A write into a CRM, for the card's ruling. */
export function crmWrite(system: string, verb: "create" | "change", kind: WrittenKind, amount?: Money): Operation {
  return { system, family: "crm", verb, kind, amount };
}

/** No client, or several: the question that a write tool puts instead of guessing. */
export function unresolved(
  found: { readonly kind: "none" } | { readonly kind: "many"; readonly question: Choice },
  asked: string,
  turn: Turn,
): Question {
  const words = texts(turn.language).tools;
  return found.kind === "none" ? question(words.clientNotFound(asked)) : { ask: [found.question], forModel: words.severalFound(asked) };
}

export interface Subject {
  readonly system: With<"crm">;
  readonly about: { readonly kind: "deal" | "company" | "contact"; readonly id: string };
  readonly name: string;
}

/** What a note or a task is about: the deal where one is named, else the client. */
export async function resolveSubject(asked: { readonly client?: string; readonly deal?: string }, turn: Turn): Promise<Subject | Question> {
  if (asked.deal) {
    const found = await resolveDeal(asked.deal, turn);
    if (found.kind === "none") return question(texts(turn.language).tools.dealNotFound(asked.deal));
    if (found.kind === "many") return unresolved(found, asked.deal, turn);
    return {
      system: found.system,
      about: { kind: "deal", id: found.value.ref.id },
      name: `${found.value.title} (№ ${found.value.ref.id})`,
    };
  }
  const client = asked.client ?? "";
  const found = await resolveClient(client, turn);
  if (found.kind !== "one") return unresolved(found, client, turn);
  return {
    system: found.system,
    about: { kind: found.value.kind === "company" ? "company" : "contact", id: found.value.ref.id },
    name: found.value.name,
  };
}

/** The only CRM there is, or the question which. */
export async function soleCrm(turn: Turn): Promise<With<"crm"> | Question> {
  const { answers } = await askEach(turn, async (system) => system.system);
  const systems = answers.map(({ system }) => system);
  return systems.length === 1 && systems[0] ? systems[0] : whichSystem(systems, turn);
}

export function whichSystem(systems: readonly With<"crm">[], turn: Turn): Question {
  const words = texts(turn.language).tools;
  return {
    ask: [
      {
        kind: "choice",
        id: "",
        question: words.whichSystem,
        options: systems.map(({ system, title }) => ({ id: system, label: title, says: title })),
      },
    ],
    forModel: words.whichSystem,
  };
}

/** The asker's own user in the system, by their linked principal. */
export async function ownUser(system: With<"crm">, turn: Turn): Promise<CrmUser | undefined> {
  const prefix = `${system.system}:user:`;
  const id = turn.person.principals.find((principal) => principal.startsWith(prefix))?.slice(prefix.length);
  if (!id) return undefined;
  for await (const user of system.crm.users()) if (user.id === id) return user;
  return undefined;
}

/** Who is to be responsible: the named colleague, else the asker; `null` when nobody is called so. */
export async function ownerOf(system: With<"crm">, name: string | undefined, turn: Turn): Promise<CrmUser | null | undefined> {
  if (!name || name === "me") return ownUser(system, turn);
  for await (const user of system.crm.users()) if (user.active && personScore(name, user.name) >= 0.5) return user;
  return null;
}

/** "There is one like it already": shown on the card so that nobody creates a second by mistake. */
export async function similarLines(system: With<"crm">, draft: LeadDraft | ContactDraft | DealDraft, turn: Turn): Promise<Line[]> {
  const words = texts(turn.language).tools;
  const similar = await system.crm.findSimilar(draft);
  return similar.slice(0, 3).map((thing) => ({
    label: words.similar,
    value: "title" in thing ? `${thing.title} (№ ${thing.ref.id}, ${thing.stage.name})` : thing.name,
    outside: thing.ref,
  }));
}

/** Whether the approval's write reached the system, asked of the system itself. */
export async function writtenIn(what: Parameters<CrmConnector["written"]>[0], approved: Approved<unknown>, turn: Turn): Promise<Written> {
  return (await turn.system("crm", approved.system)).crm.written(what, approved);
}
