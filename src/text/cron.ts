import type { Language } from "../domain/people.js";

interface CronWords {
  readonly days: readonly string[];
  readonly months: readonly string[];
  readonly everyDay: string;
  readonly workdays: string;
  readonly weekend: string;
  readonly lastDay: string;
  readonly and: string;
  readonly on: (days: string) => string;
  readonly dates: (dates: readonly string[]) => string;
  readonly inMonths: (months: string) => string;
  readonly everyMinutes: (minutes: number) => string;
  readonly everyHours: (hours: number, minute: string) => string;
  readonly at: (times: string) => string;
}

const cronTexts: Readonly<Record<Language, CronWords>> = {
  ru: {
    days: ["воскресеньям", "понедельникам", "вторникам", "средам", "четвергам", "пятницам", "субботам"],
    months: "январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре".split(" "),
    everyDay: "каждый день",
    workdays: "по будням",
    weekend: "по выходным",
    lastDay: "в последний день месяца",
    and: "и",
    on: (days) => `по ${days}`,
    dates: (dates) => `${dates.map((date) => `${date}-го`).join(", ")} числа`,
    inMonths: (months) => ` в ${months}`,
    everyMinutes: (minutes) => `каждые ${minutes} минут`,
    everyHours: (hours, minute) => (hours === 1 ? `каждый час в :${minute}` : `через каждые ${hours} ч в :${minute}`),
    at: (times) => ` в ${times}`,
  },
  en: {
    days: ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"],
    months: "January February March April May June July August September October November December".split(" "),
    everyDay: "every day",
    workdays: "on weekdays",
    weekend: "on weekends",
    lastDay: "on the last day of the month",
    and: "and",
    on: (days) => `on ${days}`,
    dates: (dates) => `on day ${dates.join(", ")} of the month`,
    inMonths: (months) => ` in ${months}`,
    everyMinutes: (minutes) => `every ${minutes} minutes`,
    everyHours: (hours, minute) => (hours === 1 ? `every hour at :${minute}` : `every ${hours} h at :${minute}`),
    at: (times) => ` at ${times}`,
  },
};

/** A cron text of five fields as people say it: "по будням в 08:30". What is too intricate for words stays as it is. */
export function cronWords(cron: string, language: Language): string {
  const words = cronTexts[language];
  const [minute = "", hour = "", date = "", month = "", day = ""] = cron.split(" ");
  const days = daysOf(date, month, day, words);
  const times = timesOf(minute, hour, words);
  if (days === undefined || times === undefined) return `cron ${cron}`;
  // "Every hour" says "every day" already.
  if (!times.startsWith(" ")) return days === words.everyDay ? times : `${days}, ${times}`;
  return `${days}${times}`;
}

const dayNames = ["воскресный", "понедельничный", "вторничный", "", "четверговый", "пятничный", "субботний"];

/** What people call a report by when it comes: "понедельничный", "daily", in both languages. */
export function cronNames(cron: string): readonly string[] {
  const [, hour = "", date = "", , day = ""] = cron.split(" ");
  const days = (day === "*" ? [] : (numbers(day, 0, 7) ?? [])).map((one) => dayNames[one % 7] ?? "");
  const often =
    date !== "*" ? ["ежемесячный", "monthly", "месячный"] : day === "*" ? ["ежедневный", "daily"] : ["еженедельный", "weekly", "недельный"];
  const part = /^\d+$/.test(hour) ? (Number(hour) < 12 ? ["утренний", "morning"] : Number(hour) >= 17 ? ["вечерний", "evening"] : []) : [];
  return [...days, ...often, ...part];
}

function daysOf(date: string, month: string, day: string, words: CronWords): string | undefined {
  const months = month === "*" ? undefined : numbers(month, 1, 12);
  if (month !== "*" && !months) return undefined;
  const season = months
    ? words.inMonths(
        joined(
          months.map((one) => words.months[one - 1] ?? ""),
          words,
        ),
      )
    : "";
  if (date === "*" && day === "*") return `${words.everyDay}${season}`;
  if (day === "*") {
    if (date === "L") return `${words.lastDay}${season}`;
    const dates = numbers(date, 1, 31);
    return dates && `${words.dates(dates.map(String))}${season}`;
  }
  if (date !== "*") return undefined;
  const named = numbers(day, 0, 7)?.map((one) => one % 7);
  if (!named) return undefined;
  const key = [...new Set(named)].toSorted((a, b) => a - b).join("");
  if (key === "0123456") return `${words.everyDay}${season}`;
  if (key === "12345") return `${words.workdays}${season}`;
  if (key === "06") return `${words.weekend}${season}`;
  return `${words.on(
    joined(
      named.map((one) => words.days[one] ?? ""),
      words,
    ),
  )}${season}`;
}

function timesOf(minute: string, hour: string, words: CronWords): string | undefined {
  const step = /^\*\/(\d{1,2})$/;
  const [, minutes] = step.exec(minute) ?? [];
  // Every 40 minutes would be at :00 and :40, which is something else.
  if (minutes !== undefined) return hour === "*" && 60 % Number(minutes) === 0 ? words.everyMinutes(Number(minutes)) : undefined;
  if (!/^\d{1,2}$/.test(minute)) return undefined;
  const shown = minute.padStart(2, "0");
  if (hour === "*") return words.everyHours(1, shown);
  const [, hours] = step.exec(hour) ?? [];
  if (hours !== undefined) return 24 % Number(hours) === 0 ? words.everyHours(Number(hours), shown) : undefined;
  const all = numbers(hour, 0, 23);
  return (
    all &&
    words.at(
      joined(
        all.map((one) => `${String(one).padStart(2, "0")}:${shown}`),
        words,
      ),
    )
  );
}

/** "1-3,5" → 1, 2, 3, 5; nothing for what is no plain list. */
function numbers(field: string, least: number, most: number): readonly number[] | undefined {
  const all: number[] = [];
  for (const part of field.split(",")) {
    const [, from, to = from] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(part) ?? [];
    if (from === undefined || Number(from) < least || Number(to) > most || Number(from) > Number(to)) return undefined;
    for (let one = Number(from); one <= Number(to); one++) all.push(one);
  }
  return all;
}

function joined(parts: readonly string[], words: CronWords): string {
  return parts.length < 2 ? (parts[0] ?? "") : `${parts.slice(0, -1).join(", ")} ${words.and} ${parts.at(-1)}`;
}
