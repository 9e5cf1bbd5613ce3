import type { Contact } from "./contacts.js";
import { Clause } from "./clause.js";
import type { LocalNow } from "./moments.js";
import type { Word } from "./words.js";

/** Behind so many joints a message is one long text, and is not cut further. */
const mostCuts = 24;

/** What a piece of a message asks for. */
export interface Reading {
  readonly name: string;
  readonly points: number;
}

/** Words that may begin a request of their own. */
const verbs = ["show", "find", "create", "move", "remind", "write-down", "read", "destroy"];

/**
 * Cuts a message into its requests: at the ends of sentences, commas, "и", "потом", and before a verb that asks for something,
 * wherever both sides are requests by themselves. `read` tells what a piece asks for, and how strongly.
 */
export function splitRequests(
  words: readonly Word[],
  message: string,
  contacts: readonly Contact[],
  now: LocalNow,
  read: (clause: Clause) => Reading,
): Clause[] {
  const clauseOf = (from: number, to: number) => new Clause(words.slice(from, to), message, contacts, now);
  const done: Clause[] = [];
  const borrowed = new Set<number>();
  let start = 0;
  const places = cuts(words, contacts).slice(0, mostCuts);
  for (const cut of places) {
    if (cut.behind <= start || cut.at <= start) continue;
    const head = clauseOf(start, cut.at);
    const next = clauseOf(cut.behind, places.find(({ at }) => at > cut.behind)?.at ?? words.length);
    const reading = read(head);
    const opens = verbs.some((verb) => next.has(`first:${verb}`)) || next.has("first:not");
    // The text of a note or a task, or why a deal was lost, goes on behind commas; only a new order ends it.
    const textual =
      (["note", "write-down", "remind", "task", "lead"].some((concept) => head.has(concept)) && reading.name !== "list-tasks") ||
      (head.has("create") && head.has("deal")) ||
      (head.has("state-lost") && ["#deal", "begins:number", "move"].some((concept) => head.has(concept)));
    // "…, поставь задачу" asks for what stands before it.
    const bare =
      opens &&
      next.has("task") &&
      next.words.filter(({ kind }) => kind === "word").length <= 3 &&
      !verbs.some((verb) => head.has(`first:${verb}`));
    if (bare) continue;
    // "сделку 512 в переговоры и 513 в оплату", "остатки муфт и фланцев": the second borrows the verb of the first.
    const same =
      (head.has("move") && head.has("#deal") && next.has("#deal") && !opens) ||
      goesOnWith(head, next, words[cut.at], reading.points >= 4, borrowed.has(done.length));
    if (same) {
      done.push(head);
      start = cut.behind;
      borrowed.add(done.length);
      continue;
    }
    if (insideText(head, opens, cut.at, words)) continue;
    // «Напомни проверить остатки»: what is to be done is not done now.
    if (cut.at === cut.behind && (head.has("remind") || (head.has("task") && head.has("first:create"))) && !next.has("instead")) continue;
    const follow = read(next);
    // "…, split by region" is more of the same report; another measure is another report.
    const more =
      !opens &&
      follow.name === reading.name &&
      !next.has("sales") &&
      !next.words.some(({ means }) => [...means].some((one) => one.startsWith("measure:")));
    if ((reading.points >= 4 || isNegated(head)) && (opens || !textual) && !more && follow.points >= (opens ? 4 : 5)) {
      done.push(head);
      start = cut.behind;
    }
  }
  const all = [...done, clauseOf(start, words.length)];
  for (const index of borrowed) all[index]?.mark(all[index - 1]?.has("move") ? "move" : "elliptic");
  return all;
}

/** Is the next piece but one more name for the same request, the first or one of a list? Names of companies hold an "и" themselves, so a legal form forbids it. */
function goesOnWith(head: Clause, next: Clause, joint: Word | undefined, asks: boolean, listed: boolean): boolean {
  if (!/^(и|and|,)$/.test(joint?.key ?? "") || !(asks || listed)) return false;
  const before = head.phrases().at(-1);
  const [phrase, ...others] = next.phrases();
  if (!before || before.to !== head.words.length || before.legal || !phrase || others.length > 0 || phrase.capital !== before.capital)
    return false;
  const time = next.timePlaces("period");
  return (
    next.words.every((_, at) => time.has(at) || (at >= phrase.from && at < phrase.to)) &&
    (listed || ["show", "find", "sales", "remains", "history", "deal"].some((one) => head.has(one))) &&
    !["create", "move", "note", "task", "remind", "write-down", "lead"].some((one) => head.has(one))
  );
}

/** "запиши, что они просят и покажут …": behind the colon or "что" everything is text until the sentence ends. */
function insideText(head: Clause, opens: boolean, at: number, words: readonly Word[]): boolean {
  if (!head.has("note") && !head.has("write-down")) return false;
  const marked = head.words.some(({ text, key }) => text === ":" || key === "что" || key === "that");
  return marked && !(opens && /^([.!?\n]|и|and|then|потом)$/.test(words[at]?.key ?? ""));
}

interface Cut {
  /** The first word behind the left piece, and the first of the right one. */
  readonly at: number;
  readonly behind: number;
}

function cuts(words: readonly Word[], contacts: readonly Contact[]): Cut[] {
  const found: Cut[] = [];
  for (let at = 1; at < words.length - 1; at++) {
    const word = words[at];
    if (!word || word.quoted || contacts.some(({ from, to }) => word.from >= from && word.to <= to)) continue;
    if (/^[,;.!?…—–]$/.test(word.text) || word.means.has("and")) {
      let behind = at + 1;
      while (behind < words.length - 1 && (words[behind]?.means.has("and") || /^[,;.!?]$/.test(words[behind]?.text ?? ""))) behind++;
      found.push({ at, behind });
      at = behind - 1;
    } else if (
      word.means.has("instead") ||
      (word.key !== "open" &&
        // In "cancel schedule 3" it is a noun.
        !(word.means.has("the-schedule") && words[at - 1]?.means.has("stop-it")) &&
        verbs.some((verb) => word.means.has(verb) && !words[at - 1]?.means.has(verb)) &&
        word.kind === "word" &&
        !words[at - 1]?.means.has("not"))
    )
      found.push({ at, behind: at });
  }
  return found;
}

const orders = ["create", "move", "remind", "write-down", "note", "open", "new", "delete", "destroy"];

/** "не создавай сделку", "don't move it", "не надо ничего создавать": an order that is taken back. */
export function isNegated(clause: Clause): boolean {
  return clause.words.some((word, at) => {
    // "не забыть" is itself an order.
    if (word.means.has("remind")) return false;
    if (
      !/^(не|нельзя|don't|dont|do|never|not|никогда|хватит)$/.test(word.key) ||
      (word.key === "do" && clause.words[at + 1]?.key !== "not")
    )
      return false;
    for (let next = at + 1; next < clause.words.length && next <= at + 5; next++) {
      const behind = clause.words[next];
      if (orders.some((order) => behind?.means.has(order))) return true;
      if (!behind || !["filler", "everybody", "not", "we", "me", "and"].some((concept) => behind.means.has(concept))) break;
    }
    // "создавать не надо"
    return (
      /^(надо|нужно|стоит|need)$/.test(clause.words[at + 1]?.key ?? "") &&
      clause.words.slice(0, at).some(({ means }) => orders.some((order) => means.has(order)))
    );
  });
}
