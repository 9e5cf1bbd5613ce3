import { setImmediate as pause } from "node:timers/promises";
import { inCyrillic, nameScore, nameWords } from "../text/names.js";

/** A client as one system knows it. `inns`, `phones` and `emails` are marks that equal values share, never the values. */
export interface ClientRecord {
  /** "amocrm:company:17" */
  readonly name: string;
  readonly system: string;
  readonly title: string;
  readonly inns: readonly string[];
  readonly phones: readonly string[];
  readonly emails: readonly string[];
}

/** What an admin has said of two records, the smaller name first. */
export interface Decision {
  readonly one: string;
  readonly other: string;
  readonly verdict: "same" | "different";
}

export type DoubtReason = "inn-differs" | "shared-contact" | "same-name";

/** Two records that may be one client, the smaller name first. */
export interface Doubt {
  readonly one: string;
  readonly other: string;
  readonly reason: DoubtReason;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface Matched {
  /** Every record stands in one group, and a group is one client; groups and their members are in order of names. */
  readonly groups: readonly (readonly ClientRecord[])[];
  readonly doubts: readonly Doubt[];
}

/** From here on two names are alike enough for a shared telephone to be no accident. */
const alikeFrom = 0.7;
const notAlike = 0.5;
/** Names further apart than this can hardly be one client's. */
const farBelow = 0.4;
/** A telephone or an address of more records than this is a switchboard's or an accountant's, and says nothing. */
const mostSharing = 8;
/** More records than this have one ordinary name. */
const mostNamesakes = 5;
/** Up to here each is compared with each. */
const mostCompared = 30;
const stepsAtOnce = 2_000;
const confidences: Readonly<Record<DoubtReason, number>> = { "same-name": 0.6, "shared-contact": 0.5, "inn-differs": 0.4 };

/** How alike two names of clients are, 0 to 1, whichever of them is the shorter. "Склад 1" and "Склад 2" are not: a number is no slip. */
export function likeness(one: string, other: string): number {
  const [first, second] = [nameWords(one), nameWords(other)];
  const score = Math.max(nameScore(first.join(" "), second.join(" ")), nameScore(second.join(" "), first.join(" ")));
  return numbersOf(first) === numbersOf(second) ? score : Math.min(score, notAlike);
}

export type ConflictField = "inn" | "phone" | "name";

/** In what two systems' records of one client contradict each other. */
function conflictsOf(one: ClientRecord, other: ClientRecord): readonly ConflictField[] {
  if (one.system === other.system) return [];
  const differ = (first: readonly string[], second: readonly string[]) =>
    first.length > 0 && second.length > 0 && !first.some((mark) => second.includes(mark));
  return [
    ...(differ(one.inns, other.inns) ? (["inn"] as const) : []),
    ...(differ(one.phones, other.phones) ? (["phone"] as const) : []),
    ...(likeness(one.title, other.title) < farBelow ? (["name"] as const) : []),
  ];
}

/** Every contradiction among the records of one client. */
export function conflictsAmong<T extends ClientRecord>(
  records: readonly T[],
): readonly { readonly one: T; readonly other: T; readonly field: ConflictField }[] {
  return records.flatMap((one, place) =>
    records.slice(place + 1).flatMap((other) => conflictsOf(one, other).map((field) => ({ one, other, field }))),
  );
}

function numbersOf(words: readonly string[]): string {
  return words
    .filter((word) => /\d/.test(word))
    .toSorted()
    .join(" ");
}

/**
 * Which records are one client. Certain are an equal INN, or a shared telephone or e-mail with names alike, between two systems;
 * the surest pairs come first, and none joins what an admin has told apart or two different INNs. What only might be is a doubt. The
 * answer depends on the records and decisions alone, not on their order.
 */
export async function matchClients(unsorted: readonly ClientRecord[], decisions: readonly Decision[]): Promise<Matched> {
  const records = unsorted.toSorted(byName);
  const at = new Map(records.map(({ name }, index) => [name, index]));
  const groups = createGroups(records, decisions, at);
  const doubts: { readonly one: number; readonly other: number; readonly reason: DoubtReason }[] = [];
  let steps = 0;

  for (const { one, other, sure } of pairsOf(records, decisions, at)) {
    steps += 1;
    if (steps % stepsAtOnce === 0) await pause();
    if (groups.together(one, other)) continue;
    if (sure === "decided") groups.join(one, other, { anyInn: true });
    else if (sure === "inn" || likeness(titleAt(records, one), titleAt(records, other)) >= alikeFrom) {
      if (!groups.join(one, other)) doubts.push({ one, other, reason: "inn-differs" });
    } else doubts.push({ one, other, reason: groups.innsDiffer(one, other) ? "inn-differs" : "shared-contact" });
  }
  for (const [one, other] of namesakes(records)) {
    if (!groups.together(one, other) && !groups.innsDiffer(one, other)) doubts.push({ one, other, reason: "same-name" });
  }
  return {
    groups: groups.all().map((members) => members.map((index) => records[index] as ClientRecord)),
    doubts: onePerPair(doubts, groups).map(({ one, other, reason }) => ({
      one: records[one]?.name ?? "",
      other: records[other]?.name ?? "",
      reason,
      confidence: confidences[reason],
    })),
  };
}

interface Pair {
  readonly one: number;
  readonly other: number;
  readonly sure: "decided" | "inn" | "contact";
}

/** The surest first, and equals in order of names. */
function pairsOf(records: readonly ClientRecord[], decisions: readonly Decision[], at: ReadonlyMap<string, number>): readonly Pair[] {
  const decided = decisions.flatMap(({ one, other, verdict }): Pair[] => {
    const [first, second] = [at.get(one), at.get(other)];
    return verdict === "same" && first !== undefined && second !== undefined ? [{ one: first, other: second, sure: "decided" }] : [];
  });
  const byInn = sharing(records, ({ inns }) => inns)
    .filter((members) => new Set(members.map((index) => records[index]?.system)).size > 1)
    .flatMap((members) => pairsAmong(members))
    .map(([one, other]): Pair => ({ one, other, sure: "inn" }));
  const contacts = new Map<string, { readonly one: number; readonly other: number; shared: number }>();
  for (const [marks, weight] of [
    [(record: ClientRecord) => record.emails, 2],
    [(record: ClientRecord) => record.phones, 1],
  ] as const) {
    for (const members of sharing(records, marks)) {
      if (members.length > mostSharing) continue;
      for (const [one, other] of pairsAmong(members)) {
        if (records[one]?.system === records[other]?.system) continue;
        const key = `${one} ${other}`;
        const known = contacts.get(key);
        if (known) known.shared += weight;
        else contacts.set(key, { one, other, shared: weight });
      }
    }
  }
  const byContact = [...contacts.values()]
    .toSorted((a, b) => b.shared - a.shared || a.one - b.one || a.other - b.other)
    .map(({ one, other }): Pair => ({ one, other, sure: "contact" }));
  const inOrder = (pairs: Pair[]) => pairs.toSorted((a, b) => a.one - b.one || a.other - b.other);
  return [...inOrder(decided), ...inOrder(byInn), ...byContact];
}

/** The records behind each mark that several have. */
function sharing(records: readonly ClientRecord[], marks: (record: ClientRecord) => readonly string[]): readonly number[][] {
  const found = new Map<string, number[]>();
  records.forEach((record, index) => {
    for (const mark of new Set(marks(record))) {
      const known = found.get(mark);
      if (known) known.push(index);
      else found.set(mark, [index]);
    }
  });
  return [...found.values()].filter(({ length }) => length > 1);
}

/** Each with each; of very many, each with the first and with the one before it. */
function pairsAmong(members: readonly number[]): readonly (readonly [number, number])[] {
  return members.flatMap((other, place) => {
    const before = members.slice(0, place);
    const those = members.length <= mostCompared ? before : [...before.slice(0, 1), ...before.slice(1).slice(-1)];
    return those.map((one) => [one, other] as const);
  });
}

/** Records of different systems whose names are the same words, legal form, alphabet and order aside. */
function namesakes(records: readonly ClientRecord[]): readonly (readonly [number, number])[] {
  return sharing(records, ({ title }) => {
    const key = nameKey(title);
    return key.length > 2 ? [key] : [];
  })
    .filter(({ length }) => length <= mostNamesakes)
    .flatMap((members) => pairsAmong(members))
    .filter(([one, other]) => records[one]?.system !== records[other]?.system);
}

/** Latin letters tell some Russian ones not apart, so neither does the key. */
function nameKey(title: string): string {
  return nameWords(title)
    .map((word) => inCyrillic(word).replaceAll(/[ьъ]/g, "").replaceAll("э", "е").replaceAll(/[ый]/g, "и"))
    .toSorted()
    .join(" ");
}

/** Groups that are joined two by two, each knowing what it may not be joined with. */
function createGroups(records: readonly ClientRecord[], decisions: readonly Decision[], at: ReadonlyMap<string, number>) {
  const leaders = records.map((_, index) => index);
  const members = new Map(records.map((_, index) => [index, [index]]));
  const inns = records.map((record) => new Set(record.inns));
  const apart = new Map<number, number[]>();
  for (const { one, other, verdict } of decisions) {
    const [first, second] = [at.get(one), at.get(other)];
    if (verdict !== "different" || first === undefined || second === undefined) continue;
    apart.set(first, [...(apart.get(first) ?? []), second]);
    apart.set(second, [...(apart.get(second) ?? []), first]);
  }

  const leaderOf = (index: number): number => {
    let leader = index;
    while (leaders[leader] !== leader) leader = leaders[leader] ?? leader;
    leaders[index] = leader;
    return leader;
  };
  const innsDiffer = (one: number, other: number): boolean => {
    const first = inns[leaderOf(one)] ?? new Set();
    const second = inns[leaderOf(other)] ?? new Set();
    return first.size > 0 && second.size > 0 && ![...first].some((inn) => second.has(inn));
  };
  const toldApart = (one: number, other: number): boolean => {
    const there = leaderOf(other);
    return (members.get(leaderOf(one)) ?? []).some((index) => apart.get(index)?.some((enemy) => leaderOf(enemy) === there));
  };

  return {
    innsDiffer,
    toldApart,
    leaderOf,
    together: (one: number, other: number) => leaderOf(one) === leaderOf(other),
    /** False where two INNs stand against it. What an admin told apart stays apart without a word. */
    join(one: number, other: number, { anyInn = false }: { readonly anyInn?: boolean } = {}): boolean {
      if (toldApart(one, other)) return true;
      if (!anyInn && innsDiffer(one, other)) return false;
      const [first, second] = [leaderOf(one), leaderOf(other)].toSorted((a, b) => a - b) as [number, number];
      leaders[second] = first;
      members.get(first)?.push(...(members.get(second) ?? []));
      members.delete(second);
      for (const inn of inns[second] ?? []) inns[first]?.add(inn);
      return true;
    },
    all: () => [...members.values()].map((indexes) => indexes.toSorted((a, b) => a - b)).toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0)),
  };
}

/** Of several doubts between the same two clients the weightiest counts, and none between those that were told apart. */
function onePerPair<T extends { readonly one: number; readonly other: number; readonly reason: DoubtReason }>(
  doubts: readonly T[],
  groups: ReturnType<typeof createGroups>,
): readonly T[] {
  const kept = new Map<string, T>();
  const weight: Readonly<Record<DoubtReason, number>> = { "inn-differs": 2, "shared-contact": 1, "same-name": 0 };
  for (const doubt of doubts.toSorted((a, b) => weight[b.reason] - weight[a.reason] || a.one - b.one || a.other - b.other)) {
    if (groups.together(doubt.one, doubt.other) || groups.toldApart(doubt.one, doubt.other)) continue;
    const key = [groups.leaderOf(doubt.one), groups.leaderOf(doubt.other)].toSorted((a, b) => a - b).join(" ");
    if (!kept.has(key)) kept.set(key, doubt);
  }
  return [...kept.values()];
}

function titleAt(records: readonly ClientRecord[], index: number): string {
  return records[index]?.title ?? "";
}

function byName(a: ClientRecord, b: ClientRecord): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
