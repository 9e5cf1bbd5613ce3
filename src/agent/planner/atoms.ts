import type { Day, Period } from "../../domain/numbers.js";
import { dayAt, numbered, parts, realDay, rolling, shift, type Unit, unitAround, unitOf } from "./days.js";
import { numeralAt } from "./numerals.js";
import type { Word } from "./words.js";

/** One expression of time among the words: `from` and `to` are places of words, `period` the days it means. */
export interface Atom {
  readonly from: number;
  readonly to: number;
  readonly period: Period;
  /** A day of the month whose month is still to be found: "с 1 по 15 октября". */
  readonly bare?: boolean;
}

/** Which way an expression without a year looks: reports look back, tasks forward. */
export type Direction = "back" | "forward";

/** The expression of time that starts at this word. */
export function atomAt(words: readonly Word[], at: number, today: Day, direction: Direction): Atom | undefined {
  const found =
    isoDay(words, at) ??
    dottedDay(words, at, today, direction) ??
    monthDay(words, at, today, direction) ??
    quarterOrHalf(words, at, today, direction);
  return found ?? relative(words, at, today) ?? named(words, at, today, direction) ?? wholeYear(words, at);
}

function isoDay(words: readonly Word[], at: number): Atom | undefined {
  const text = words
    .slice(at, at + 5)
    .map((word) => word.text)
    .join("");
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  const day = match && realDay(Number(match[1]), Number(match[2]), Number(match[3]));
  return day ? { from: at, to: at + 5, period: { from: day, to: day } } : undefined;
}

function dottedDay(words: readonly Word[], at: number, today: Day, direction: Direction): Atom | undefined {
  const match = /^(\d{1,2})[./](\d{1,2})(?:[./](\d{2}|\d{4}))?$/.exec(words[at]?.text ?? "");
  if (!match?.[1] || !match[2]) return undefined;
  const next = words[at + 1];
  if (
    !match[3] &&
    (match[2].length < 2 || [...(next?.means ?? [])].some((one) => /^(times|currency|percent)/.test(one)) || next?.key === "%")
  )
    return undefined;
  const year = match[3] ? Number(match[3].length === 2 ? `20${match[3]}` : match[3]) : undefined;
  const day = datedDay(Number(match[2]), Number(match[1]), year, today, direction);
  const to = yearWord(words[at + 1]) && match[3] ? at + 2 : at + 1;
  return day ? { from: at, to, period: { from: day, to: day } } : undefined;
}

/** "1 марта 2026", "1-го марта", "1st of March", "March 1", "март", "в марте прошлого года". */
function monthDay(words: readonly Word[], at: number, today: Day, direction: Direction): Atom | undefined {
  const date = dateNumber(words[at]);
  const gap = words[at + 1]?.key === "of" ? 1 : 0;
  const monthAfter = date === undefined ? undefined : monthOf(words, at + 1 + gap);
  if (date !== undefined && monthAfter !== undefined) {
    const end = at + 2 + gap;
    const year = yearAt(words, end, today);
    const day = datedDay(monthAfter, date, year?.year, today, direction);
    return day ? { from: at, to: year?.to ?? end, period: { from: day, to: day } } : undefined;
  }
  const month = monthOf(words, at);
  if (month === undefined) return undefined;
  const inner = dateNumber(words[at + 1]);
  if (inner !== undefined && !/^[а-яё]/iu.test(words[at]?.text ?? "")) {
    const year = yearAt(words, at + 2, today);
    const day = datedDay(month, inner, year?.year, today, direction);
    if (day) return { from: at, to: year?.to ?? at + 2, period: { from: day, to: day } };
  }
  const year = yearAt(words, at + 1, today);
  const now = parts(today);
  const chosen = year?.year ?? (direction === "back" ? now.year - (month > now.month ? 1 : 0) : now.year + (month < now.month ? 1 : 0));
  return { from: at, to: year?.to ?? at + 1, period: unitAround(dayAt(chosen, month, 1), "month") };
}

/** "третий квартал 2025", "3 кв", "Q3", "первое полугодие", "H1 2026". */
function quarterOrHalf(words: readonly Word[], at: number, today: Day, direction: Direction): Atom | undefined {
  const word = words[at];
  const short = /^(?:([qh])([1-4])|([1-4])([qh]))$/.exec(word?.key ?? "");
  const letter = short?.[1] ?? short?.[4];
  const counted = numbered(word, "ordinal") ?? (/^[1-4]$/.test(word?.text ?? "") ? Number(word?.text) : undefined);
  const dash = words[at + 1]?.text === "-" ? 1 : 0;
  const unit = letter
    ? letter === "q"
      ? "quarter"
      : "half"
    : words[at + 1 + dash]?.key === "half"
      ? "half"
      : unitOf(words[at + 1 + dash]);
  const number = short ? Number(short[2] ?? short[3]) : counted;
  if (number === undefined || (unit !== "quarter" && unit !== "half") || number > (unit === "quarter" ? 4 : 2)) return undefined;
  const end = short ? at + 1 : at + 2 + dash;
  const said = yearAt(words, end, today);
  const month = (number - 1) * (unit === "quarter" ? 3 : 6) + 1;
  const now = parts(today);
  const chosen = said?.year ?? (direction === "back" && month > now.month ? now.year - 1 : now.year);
  return { from: at, to: said?.to ?? end, period: unitAround(dayAt(chosen, month, 1), unit) };
}

/** "прошлый месяц", "за последние 3 недели", "this week", "over the last year", "за полгода", "с начала года". */
function relative(words: readonly Word[], at: number, today: Day): Atom | undefined {
  const word = words[at];
  if (!word) return undefined;
  const before = words[at - 1]?.key ?? "";
  if (word.means.has("to-date")) {
    const unit: Unit = word.key.startsWith("m") ? "month" : word.key.startsWith("q") ? "quarter" : "year";
    return { from: at, to: at + 1, period: { from: unitAround(today, unit).from, to: today } };
  }
  if (word.means.has("beginning")) {
    const next = words.slice(at + 1, at + 4).findIndex((one) => unitOf(one));
    const unit = next < 0 ? undefined : unitOf(words[at + 1 + next]);
    return unit ? { from: at, to: at + 2 + next, period: { from: unitAround(today, unit).from, to: today } } : undefined;
  }
  const direct = unitOf(word);
  // "за год", "for the week": a unit alone is a length of time only behind such a word.
  const whole = before === "the" && /^(for|over)$/.test(words[at - 2]?.key ?? "");
  if (direct && (whole || /^(за|past)$/.test(before))) return { from: at, to: at + 1, period: rolling(today, 1, direct) };
  const numeral = numeralAt(words, at);
  const counted = numeral && !numeral.scaled && !/^20\d\d$/.test(word.text) ? unitOf(words[numeral.to]) : undefined;
  if (numeral && counted && /^(за|past|last|последние|последних|the|in|for|весь|во)$/.test(before))
    return { from: at, to: numeral.to + 1, period: rolling(today, Number(numeral.millionths) / 1e6, counted) };
  const which = (["previous", "last", "past", "before-previous", "this", "next"] as const).find((one) => word.means.has(one));
  if (!which) return undefined;
  const count = numeralAt(words, at + 1);
  const plain = words[at + 1]?.means.has("everybody") ? 2 : 1;
  const unitIndex = count ? count.to : at + plain;
  const unit = unitOf(words[unitIndex]);
  const weekday = numbered(words[at + 1], "weekday");
  if (weekday !== undefined && which !== "next" && which !== "this")
    return { from: at, to: at + 2, period: single(lastWeekday(today, weekday)) };
  if (!unit) return undefined;
  const end = unitIndex + 1;
  if (count) return { from: at, to: end, period: rolling(today, Number(count.millionths) / 1e6, unit) };
  const over = /^(over|in|during|within|for|past)$/.test(before === "the" ? (words[at - 2]?.key ?? "") : before);
  if (which === "past" || (which === "last" && unit === "year" && over)) return { from: at, to: end, period: rolling(today, 1, unit) };
  if (which === "this") return { from: at, to: end, period: { from: unitAround(today, unit).from, to: today } };
  const steps = { previous: -1, last: -1, "before-previous": -2, next: 1 }[which];
  return { from: at, to: end, period: unitAround(shift(unitAround(today, unit).from, steps, unit), unit) };
}

/** "сегодня", "вчера", "понедельник", "25-го". */
function named(words: readonly Word[], at: number, today: Day, direction: Direction): Atom | undefined {
  const word = words[at];
  const step = { "day-before": -2, yesterday: -1, today: 0, tomorrow: 1, "day-after": 2 };
  for (const [concept, days] of Object.entries(step))
    if (word?.means.has(concept)) return { from: at, to: at + 1, period: single(shift(today, days, "day")) };
  const season = numbered(word, "season");
  if (season !== undefined) {
    const said = yearAt(words, at + 1, today);
    const now = parts(today);
    const year = said ? said.year - (season === 12 ? 1 : 0) : now.year - (direction === "back" && season > now.month ? 1 : 0);
    return { from: at, to: said?.to ?? at + 1, period: { from: dayAt(year, season, 1), to: dayAt(year, season + 3, 0) } };
  }
  const weekday = numbered(word, "weekday");
  if (weekday !== undefined) {
    const ahead = ((weekday - parts(today).weekday + 6) % 7) + 1;
    const nextWeek = words[at - 1]?.means.has("next");
    const day =
      direction === "back"
        ? lastWeekday(today, weekday)
        : nextWeek
          ? shift(unitAround(shift(today, 1, "week"), "week").from, weekday - 1, "day")
          : shift(today, ahead, "day");
    return { from: nextWeek ? at - 1 : at, to: at + 1, period: single(day) };
  }
  const date = dateNumber(word);
  const named = words[at + 1]?.key === "числа" || (direction === "forward" && /^\d{1,2}-?(го|му|е|st|nd|rd|th)$/.test(word?.key ?? ""));
  if (date !== undefined && named) {
    const now = parts(today);
    const month = direction === "forward" && date < now.date ? now.month + 1 : now.month;
    return { from: at, to: words[at + 1]?.key === "числа" ? at + 2 : at + 1, period: single(dayAt(now.year, month, date)) };
  }
  // "с 1 по 15 октября": the first number waits for the month of the second.
  if (
    date !== undefined &&
    /^(с|со|from|between)$/.test(words[at - 1]?.key ?? "") &&
    /^(по|до|to|and|till|-)$/.test(words[at + 1]?.key ?? "")
  )
    return { from: at, to: at + 1, period: single(dayAt(2000, 1, date)), bare: true };
  return undefined;
}

function wholeYear(words: readonly Word[], at: number): Atom | undefined {
  const word = words[at];
  if (!/^20\d\d$/.test(word?.text ?? "")) return undefined;
  const behind = yearWord(words[at + 1]);
  if (!behind && !/^(за|в|с|по|до|in|for|of|from|to|during|since|vs|and|и|-)$/.test(words[at - 1]?.key ?? "")) return undefined;
  const year = Number(word?.text);
  return { from: at, to: behind ? at + 2 : at + 1, period: { from: dayAt(year, 1, 1), to: dayAt(year, 12, 31) } };
}

/** The year said behind a day, month or quarter: "2025", "2025 года", "прошлого года", "of last year". */
function yearAt(words: readonly Word[], at: number, today: Day): { readonly year: number; readonly to: number } | undefined {
  const start = words[at]?.key === "of" || words[at]?.text === "," ? at + 1 : at;
  const word = words[start];
  if (/^20\d\d$/.test(word?.text ?? "")) return { year: Number(word?.text), to: yearWord(words[start + 1]) ? start + 2 : start + 1 };
  if (words[start + 1]?.means.has("year")) {
    const step =
      word?.means.has("previous") || word?.means.has("last")
        ? -1
        : word?.means.has("before-previous")
          ? -2
          : word?.means.has("this")
            ? 0
            : undefined;
    if (step !== undefined) return { year: parts(today).year + step, to: start + 2 };
  }
  return undefined;
}

function yearWord(word: Word | undefined): boolean {
  return word !== undefined && (word.means.has("year") || word.key === "г" || word.key === "гг");
}

function monthOf(words: readonly Word[], at: number): number | undefined {
  const word = words[at];
  const month = numbered(word, "month");
  // "may" is a month only where a verb cannot stand.
  if (word?.key === "may" && !word.capital && !/^(in|since|to|from|of|till|until|and|\d+)$/.test(words[at - 1]?.key ?? ""))
    return undefined;
  return month;
}

function dateNumber(word: Word | undefined): number | undefined {
  const match = /^(\d{1,2})(?:-?(?:го|му|ого|е|st|nd|rd|th))?$/.exec(word?.key ?? "");
  const value = Number(match?.[1]);
  return value >= 1 && value <= 31 ? value : undefined;
}

function datedDay(month: number, date: number, year: number | undefined, today: Day, direction: Direction): Day | undefined {
  if (year !== undefined) return realDay(year, month, date);
  const now = parts(today).year;
  const day = realDay(now, month, date);
  if (direction === "back" && day && day > today) return realDay(now - 1, month, date);
  return direction === "forward" && day && day < today ? realDay(now + 1, month, date) : day;
}

function lastWeekday(today: Day, weekday: number): Day {
  return shift(today, -((parts(today).weekday - weekday + 7) % 7), "day");
}

function single(day: Day): Period {
  return { from: day, to: day };
}
