import { numbered } from "./days.js";
import type { Word } from "./words.js";

/** How often something comes: five cron fields, and what lies between two times; `places` are the words that say it. */
export interface Recurrence {
  readonly cron: string;
  readonly rhythm: "often" | "day" | "week" | "month" | "quarter";
  readonly places: ReadonlySet<number>;
}

const every = /^(кажд\p{L}*|every|each)$/u;
const times = /^(в|во|к|ко|at|by|@)$/;
const glue = /^(на|по|в|во|с|the|on|of|at|in|a|and|и|,|каждого|каждый|каждое|каждую|числа|число|день|day|дня|раз|once|one|один)$/;
/** Words that alone say how often. */
const alone: readonly (readonly [RegExp, Recurrence["rhythm"]])[] = [
  [/^(ежедневн\p{L}*|daily)$/u, "day"],
  [/^(еженедельн\p{L}*|weekly)$/u, "week"],
  [/^(ежемесячн\p{L}*|monthly)$/u, "month"],
  [/^(ежеквартальн\p{L}*|quarterly)$/u, "quarter"],
  [/^(ежечасн\p{L}*|hourly)$/u, "often"],
];
const workdays = /^(будн\p{L}*|рабочи[мех]\p{L}*|weekdays?|workdays?)$/u;
const weekend = /^(выходн\p{L}*|weekends?)$/u;
/** "по понедельникам", "mondays": a plural says "every" by itself. */
const pluralDay = /(ам|ям)$|days$/;

/**
 * How often, and at what time: «каждый понедельник и четверг в 9», «по будням в 8:30», "on the 1st of each month at 10am". Nothing where
 * no word says that it is to come again; nine in the morning where no time is named. What a correction of `prior` leaves unsaid stays:
 * "at 10" keeps the days, "on Tuesdays" the time. A time that no clock shows stays in the text, for whoever says that there is none.
 */
export function findRecurrence(words: readonly Word[], certain = false, prior?: string): Recurrence | undefined {
  const used = new Set<number>();
  const found = interval(words, used) ?? dates(words, used) ?? weekdays(words, used, certain) ?? plainly(words, used, certain);
  const [minute = "0", hour = "9", ...days] = prior?.split(" ") ?? [];
  // Every half hour has no time of day that a correction could keep.
  const kept = /^\d+ \d+$/.test(`${minute} ${hour}`) ? { minute, hour } : { minute: "0", hour: "9" };
  const time = clockOf(words, used) ?? (found?.hour !== undefined ? { hour: found.hour, minute: 0 } : undefined);
  if (!found && !(prior && time)) return undefined;
  const { minute: atMinute, hour: atHour } = time ?? kept;
  const cron = found?.whole ?? `${atMinute} ${atHour} ${found?.days ?? (days.join(" ") || "* * *")}`;
  for (const at of Array.from(used)) {
    let before = at - 1;
    while (before >= 0 && !used.has(before) && glue.test(words[before]?.key ?? "") && at - before <= 3) used.add(before--);
  }
  return { cron, rhythm: found?.rhythm ?? rhythmOf(cron), places: used };
}

/** Is a time of day named? "at 9", «в полдень». */
export function namesTime(words: readonly Word[]): boolean {
  return timeOf(words, new Set()) !== undefined;
}

/** What lies between two times of these cron fields. */
export function rhythmOf(cron: string): Recurrence["rhythm"] {
  const [minute = "", hour = "", date, , day] = cron.split(" ");
  if (!/^\d+ \d+$/.test(`${minute} ${hour}`)) return "often";
  if (date !== "*") return "month";
  return day === "*" || day === "1-5" ? "day" : "week";
}

interface Found {
  readonly rhythm: Recurrence["rhythm"];
  /** Day of the month, month and day of the week. */
  readonly days?: string;
  /** All five fields, where the hour is part of them. */
  readonly whole?: string;
  readonly hour?: number;
}

/** «каждые 30 минут», "every 2 hours", «каждый час». */
function interval(words: readonly Word[], used: Set<number>): Found | undefined {
  for (let at = 0; at < words.length; at++) {
    if (!every.test(words[at]?.key ?? "")) continue;
    const count = /^\d{1,3}$/.test(words[at + 1]?.text ?? "") ? Number(words[at + 1]?.text) : (numbered(words[at + 1], "number") ?? 0);
    const unit = words[count > 0 ? at + 2 : at + 1];
    if (/^(секунд\p{L}*|сек|seconds?|secs?)$/u.test(unit?.key ?? "")) {
      mark(used, at, at + (count > 0 ? 3 : 2));
      return { rhythm: "often", whole: "* * * * *" };
    }
    const [hours, minutes, half] = ["hour", "minute", "half-hour"].map((one) => unit?.means.has(one) ?? false);
    if (!hours && !minutes && !half) continue;
    mark(used, at, at + (count > 0 ? 3 : 2));
    if (half) return { rhythm: "often", whole: "*/30 * * * *" };
    if (minutes) return { rhythm: "often", whole: count > 1 ? `*/${count} * * * *` : "* * * * *" };
    // Where the hours do not go into a day, the step starts anew at midnight: the hours themselves say so.
    const uneven =
      count > 1 && count < 24 && 24 % count !== 0 && Array.from({ length: Math.ceil(24 / count) }, (_, index) => index * count);
    return { rhythm: "often", whole: uneven ? `0 ${uneven.join(",")} * * *` : count > 1 ? `0 */${count} * * *` : "0 * * * *" };
  }
  const hourly = words.findIndex(({ key }) => alone[4]?.[0].test(key));
  if (hourly < 0) return undefined;
  used.add(hourly);
  return { rhythm: "often", whole: "0 * * * *" };
}

/** «1-го числа каждого месяца», «первого числа», "on the 15th of each month", «в последний день месяца», "monthly on the 5th". */
function dates(words: readonly Word[], used: Set<number>): Found | undefined {
  const yearly = dateOfYear(words, used);
  if (yearly) return yearly;
  const monthAt = words.findIndex(
    (word, at) => word.means.has("month") && (everyBefore(words, at) || alone[2]?.[0].test(word.key) || lastDay(words, at)),
  );
  const counted = words.findIndex(({ key }) => /^числ[ао]$/.test(key));
  if (monthAt < 0 && counted < 0) return undefined;
  const ending = words.findIndex((word, at) => lastDay(words, at) && word.means.has("month"));
  if (ending >= 0) {
    const start = words.findIndex(({ key }) => /^последн|^last$/.test(key));
    mark(used, start, ending + 1);
    if (monthAt >= 0) used.add(monthAt);
    return { rhythm: "month", days: "L * *" };
  }
  const days = words.flatMap((word, at) => {
    const date = dateOf(word);
    const near =
      counted >= 0
        ? at < counted && counted - at <= 5
        : /(?:st|nd|rd|th|го|е|ое)$/.test(word.key) || numbered(word, "ordinal") !== undefined;
    return date !== undefined && near ? [{ at, date }] : [];
  });
  if (days.length === 0 && monthAt < 0) return undefined;
  for (const { at } of days) used.add(at);
  if (counted >= 0) used.add(counted);
  if (monthAt >= 0) {
    used.add(monthAt);
    if (every.test(words[monthAt - 1]?.key ?? "")) used.add(monthAt - 1);
  }
  return {
    rhythm: "month",
    days: `${days.length > 0 ? [...new Set(days.map(({ date }) => date))].toSorted((a, b) => a - b).join(",") : 1} * *`,
  };
}

/** «каждое 8 марта», "every March 8", and a 30 February, which never comes. */
function dateOfYear(words: readonly Word[], used: Set<number>): Found | undefined {
  for (let at = 0; at < words.length; at++) {
    const month = numbered(words[at], "month");
    if (month === undefined) continue;
    const ahead = every.test(words[at - 1]?.key ?? "");
    const [from, place] = ahead ? [at - 1, at + 1] : [at - 2, at - 1];
    const word = words[place];
    const date = word && dateOf(word);
    if (date === undefined || !every.test(words[from]?.key ?? "")) continue;
    mark(used, from, from + 3);
    return { rhythm: "month", days: `${date} ${month} *` };
  }
  return undefined;
}

/** "каждого месяца", «каждый первый день месяца», "every 1st of the month". */
function everyBefore(words: readonly Word[], at: number): boolean {
  let before = at - 1;
  const between = (word: Word | undefined) =>
    word !== undefined &&
    (/^(день|day|число|of|the)$/.test(word.key) || numbered(word, "ordinal") !== undefined || /^\d{1,2}-?\p{L}+$/u.test(word.key));
  while (between(words[before]) && at - before < 4) before--;
  return every.test(words[before]?.key ?? "");
}

function lastDay(words: readonly Word[], at: number): boolean {
  const before = words
    .slice(Math.max(0, at - 5), at)
    .map(({ key }) => key)
    .join(" ");
  return /(последн\p{L}+ (день|числ\p{L}+)( каждого)?|last day of( the| each| every)?)$/u.test(before);
}

function dateOf(word: Word): number | undefined {
  const match = /^(\d{1,2})(?:-?(?:го|е|ое|ого|st|nd|rd|th))?$/.exec(word.key);
  const date = match ? Number(match[1]) : numbered(word, "ordinal");
  return date !== undefined && date >= 1 && date <= 31 ? date : undefined;
}

/** «каждый понедельник и четверг», «по вторникам», "on weekdays", «по будням». */
function weekdays(words: readonly Word[], used: Set<number>, certain: boolean): Found | undefined {
  const group = words.findIndex(
    ({ key, means }, at) =>
      workdays.test(key) && (!key.startsWith("рабоч") || words[at + 1]?.means.has("day") === true) && !means.has("task"),
  );
  const free = words.findIndex(
    ({ key }, at) => weekend.test(key) && /^(по|on|кажд\p{L}*|every|each|the|at)$/u.test(words[at - 1]?.key ?? ""),
  );
  const at = group >= 0 ? group : free;
  if (at >= 0) {
    mark(used, at, at + 1);
    if (words[at]?.key.startsWith("рабоч")) used.add(at + 1);
    if (every.test(words[at - 1]?.key ?? "")) used.add(at - 1);
    return { rhythm: "day", days: group >= 0 ? "* * 1-5" : "* * 0,6" };
  }
  const named = words.flatMap((word, place) => {
    const day = numbered(word, "weekday");
    return day === undefined ? [] : [{ place, day }];
  });
  const [first] = named;
  // The first Monday of the month is none that is offered.
  if (!first || words.some((word, at) => word.means.has("month") && at > first.place && at - first.place <= 3)) return undefined;
  const said = named.some(({ place }) => every.test(words[place - 1]?.key ?? "") || pluralDay.test(words[place]?.key ?? ""));
  if (!said && !certain) return undefined;
  for (const { place } of named) {
    used.add(place);
    if (every.test(words[place - 1]?.key ?? "")) used.add(place - 1);
  }
  return { rhythm: "week", days: `* * ${[...new Set(named.map(({ day }) => day % 7))].toSorted((a, b) => a - b).join(",")}` };
}

/** «каждый день», «каждое утро», "every week", "daily", «раз в неделю». */
function plainly(words: readonly Word[], used: Set<number>, certain: boolean): Found | undefined {
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const before = words[at - 1]?.key ?? "";
    const once = /^(раз|once)$/.test(words[at - 2]?.key ?? "") && /^(в|a|per)$/.test(before);
    // «по утрам»: a plural says "every" by itself.
    const plural = before === "по" && word?.key.endsWith("ам") === true;
    if (!word || !(every.test(before) || once || plural)) continue;
    const part = numbered(word, "day-part");
    const rhythm = part !== undefined ? "day" : (["day", "week", "month", "quarter"] as const).find((one) => word.means.has(one));
    if (!rhythm) continue;
    mark(used, once ? at - 2 : at - 1, at + 1);
    return { rhythm, days: daysFor[rhythm], hour: part };
  }
  for (const [form, rhythm] of alone) {
    const at = words.findIndex(({ key }) => form.test(key));
    if (at < 0 || rhythm === "often" || !certain) continue;
    used.add(at);
    return { rhythm, days: daysFor[rhythm] };
  }
  return undefined;
}

const daysFor = { day: "* * *", week: "* * 1", month: "1 * *", quarter: "1 1,4,7,10 *" } as const;

interface Time {
  readonly hour: number;
  readonly minute: number;
}

/** The time that is named, else the hour at which a part of the day begins: «каждый понедельник утром». */
function clockOf(words: readonly Word[], used: Set<number>): Time | undefined {
  const time = timeOf(words, used);
  if (time) return time;
  const at = words.findIndex((word, place) => !used.has(place) && numbered(word, "day-part") !== undefined);
  if (at < 0) return undefined;
  used.add(at);
  return { hour: numbered(words[at], "day-part") ?? 9, minute: 0 };
}

const clockWords = [
  [/^(полдень|noon|midday)$/, 12],
  [/^(полночь|midnight)$/, 0],
] as const;

/** «в 9», «в 8:30», "at 9am", «в девять утра», «в полдень»: nothing that stands for a date. */
function timeOf(words: readonly Word[], used: Set<number>): Time | undefined {
  for (let at = 0; at < words.length; at++) {
    // «раз в 2 дня» is no time of day.
    if (used.has(at) || /^(раз|once)$/.test(words[at - 2]?.key ?? "")) continue;
    const word = words[at];
    const introduced = times.test(words[at - 1]?.key ?? "");
    const from = introduced ? at - 1 : at;
    const known = clockWords.find(([form]) => form.test(word?.key ?? ""));
    if (known) {
      mark(used, from, at + 1);
      return { hour: known[1], minute: 0 };
    }
    const spelled = introduced ? numbered(word, "number") : undefined;
    const match = /^(\d{1,2})(?:[:.](\d{2}))?(am|pm)?$/.exec(spelled === undefined ? (word?.key ?? "") : String(spelled));
    if (!match) continue;
    // «в 9-30»
    const dashed = introduced && words[at + 1]?.text === "-" && /^\d{2}$/.test(words[at + 2]?.text ?? "") ? words[at + 2]?.text : undefined;
    const minutes = match[2] ?? dashed;
    const end = dashed === undefined ? at + 1 : at + 3;
    const hour = Number(match[1]);
    const behind = words[end];
    const half = match[3] ?? (/^(am|pm)$/.test(behind?.key ?? "") ? behind?.key : undefined);
    const hours = behind?.means.has("hour") ?? false;
    const later = words[hours ? end + 1 : end];
    const part = numbered(later, "day-part") ?? (later?.key === "дня" ? 14 : later?.key === "ночи" ? 0 : undefined);
    const said = introduced || minutes !== undefined || half !== undefined || part !== undefined;
    if (!said || behind?.means.has("percent") || numbered(behind, "month") !== undefined) continue;
    mark(used, from, end);
    if ((half !== undefined && half === behind?.key) || hours) used.add(end);
    if (part !== undefined) used.add(hours ? end + 1 : end);
    const afternoon = half === "pm" || (part !== undefined && part >= 12 && hour < 12);
    return { hour: afternoon && hour < 12 ? hour + 12 : half === "am" && hour === 12 ? 0 : hour, minute: Number(minutes ?? 0) };
  }
  return undefined;
}

function mark(used: Set<number>, from: number, to: number): void {
  for (let at = Math.max(0, from); at < to; at++) used.add(at);
}
