import { type LinkRule, settleAddresses } from "./addresses.js";
import { joinAlike, type Span } from "./spans.js";

type Look = "bold" | "italic" | "strike";
const looks: Readonly<Record<string, Look>> = { "**": "bold", __: "bold", "*": "italic", _: "italic", "~~": "strike" };

const address = /[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>"«»]+/iy;
const link = /!?\[([^[\]\n]{0,1000})\]\(\s*<?((?:[^\s()<>]|\([^\s()<>]{0,300}\)){1,4000})>?(?:\s+"[^"\n]{0,300}")?\s*\)/y;
const tag = /<(?:br\s{0,3}\/?|([a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>]{1,4000}))>/iy;

/**
 * Bold, italic, strike-through, code and links of one paragraph. Takes whatever comes: a mark that finds no partner,
 * `under_scores`, HTML and half a link are shown as they were written. Time grows with the length of the text alone.
 */
export function parseInline(source: string, allowed: LinkRule): readonly Span[] {
  const pieces: { text: string; look: Partial<Record<Look, true>>; code?: true; link?: string }[] = [];
  /** At most one open mark of a kind: where its piece stands. */
  const open = new Map<string, number>();
  const codeEnds = closingRuns(source);
  let literal = "";
  let at = 0;

  const push = (text: string, extra: { code?: true; link?: string } = {}) => {
    if (literal !== "") pieces.push({ text: literal, look: {} });
    literal = "";
    if (text !== "") pieces.push({ text, look: {}, ...extra });
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) at += match[0].length;
    return match;
  };

  while (at < source.length) {
    const character = source[at]!;
    if (character === "\\" && /[!-/:-@[-`{-~]/.test(source[at + 1] ?? "")) {
      literal += source[at + 1];
      at += 2;
    } else if (character === "`") {
      const run = /`+/y;
      run.lastIndex = at;
      const { length } = run.exec(source)![0];
      const end = codeEnds.get(at);
      if (end === undefined) literal += "`".repeat(length);
      else push(source.slice(at + length, end).replace(/^ (.*[^ ].*) $/s, "$1"), { code: true });
      at = end === undefined ? at + length : end + length;
    } else if (character === "[" || (character === "!" && source[at + 1] === "[")) {
      const found = take(link);
      if (found) pushLink(found[1]!, found[2]!);
      else literal += source[at++];
    } else if (character === "<") {
      const found = take(tag);
      if (found) literal += found[1] ?? "\n";
      else literal += source[at++];
    } else if (character in looks || character === "~") {
      pushMark();
    } else if (/[a-z]/i.test(character) && !/[a-z0-9+.-]/i.test(source[at - 1] ?? " ")) {
      // Marks inside an address belong to it.
      const found = take(address);
      const trailing = found ? (/[*_~`.,:;!?)\]}'"]+$/.exec(found[0])?.[0].length ?? 0) : 0;
      at -= trailing;
      literal += found ? found[0].slice(0, found[0].length - trailing) : source[at++];
    } else {
      literal += source[at++];
    }
  }
  push("");
  return settleAddresses(joinAlike(pieces.map(({ look, ...piece }) => ({ ...piece, ...look }))), allowed);

  function pushLink(label: string, url: string): void {
    const text = label.replace(/\*\*|__|~~|`/g, "").trim();
    if (allowed(url)) push(text || url, { link: url });
    else literal += text === "" || text === url ? url : `${text} (${url})`;
  }

  /** A mark closes its partner, opens, or is a character like any other. */
  function pushMark(): void {
    const character = source[at]!;
    const double = character.repeat(2);
    // "***" ends what was opened last first.
    const innerFirst = source.startsWith(`${double}${character}`, at) && (open.get(character) ?? -1) > (open.get(double) ?? Number.NaN);
    const mark = source.startsWith(double, at) && !innerFirst ? double : character;
    const look = looks[mark];
    const before = source[at - 1] ?? " ";
    const after = source[at + mark.length] ?? " ";
    at += mark.length;
    const partner = open.get(mark);
    const inWord = (character === "_" && isWord(before) && isWord(after)) || (mark === "*" && /\d/.test(before) && /\d/.test(after));
    if (look && partner !== undefined && !/\s/.test(before) && !inWord && (literal !== "" || partner < pieces.length - 1)) {
      push("");
      for (const piece of pieces.slice(partner + 1)) piece.look[look] = true;
      pieces[partner]!.text = "";
      // What was opened inside and not closed there stays a character.
      for (const [other, place] of open) if (place >= partner) open.delete(other);
    } else if (look && partner === undefined && !/\s/.test(after) && !inWord && !(character === "_" && isWord(before))) {
      push(mark);
      open.set(mark, pieces.length - 1);
    } else {
      literal += mark;
    }
  }
}

function isWord(character: string): boolean {
  return /[\p{L}\p{N}]/u.test(character);
}

/** Where each run of backticks finds the next run of its length: counted once from the end, so that no input is walked twice. */
function closingRuns(source: string): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const nearest = new Map<number, number>();
  for (const run of [...source.matchAll(/`+/g)].reverse()) {
    const end = nearest.get(run[0].length);
    if (end !== undefined) ends.set(run.index, end);
    nearest.set(run[0].length, run.index);
  }
  return ends;
}
