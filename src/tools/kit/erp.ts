import type { With } from "../../domain/connector.js";
import type { Member } from "../../domain/erp.js";
import { SvyazError } from "../../domain/errors.js";
import type { Choice } from "../../domain/message.js";
import type { Turn } from "../../domain/tool.js";
import { nameScore, searchForms } from "../../text/names.js";
import { texts } from "../../text/texts.js";
import { type Missing, parseRef, printRef } from "./resolve.js";

export type Erp = With<"erp">;

/** Asks each ERP that is ready. One that fails is named and spoils nothing; when all fail, the first failure is thrown. */
export async function askErps<T>(
  turn: Turn,
  ask: (system: Erp) => Promise<T>,
): Promise<{ readonly answers: readonly T[]; readonly missing: Missing }> {
  const { ready, missing } = await turn.systems("erp");
  const settled = await Promise.allSettled(ready.map(ask));
  const failed = settled.flatMap((result, index) => {
    if (result.status === "fulfilled") return [];
    const error: unknown = result.reason;
    if (!(error instanceof SvyazError)) throw error;
    return [{ system: ready[index]?.title ?? "", error }];
  });
  const answers = settled.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const [first] = [...failed, ...missing];
  if (answers.length === 0 && first) throw first.error;
  return { answers, missing: [...missing, ...failed] };
}

/** What somebody's word for a value of a split stands for in one ERP. */
export type FoundMembers =
  | { readonly kind: "found"; readonly split: string; readonly members: readonly Member[] }
  | { readonly kind: "ask"; readonly question: Choice; readonly sentence: string }
  | { readonly kind: "none"; readonly sentence: string };

/** Where a name of one kind may be a name of the other: people say "pumps" for a group and for all items called so. */
const otherwise: Readonly<Record<string, string>> = { item: "item-group", "item-group": "item" };

const offered = 8;

/**
 * Finds the value meant by a name in any case, a code or a printed ref. Several items that all bear the name are all meant;
 * between several customers, groups, warehouses or regions it asks back, and offers the nearest when none fits.
 */
export async function findSplitMembers(
  system: Erp,
  split: string,
  text: string,
  turn: Turn,
  splits: readonly string[],
): Promise<FoundMembers> {
  const words = texts(turn.language).reports;
  const ref = parseRef(text);
  if (ref) {
    const members = ref.system === system.system ? await system.erp.members(ref.kind, ref.id) : [];
    return members.length > 0
      ? { kind: "found", split: ref.kind, members }
      : { kind: "none", sentence: words.unknownMember(split, text, system.title) };
  }
  const other = otherwise[split];
  const places = other && splits.includes(other) ? [split, other] : [split];
  const nearest: Member[] = [];
  for (const place of places) {
    const found = await scored(system, place, text);
    const best = found[0];
    const equals = found.filter(({ score }) => score === best?.score);
    const bearing = found.filter(({ score }) => score >= 0.5);
    if (best && best.score >= 0.7 && equals.length === 1) return { kind: "found", split: place, members: [best.member] };
    if (place === "item" && bearing.length > 0) {
      // «насосы»: a group of that very name says it better than all items that bear the word.
      const group =
        split === "item" && places.includes("item-group")
          ? (await scored(system, "item-group", text)).filter(({ score }) => score >= 0.7)
          : [];
      const [only] = group;
      if (only && group.length === 1) return { kind: "found", split: "item-group", members: [only.member] };
      return { kind: "found", split: place, members: bearing.map(({ member }) => member) };
    }
    if (bearing.length === 1 && best) return { kind: "found", split: place, members: [best.member] };
    if (bearing.length > 1)
      return ask(
        bearing.map(({ member }) => member),
        words.severalMembers,
      );
    nearest.push(...found.map(({ member }) => member));
  }
  return nearest.length > 0
    ? ask(nearest, words.nearestMembers)
    : { kind: "none", sentence: words.unknownMember(split, text, system.title) };

  function ask(members: readonly Member[], sentence: (text: string, names: readonly string[]) => string): FoundMembers {
    const shown = members.slice(0, offered);
    const question: Choice = {
      kind: "choice",
      id: "",
      question: words.whichMember(split, text),
      options: shown.map((member, index) => ({
        id: String(index + 1),
        label: member.name,
        says: printRef({ system: system.system, kind: member.split, id: member.id }),
      })),
    };
    return {
      kind: "ask",
      question,
      sentence: `${sentence(
        text,
        shown.map(({ name }) => name),
      )} ${question.question}`,
    };
  }
}

/** «на Волге», "at the Volga": how a place is spoken of, and no part of its name. */
const preposition = /^(?:на|во?|со?|из|по|для|at|in|from|of|for)\s+(?:the\s+)?(?=\S)/i;

async function scored(system: Erp, split: string, asked: string): Promise<readonly { readonly member: Member; readonly score: number }[]> {
  const text = asked.replace(preposition, "");
  let weak: readonly { readonly member: Member; readonly score: number }[] = [];
  for (const form of new Set([text, ...searchForms(text)])) {
    const members = await system.erp.members(split, form);
    // A number found something under another name: an item's code, a customer's INN.
    const byCode = form === text && /\d{3}/.test(text) && members.length === 1;
    const found = members
      .map((member) => ({ member, score: byCode ? 1 : nameScore(text, member.name) }))
      .toSorted((a, b) => b.score - a.score);
    if (found.some(({ score }) => score >= 0.5)) return found.filter(({ score }) => score > 0.3);
    if (weak.length === 0) weak = found;
  }
  return weak;
}
