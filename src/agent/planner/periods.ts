import type { Day } from "../../domain/numbers.js";
import { type Atom, atomAt } from "./atoms.js";
import { dayAt, parts } from "./days.js";
import type { Word } from "./words.js";

/** A stretch of days in a message; `words` are the places it takes, its prepositions included. */
export interface SaidPeriod {
  readonly from?: Day;
  readonly to?: Day;
  readonly words: ReadonlySet<number>;
}

const opens = /^(с|со|from|since|начиная|after|после|between)$/;
const joins = /^(по|до|to|till|until|through|and|и|-|–|—)$/;
const ends = /^(по|до|till|until|before|through)$/;

/**
 * The period a person speaks of, whole days in their own time zone: "за последний год", "третий квартал", "с марта по май",
 * "last quarter", "since October 1". Several expressions are taken together, from the first day to the last.
 */
export function findPeriod(words: readonly Word[], today: Day, taken: ReadonlySet<number>): SaidPeriod | undefined {
  const atoms: Atom[] = [];
  for (let at = 0; at < words.length; at++) {
    if (taken.has(at) || words[at]?.quoted) continue;
    const atom = atomAt(words, at, today, "back");
    if (!atom) continue;
    atoms.push(atom);
    at = atom.to - 1;
  }
  const everything = words.findIndex((word) => word.means.has("all-time"));
  if (everything >= 0) return { words: places(everything - 1, everything + 3, words) };
  const [first, second] = atoms;
  if (!first) return bareYear(words, taken);
  const used = new Set<number>();
  const before = words[first.from - 1]?.key ?? "";
  const joined =
    second && second.from - first.to <= 2 && joins.test(words[second.from - 1]?.key ?? words[first.to]?.key ?? "") ? second : undefined;
  for (const atom of joined ? [first, joined] : [first]) for (const place of places(atom.from - 1, atom.to, words)) used.add(place);
  if (joined) {
    for (let at = first.from; at < joined.to; at++) used.add(at);
    const start = startOf(first, joined);
    const end = joined.period.to;
    return start <= end ? { from: start, to: end, words: used } : { from: joined.period.from, to: first.period.to, words: used };
  }
  // What is bare has found no month.
  if (first.bare) return undefined;
  if (opens.test(before))
    return {
      from: first.period.from,
      to: first.period.to > today || opens.test(before) ? later(first, today) : first.period.to,
      words: used,
    };
  if (ends.test(before)) return { to: first.period.to, words: used };
  return { ...first.period, words: used };
}

/** "продажи 2025", "purchases by month 2025": a year with nothing beside it is a period where figures are spoken of. */
function bareYear(words: readonly Word[], taken: ReadonlySet<number>): SaidPeriod | undefined {
  const at = words.findIndex((word, place) => /^20[0-4]\d$/.test(word.text) && !taken.has(place) && !word.quoted);
  const year = words[at]?.text;
  const figures = words.some(({ means }) => [...means].some((one) => /^(?:sales|trend|top|measure:.+|by:.+)$/.test(one)));
  return year === undefined || !figures ? undefined : { from: `${year}-01-01`, to: `${year}-12-31`, words: new Set([at]) };
}

/** "с ноября по март": a start behind the end belongs to the year before; "с 1 по 15 октября": to the same month. */
function startOf(first: Atom, second: Atom): Day {
  const end = parts(second.period.from);
  if (first.bare) return dayAt(end.year, end.month, parts(first.period.from).date);
  if (first.period.from <= second.period.to) return first.period.from;
  const { year, month, date } = parts(first.period.from);
  return first.period.to > second.period.to && year === end.year ? dayAt(year - 1, month, date) : first.period.from;
}

function later(atom: Atom, today: Day): Day {
  return atom.period.from > today ? atom.period.to : today;
}

/** The places of the words, the preposition or article before them included. */
function places(from: number, to: number, words: readonly Word[]): Set<number> {
  const found = new Set<number>();
  let start = from;
  while (
    start >= 0 &&
    /^(за|в|во|с|со|по|до|на|к|ко|от|the|over|for|in|on|since|from|until|till|during|within|of|весь|всю|все|период|between|by|начиная|начало|this|после|after)$/.test(
      words[start]?.key ?? "",
    ) &&
    from - start < 3
  )
    start--;
  for (let at = start + 1; at < to; at++) if (at >= 0) found.add(at);
  return found;
}
