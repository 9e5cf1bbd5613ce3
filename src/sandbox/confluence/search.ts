import { type Clause, type Cql, type Field, type Operand, parseCql } from "./cql.js";
import type { Account } from "./identities.js";
import { plainText, wordsOf } from "./plain-text.js";
import { badCql } from "./refusals.js";
import type { Attachment, Comment, Page, Store } from "./store.js";

/** Anything that the search finds. Attachments and comments inherit the rights of their page. */
export type Content =
  | { readonly type: "page"; readonly id: string; readonly page: Page }
  | { readonly type: "attachment"; readonly id: string; readonly page: Page; readonly attachment: Attachment }
  | { readonly type: "comment"; readonly id: string; readonly page: Page; readonly comment: Comment };

export interface Asker {
  readonly account: Account;
  /** Dates of a query are read in the profile's zone, to the minute. */
  readonly timeZone: string;
  readonly now: Date;
  readonly archivedToo: boolean;
}

/** Everything the query finds and the asker may see, in order. */
export function searchContent(store: Store, source: string, asker: Asker): readonly Content[] {
  const query = parseCql(source);
  const test = compile(query.where, store, asker, source);
  const visible = [...contents(store)].filter(
    ({ page }) =>
      page.status === "current" &&
      (asker.archivedToo || store.spaces.get(page.spaceKey)?.status === "current") &&
      store.maySee(asker.account, page),
  );
  const found = visible.filter(test);
  return query.order.length > 0 ? ordered(found, query, store) : byRelevance(found, query.where);
}

function* contents(store: Store): Iterable<Content> {
  for (const page of store.pages.values()) yield { type: "page", id: page.id, page };
  for (const attachment of store.attachments.values()) {
    const page = store.pages.get(attachment.pageId);
    if (page) yield { type: "attachment", id: attachment.id, page, attachment };
  }
  for (const comment of store.comments.values()) {
    const page = store.pages.get(comment.pageId);
    if (page) yield { type: "comment", id: comment.id, page, comment };
  }
}

export function titleOf(content: Content): string {
  if (content.type === "attachment") return content.attachment.name;
  return content.type === "comment" ? `Re: ${content.page.title}` : content.page.title;
}

/** Bodies are never changed in place, so what was read out of one stays true: a search reads hundreds of them. */
const texts = new WeakMap<object, string>();

export function textOf(content: Content): string {
  if (content.type === "attachment") return "";
  const source = content.type === "comment" ? content.comment : content.page;
  let text = texts.get(source);
  if (text === undefined) texts.set(source, (text = plainText(source.body)));
  return text;
}

const changedAt = (content: Content): string =>
  content.type === "page" ? content.page.updatedAt : content.type === "comment" ? content.comment.at : content.attachment.at;

type Test = (content: Content) => boolean;

function compile(clause: Clause, store: Store, asker: Asker, source: string): Test {
  switch (clause.kind) {
    case "and": {
      const parts = clause.parts.map((part) => compile(part, store, asker, source));
      return (content) => parts.every((test) => test(content));
    }
    case "or": {
      const parts = clause.parts.map((part) => compile(part, store, asker, source));
      return (content) => parts.some((test) => test(content));
    }
    case "not": {
      const part = compile(clause.part, store, asker, source);
      return (content) => !part(content);
    }
    case "compare": {
      const test = compare(clause.field, clause.operator, clause.values, store, asker, source);
      const negative = ["!=", "!~", "not in"].includes(clause.operator);
      return negative ? (content) => !test(content) : test;
    }
  }
}

function compare(field: Field, operator: string, operands: readonly Operand[], store: Store, asker: Asker, source: string): Test {
  if (field === "created" || field === "lastmodified") {
    const limit = minuteOf(operands[0] as Operand, asker, source);
    return (content) => {
      const at = minuteIn(field === "created" ? content.page.createdAt : changedAt(content), asker.timeZone);
      if (operator === ">") return at > limit;
      if (operator === ">=") return at >= limit;
      if (operator === "<") return at < limit;
      return operator === "<=" ? at <= limit : at === limit;
    };
  }
  const values = operands.map((operand) => valueOf(operand, asker, source));
  if (operator === "~" || operator === "!~") {
    const matches = wordQuery(values[0] ?? "", source);
    if (field === "title") return (content) => matches(wordsOf(titleOf(content)));
    return (content) => matches([...wordsOf(titleOf(content)), ...wordsOf(textOf(content)), ...content.page.labels]);
  }
  const one = (read: (content: Content) => readonly (string | undefined)[]): Test => {
    const wanted = new Set(values.map((value) => value.toLowerCase()));
    return (content) => read(content).some((value) => value !== undefined && wanted.has(value.toLowerCase()));
  };
  switch (field) {
    case "type":
      if (values.some((value) => !["page", "blogpost", "comment", "attachment"].includes(value))) throw badCql(source);
      return one(({ type }) => [type]);
    case "space":
      return one(({ page }) => [page.spaceKey]);
    case "id":
      return one(({ id }) => [id]);
    case "title":
      return one((content) => [titleOf(content)]);
    case "label":
      return one(({ page, type }) => (type === "page" ? page.labels : []));
    case "ancestor":
      return one(({ page, type }) => (type === "page" ? store.ancestors(page).map(({ id }) => id) : []));
    case "parent":
      return one(({ page, type }) => (type === "page" ? [page.parentId] : []));
    case "container":
      return one(({ page, type }) => (type === "page" ? [] : [page.id]));
    case "creator":
    case "contributor":
      return one(({ page }) => {
        const author = store.identities.byId(page.authorId);
        return [author.accountId, author.userKey, author.id];
      });
    case "text":
    case "sitesearch":
      throw badCql(source);
  }
}

function valueOf(operand: Operand, { account }: Asker, source: string): string {
  if ("value" in operand) return operand.value;
  if (operand.call === "currentUser") return account.accountId;
  throw badCql(source);
}

/** "2026/11/20 12:35" in the asker's zone, for comparing as text. */
function minuteIn(moment: string, timeZone: string): string {
  return new Date(moment).toLocaleString("sv-SE", { timeZone }).slice(0, 16);
}

function minuteOf(operand: Operand, { now, timeZone }: Asker, source: string): string {
  if ("call" in operand) {
    const [, sign = "+", count = "0", unit = "m"] = /^([+-]?)(\d+)([mhdwM])$/.exec(operand.argument ?? "0m") ?? [];
    if (operand.call !== "now") throw badCql(source);
    const step = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, M: 2_592_000_000 }[unit] ?? 0;
    return minuteIn(new Date(now.getTime() + (sign === "-" ? -1 : 1) * Number(count) * step).toISOString(), timeZone);
  }
  const written = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:\s+(\d{1,2}):(\d{2}))?$/.exec(operand.value);
  if (!written) throw badCql(source);
  const [, year = "", month = "", day = "", hour = "0", minute = "00"] = written;
  const two = (part: string): string => part.padStart(2, "0");
  return `${year}-${two(month)}-${two(day)} ${two(hour)}:${minute}`;
}

/**
 * The text of a `~`: words joined by AND, "exact phrases", OR, a trailing star. Lucene's own signs must be escaped with a backslash.
 */
function wordQuery(source: string, cql: string): (words: readonly string[]) => boolean {
  const alternatives: ((words: readonly string[]) => boolean)[][] = [[]];
  const pattern = /\s+|(-)?"([^"]*)"|(-)?((?:\\.|[^\s"\\])+)/uy;
  while (pattern.lastIndex < source.length) {
    const match = pattern.exec(source);
    if (!match) throw badCql(cql);
    const [, phraseMinus, phrase, wordMinus, raw] = match;
    if (raw === "OR") {
      alternatives.push([]);
      continue;
    }
    if (raw === "AND" || (phrase === undefined && raw === undefined)) continue;
    const test = phrase === undefined ? oneWord(raw ?? "", cql) : inARow(wordsOf(phrase));
    alternatives.at(-1)?.push(phraseMinus || wordMinus ? (words) => !test(words) : test);
  }
  if (alternatives.some((tests) => tests.length === 0)) throw badCql(cql);
  return (words) => alternatives.some((tests) => tests.every((test) => test(words)));
}

function oneWord(raw: string, cql: string): (words: readonly string[]) => boolean {
  const bare = raw.replace(/\\./gu, " ");
  if (/[()[\]{}^~:!/]|^[*?+]|&&|\|\|/u.test(bare)) throw badCql(cql);
  const isPrefix = raw.endsWith("*") && !raw.endsWith("\\*");
  const parts = wordsOf(raw.replace(/\\(.)/gu, "$1"));
  const last = parts.pop();
  if (last === undefined) return () => true;
  return (words) => {
    const present = new Set(words);
    return parts.every((part) => present.has(part)) && (isPrefix ? words.some((word) => word.startsWith(last)) : present.has(last));
  };
}

function inARow(phrase: readonly string[]): (words: readonly string[]) => boolean {
  return (words) => words.some((_, at) => phrase.every((word, offset) => words[at + offset] === word));
}

function ordered(found: readonly Content[], { order }: Cql, store: Store): Content[] {
  const read = (content: Content, field: Field): string => {
    if (field === "lastmodified") return changedAt(content);
    if (field === "created") return content.page.createdAt;
    if (field === "title") return titleOf(content).toLowerCase();
    if (field === "space") return store.spaces.get(content.page.spaceKey)?.name ?? "";
    return content.id.padStart(20, "0");
  };
  return [...found].sort((left, right) => {
    for (const { field, descending } of order) {
      const [a, b] = [read(left, field), read(right, field)];
      if (a !== b) return a < b === descending ? 1 : -1;
    }
    return left.id.localeCompare(right.id);
  });
}

/** Hits in the title come first, then those whose text says the words oftener. */
function byRelevance(found: readonly Content[], where: Clause): Content[] {
  const sought = soughtWords(where);
  if (sought.length === 0) return [...found];
  const score = (content: Content): number => {
    const hits = (words: readonly string[]): number => words.filter((word) => sought.some((one) => word.startsWith(one))).length;
    return hits(wordsOf(titleOf(content))) * 10 + hits(wordsOf(textOf(content)));
  };
  return found
    .map((content) => ({ content, score: score(content) }))
    .sort((left, right) => right.score - left.score)
    .map(({ content }) => content);
}

/** Words that `~` asks for anywhere in the query. */
export function soughtWords(clause: Clause): string[] {
  if (clause.kind === "not") return [];
  if (clause.kind !== "compare") return clause.parts.flatMap(soughtWords);
  if (clause.operator !== "~") return [];
  return clause.values.flatMap((operand) => ("value" in operand ? wordsOf(operand.value) : []));
}
