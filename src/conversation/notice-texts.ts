import type { DealFacts } from "../domain/deal-facts.js";
import type { Block, Reply } from "../domain/message.js";
import type { Person } from "../domain/people.js";
import { dayOf, formatDay, formatMoney } from "../text/format.js";
import { type Texts, texts } from "../text/texts.js";
import { type Reason, scoreLead } from "./lead-score.js";

const dayMs = 24 * 3_600_000;
const longest = 120;
/** From this factor on a difference is worth a word. */
const notable = 1.5;

/** What the responsible person reads of a fresh lead: who it is, what it is worth, what was before, what to do. */
export function leadNotice(facts: DealFacts, person: Person): Reply {
  const { notices: words } = texts(person.language);
  const { score, reasons, next } = scoreLead(facts);
  const { past, similar } = facts;
  const money = moneyOf(facts, person);
  const last = past.lastAt && formatDay(dayOf(past.lastAt, person.timeZone), person.language);
  const lines = [
    words.lead(plain(facts.title)),
    ...cardOf(facts, person),
    "",
    words.score(score),
    ...reasons.map((reason) => words.points(why(reason, similar.bySize, words), reason.points, reason.of)),
    "",
    past.open + past.won + past.lost > 0
      ? words.history(past.open, past.won, past.lost, past.wonAmount && money(past.wonAmount), last)
      : words.noHistory,
    ...(similar.examples.length > 0
      ? [words.examples(similar.examples.map(({ title, state }) => `${plain(title)} (${words.ended[state] ?? state})`))]
      : []),
    words.next[next] ?? "",
  ];
  return withSource(lines, facts);
}

/** What a manager reads of a deal that was won or lost: how long it took, for what, and how it differed from others. */
export function closedNotice(facts: DealFacts, person: Person): Reply {
  const { notices: words } = texts(person.language);
  const { similar, closedAt, createdAt } = facts;
  const money = moneyOf(facts, person);
  const rounded = (amount: number | undefined) => (amount === undefined ? undefined : money(String(Math.round(amount))));
  const cycle = closedAt ? (closedAt.getTime() - createdAt.getTime()) / dayMs : undefined;
  const against = words.cycleAgainst(similar.won.medianDays, similar.lost.medianDays);
  const amounts = words.amountAgainst(rounded(similar.won.medianAmount), rounded(similar.lost.medianAmount));
  const differences = differencesOf(facts, cycle, words);
  const lines = [
    facts.state === "won" ? words.won(plain(facts.title)) : words.lost(plain(facts.title)),
    ...cardOf(facts, person).map((line, at, all) => (at === all.length - 1 && facts.amount && amounts ? `${line} (${amounts})` : line)),
    ...(cycle === undefined ? [] : [`${words.cycle(cycle)}${against ? ` (${against})` : ""}`]),
    ...(facts.discount ? [words.discount(plain(facts.discount))] : []),
    ...(facts.state === "lost" && facts.lossReason ? [words.lossReason(plain(facts.lossReason))] : []),
    "",
    differences.length > 0 ? words.differed(differences) : words.nothingDiffered,
  ];
  return withSource(lines, facts);
}

/** Client, responsible person and, last, amount. */
function cardOf(facts: DealFacts, person: Person): string[] {
  const { notices: words } = texts(person.language);
  return [
    ...(facts.contact.client ? [words.client(plain(facts.contact.client))] : []),
    ...(facts.owner ? [words.owner(plain(facts.owner))] : []),
    ...(facts.amount ? [words.amount(moneyOf(facts, person)(facts.amount))] : []),
  ];
}

function differencesOf({ amount, state, similar }: DealFacts, cycle: number | undefined, words: Texts["notices"]): readonly string[] {
  const { medianDays, medianAmount } = similar.won;
  const slower = cycle !== undefined && medianDays ? cycle / medianDays : undefined;
  const larger = amount !== undefined && medianAmount ? Number(amount) / medianAmount : undefined;
  const told = (ratio: number | undefined, more: (ratio: number) => string, less: (ratio: number) => string) => {
    if (!ratio || !Number.isFinite(ratio)) return [];
    if (ratio >= notable) return [more(ratio)];
    return ratio <= 1 / notable ? [less(1 / ratio)] : [];
  };
  return [
    ...told(slower, words.longer, words.shorter),
    ...told(larger, words.larger, words.smaller),
    ...(state === "lost" && similar.lost.reason ? [words.usualReason(plain(similar.lost.reason))] : []),
  ];
}

function why(reason: Reason, bySize: boolean, words: Texts["notices"]): string {
  switch (reason.about) {
    case "similar":
      return reason.share === undefined ? words.similarNone : words.similarShare(reason.share, reason.count, bySize);
    case "amount":
      return reason.ratio === undefined ? words.amountUnknown : words.amountRatio(reason.ratio);
    case "client":
      return reason.won + reason.lost === 0 ? words.clientNew : words.clientBefore(reason.won, reason.lost);
    case "contact":
      return reason.missing.length === 0
        ? words.contactWhole
        : words.contactMissing(reason.missing.map((one) => words.missing[one] ?? one));
  }
}

function moneyOf({ currency = "RUB" }: DealFacts, { language }: Person): (amount: string) => string {
  return (amount) => formatMoney({ amount, currency }, language);
}

/** Somebody outside may have written it: one line, and nothing that formats. */
function plain(text: string): string {
  const flat = text
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ")
    .replaceAll(/[*_`~[\]<>|\\#]/g, "")
    .trim();
  return flat.length > longest ? `${flat.slice(0, longest)}…` : flat;
}

function withSource(lines: readonly string[], { title, url, ref }: DealFacts): Reply {
  const blocks: Block[] = [
    { kind: "text", markdown: lines.join("\n") },
    { kind: "sources", sources: [{ title, url, ref }] },
  ];
  return blocks;
}
