import type { Day } from "../../domain/numbers.js";
import { type Atom, atomAt } from "./atoms.js";
import { numbered, pad, parts, shift, unitAround, unitOf } from "./days.js";
import { numeralAt } from "./numerals.js";
import type { Word } from "./words.js";

/** When something is due: "2026-11-27", or "2026-11-27T10:00" in the person's own time. */
export interface SaidMoment {
  readonly due: string;
  readonly words: ReadonlySet<number>;
}

/** The person's own day and minute of the day, now. */
export interface LocalNow {
  readonly today: Day;
  readonly minutes: number;
}

/** The moment in the future a person speaks of: "завтра в 10", "через 2 дня", "в пятницу", "by Friday 3pm", "до конца месяца". */
export function findMoment(words: readonly Word[], now: LocalNow, taken: ReadonlySet<number>): SaidMoment | undefined {
  const used = new Set<number>();
  const later = lengthOfTime(words, now, taken, used) ?? endOfUnit(words, now, taken, used);
  if (later?.includes("T")) return { due: later, words: used };
  const time = timeOfDay(words, taken, used);
  const day = later ?? dayNamed(words, now, taken, used);
  if (!day && time === undefined) return undefined;
  const fallback = time !== undefined && time <= now.minutes ? shift(now.today, 1, "day") : now.today;
  return { due: time === undefined ? (day ?? fallback) : `${day ?? fallback}T${clock(time)}`, words: used };
}

/** "через 2 дня", "через полтора часа", "in a week". */
function lengthOfTime(words: readonly Word[], now: LocalNow, taken: ReadonlySet<number>, used: Set<number>): string | undefined {
  for (let at = 0; at < words.length; at++) {
    if (taken.has(at) || !words[at]?.means.has("through")) continue;
    if (words[at + 1]?.means.has("half-hour")) {
      let end = at + 1;
      while (words[end]?.means.has("half-hour")) end++;
      mark(used, at, end);
      return atMinute(now, now.minutes + 30);
    }
    const article = words[at + 1]?.key === "a" || words[at + 1]?.key === "an" ? 1 : 0;
    const numeral = numeralAt(words, at + 1 + article);
    const unitAt = numeral ? numeral.to : at + 1 + article;
    const count = numeral ? Number(numeral.millionths) / 1e6 : 1;
    const word = words[unitAt];
    const unit = unitOf(word);
    const minutes = word?.means.has("hour") ? 60 : word?.means.has("minute") ? 1 : undefined;
    // "in the week" is a place in time, "in a week" a length.
    if ((!unit && minutes === undefined) || (words[at]?.key === "in" && !numeral && !article)) continue;
    mark(used, at, unitAt + 1);
    if (unit) return shift(now.today, count, unit);
    return atMinute(now, now.minutes + Math.round(count * (minutes ?? 1)));
  }
  return undefined;
}

/** "до конца недели", "by the end of the month", "EOD". The working week ends on Friday. */
function endOfUnit(words: readonly Word[], now: LocalNow, taken: ReadonlySet<number>, used: Set<number>): string | undefined {
  const at = words.findIndex((word, index) => word.means.has("ending") && !taken.has(index));
  if (at < 0) return undefined;
  const near = words.slice(at + 1, at + 4).findIndex((word) => unitOf(word));
  const short = { eod: "day", eow: "week", eom: "month" } as const;
  const key = words[at]?.key ?? "";
  const unit = key in short ? short[key as keyof typeof short] : unitOf(words[at + 1 + near]);
  if (!unit || (near < 0 && !(key in short))) return undefined;
  mark(used, prepositionBefore(words, at), key in short ? at + 1 : at + 2 + near);
  if (unit === "day") return `${now.today}T18:00`;
  const end = unitAround(now.today, unit).to;
  const friday = shift(end, -2, "day");
  return unit === "week" && friday >= now.today ? friday : end;
}

function dayNamed(words: readonly Word[], now: LocalNow, taken: ReadonlySet<number>, used: Set<number>): Day | undefined {
  for (let at = 0; at < words.length; at++) {
    if (taken.has(at) || used.has(at)) continue;
    const atom: Atom | undefined = atomAt(words, at, now.today, "forward");
    if (!atom || atom.bare || atom.period.to < now.today) continue;
    mark(used, prepositionBefore(words, atom.from), atom.to);
    return atom.period.from < now.today ? atom.period.to : atom.period.from;
  }
  return undefined;
}

/** "в 10", "10:30", "at 3pm", "в 9 утра", "вечером". Small hours alone are meant for the afternoon: nobody works at three in the night. */
function timeOfDay(words: readonly Word[], taken: ReadonlySet<number>, used: Set<number>): number | undefined {
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (!word || taken.has(at) || used.has(at)) continue;
    const match = /^(\d{1,2})(?:[:.](\d{2}))?(am|pm|h)?$/.exec(word.key);
    const hour = Number(match?.[1]);
    const behind = words[at + 1];
    const half = behind && partOfDay(words, at + 1);
    const prepared = /^(в|к|ко|до|at|by|около|после|@)$/.test(words[at - 1]?.key ?? "");
    const clocked = match?.[2] !== undefined && word.text.includes(":");
    const meridiem = match?.[3] ?? (/^(am|pm)$/.test(behind?.key ?? "") ? behind?.key : undefined);
    const said = clocked || meridiem !== undefined || half !== undefined || behind?.means.has("hour");
    const counted =
      behind &&
      (unitOf(behind) ||
        behind.means.has("percent") ||
        numbered(behind, "month") !== undefined ||
        [...behind.means].some((one) => /^(times|currency)-/.test(one)));
    if (match && hour <= 23 && (said || (prepared && !(counted && half === undefined))) && (prepared || said)) {
      const minutes = Number(
        match[2] ?? (words[at + 1]?.text === "-" && /^(00|15|30|45)$/.test(words[at + 2]?.text ?? "") ? words[at + 2]?.text : 0),
      );
      let end = at + 1;
      if (behind?.means.has("hour") || meridiem === behind?.key) end++;
      const part = partOfDay(words, end);
      if (part !== undefined) end++;
      if (words[at + 1]?.text === "-" && minutes > 0) end = at + 3;
      mark(used, prepositionBefore(words, at), end);
      const afternoon =
        meridiem === "pm" ||
        (part !== undefined && part >= 12 && hour < 12) ||
        (meridiem === undefined && part === undefined && !clocked && hour >= 1 && hour <= 6);
      return (((afternoon && hour < 12 ? hour + 12 : meridiem === "am" && hour === 12 ? 0 : hour) * 60 + minutes) % 1440) | 0;
    }
  }
  for (let at = 0; at < words.length; at++) {
    const part = taken.has(at) || used.has(at) ? undefined : partOfDay(words, at);
    if (part === undefined || words[at - 1]?.key.startsWith("добр")) continue;
    mark(used, prepositionBefore(words, at), at + 1);
    return part * 60;
  }
  return undefined;
}

function partOfDay(words: readonly Word[], at: number): number | undefined {
  const part = numbered(words[at], "day-part");
  if (part !== undefined) return part;
  // "3 часа дня"
  return words[at]?.key === "дня" && (words[at - 1]?.means.has("hour") || words[at - 1]?.kind === "number")
    ? words[at - 1]?.means.has("hour")
      ? 12
      : undefined
    : undefined;
}

function prepositionBefore(words: readonly Word[], at: number): number {
  let start = at;
  while (
    start > 0 &&
    at - start < 2 &&
    /^(в|во|на|к|ко|до|с|от|the|on|by|at|in|until|till|before|this|next|около|@)$/.test(words[start - 1]?.key ?? "")
  )
    start--;
  return start;
}

function mark(used: Set<number>, from: number, to: number): void {
  for (let at = from; at < to; at++) used.add(at);
}

/** So many minutes after the day began; the next day's after midnight. */
function atMinute(now: LocalNow, minutes: number): string {
  return `${shift(now.today, Math.floor(minutes / 1440), "day")}T${clock(minutes % 1440)}`;
}

function clock(minutes: number): string {
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** The person's day and minute at a moment. */
export function localNow(now: Date, timeZone: string): LocalNow {
  const text = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" }).format(now);
  const [today = "", time = "00:00"] = text.split(" ");
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return { today: parts(today).year > 0 ? today : now.toISOString().slice(0, 10), minutes: hours * 60 + minutes };
}
