import type { With } from "../../domain/connector.js";
import type { Client, Deal } from "../../domain/crm.js";
import type { EntityRef } from "../../domain/entity.js";
import { NotFound, SvyazError } from "../../domain/errors.js";
import type { Choice } from "../../domain/message.js";
import type { Turn } from "../../domain/tool.js";
import { nameScore, searchForms } from "../../text/names.js";
import { texts } from "../../text/texts.js";

/** Systems that should have answered and did not. */
export type Missing = readonly { readonly system: string; readonly error: SvyazError }[];

/** One thing found, several to choose from, or none; and who did not answer. */
export type Resolved<T> =
  | { readonly kind: "one"; readonly value: T; readonly system: With<"crm">; readonly missing: Missing }
  | { readonly kind: "many"; readonly question: Choice; readonly names: readonly string[]; readonly missing: Missing }
  | { readonly kind: "none"; readonly missing: Missing };

/** How a ref is written in messages and inputs: "amocrm:company:17". */
export function printRef(ref: EntityRef): string {
  return `${ref.system}:${ref.kind}:${ref.id}`;
}

export function parseRef(text: string): EntityRef | undefined {
  const match = /^\s*([a-z0-9][a-z0-9.-]*):([a-z][a-z0-9-]*):([^\s:][^\s]*)\s*$/.exec(text);
  return match?.[1] && match[2] && match[3] ? { system: match[1], kind: match[2], id: match[3] } : undefined;
}

/** Asks each CRM that is ready; one that fails is named and spoils nothing. */
export async function askEach<T>(
  turn: Turn,
  ask: (system: With<"crm">) => Promise<T>,
  only?: string,
): Promise<{ readonly answers: readonly { readonly system: With<"crm">; readonly value: T }[]; readonly missing: Missing }> {
  const { ready, missing } = await turn.systems("crm");
  const wanted = only ? ready.filter(({ system, title }) => system === only || title.toLowerCase() === only.toLowerCase()) : ready;
  const settled = await Promise.allSettled(wanted.map(async (system) => ({ system, value: await ask(system) })));
  const failed = settled.flatMap((result, index) => {
    if (result.status === "fulfilled") return [];
    const error: unknown = result.reason;
    if (!(error instanceof SvyazError)) throw error;
    // Where one has no right to look, or there is nothing, the others' answer is the whole answer.
    return error instanceof NotFound ? [] : [{ system: wanted[index]?.title ?? "", error }];
  });
  const answers = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  if (answers.length === 0 && failed.length + missing.length > 0) throw (failed[0] ?? missing[0])?.error;
  return { answers, missing: [...missing, ...failed] };
}

/** Finds the client meant by a name in any case, a phone, an e-mail, an INN or a ref. Asks back between equals. */
export async function resolveClient(text: string, turn: Turn, only?: string): Promise<Resolved<Client>> {
  const ref = parseRef(text);
  if (ref) {
    const system = await turn.system("crm", ref.system);
    return { kind: "one", value: await system.crm.client(clientId(ref)), system, missing: [] };
  }
  const { found, missing } = await findClients(text, turn, only);
  const best = found[0];
  if (!best) return { kind: "none", missing };
  const equals = found.filter(({ score }) => score === best.score);
  if (equals.length === 1 && (best.score >= 0.7 || found.length === 1))
    return { kind: "one", value: best.client, system: best.system, missing };
  const offered = (equals.length > 1 ? equals : found).slice(0, 8);
  const words = texts(turn.language).tools;
  return {
    kind: "many",
    missing,
    names: offered.map(({ client }) => client.name),
    question: {
      kind: "choice",
      id: "",
      question: words.whichClient(text),
      options: offered.map(({ client, system }, index) => ({
        id: String(index + 1),
        label: [
          client.name,
          client.inn && words.inn(client.inn),
          client.phones[0],
          offered.some((other) => other.system !== system) && system.title,
        ]
          .filter(Boolean)
          .join(", "),
        says: printRef(client.ref),
      })),
    },
  };
}

export interface FoundClient {
  readonly client: Client;
  readonly system: With<"crm">;
  readonly score: number;
}

/** Clients that answer to the text, best first. Exact keys (phone, e-mail, INN) count as certain. */
export async function findClients(
  text: string,
  turn: Turn,
  only?: string,
): Promise<{ readonly found: readonly FoundClient[]; readonly missing: Missing }> {
  const digits = text.replaceAll(/\D/g, "");
  const byKey = text.includes("@") || digits.length >= 7;
  const forms = byKey ? [text.trim()] : searchForms(text);
  const { answers, missing } = await askEach(
    turn,
    async (system) => {
      for (const form of forms) {
        const { items } = await system.crm.findClients({ text: form }).page({ size: 20, signal: turn.signal });
        const scored = items
          .map((client) => ({ client, system, score: byKey ? 1 : nameScore(text, client.name) }))
          .filter(({ score }) => score > 0.3);
        if (scored.length > 0) return scored;
      }
      return [];
    },
    only,
  );
  const all = answers.flatMap(({ value }) => value);
  // A company stands for its people when both were found by one key.
  return { found: all.toSorted((a, b) => b.score - a.score || rank(a.client) - rank(b.client)), missing };
}

/** Finds the deal meant by its number, ref or title. */
export async function resolveDeal(text: string, turn: Turn): Promise<Resolved<Deal>> {
  const ref = parseRef(text);
  const id = ref?.id ?? /^\D{0,12}?(\d{1,12})$/.exec(text.trim().replaceAll(/[#№]/g, ""))?.[1];
  if (ref) {
    const system = await turn.system("crm", ref.system);
    return { kind: "one", value: await system.crm.deal(ref.id), system, missing: [] };
  }
  if (!id) return resolveDealByClient(text, turn);
  const { answers, missing } = await askEach(turn, (system) => system.crm.deal(id));
  const only = answers[0];
  if (!only) return { kind: "none", missing };
  if (answers.length === 1) return { kind: "one", value: only.value, system: only.system, missing };
  return { kind: "many", missing, names: answers.map(({ value }) => value.title), question: whichDeal(answers, text, turn) };
}

/** "Move Romashka's deal": the client's open deals stand to choose from. */
async function resolveDealByClient(text: string, turn: Turn): Promise<Resolved<Deal>> {
  const client = await resolveClient(text, turn);
  if (client.kind !== "one") return client;
  const { items } = await client.system.crm.deals({ clientId: client.value.ref.id, state: "open" }).page({ size: 8, signal: turn.signal });
  const named = items.filter((deal) => nameScore(text, deal.title) >= 0.7);
  const offered = named.length > 0 ? named : items;
  const [first] = offered;
  if (!first) return { kind: "none", missing: client.missing };
  if (offered.length === 1) return { kind: "one", value: first, system: client.system, missing: client.missing };
  const answers = offered.map((value) => ({ system: client.system, value }));
  return { kind: "many", missing: client.missing, names: offered.map(({ title }) => title), question: whichDeal(answers, text, turn) };
}

function whichDeal(found: readonly { readonly system: With<"crm">; readonly value: Deal }[], text: string, turn: Turn): Choice {
  return {
    kind: "choice",
    id: "",
    question: texts(turn.language).tools.whichDeal(text),
    options: found.map(({ system, value }, index) => ({
      id: String(index + 1),
      label: [value.title, value.stage.name, found.some((other) => other.system !== system) && system.title].filter(Boolean).join(", "),
      says: printRef(value.ref),
    })),
  };
}

/** Inside one system a client's id names its kind too, since companies and people are numbered apart. */
function clientId(ref: EntityRef): string {
  return ref.id;
}

function rank(client: Client): number {
  return client.kind === "company" ? 0 : 1;
}
