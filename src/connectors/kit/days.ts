import type { Day } from "../../domain/numbers.js";

/** The moment a calendar day begins in a time zone; with `plus` = 1 the moment it ends. */
export function startOfDay(day: Day, timeZone: string, plus = 0): Date {
  const utc = new Date(`${day}T00:00:00Z`);
  utc.setUTCDate(utc.getUTCDate() + plus);
  // The zone's offset is asked twice: around a change of clocks the first guess may stand on the other side of it.
  const guess = new Date(utc.getTime() - offsetAt(utc, timeZone));
  return new Date(utc.getTime() - offsetAt(guess, timeZone));
}

function offsetAt(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" }).formatToParts(at);
  const match = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(parts.find((part) => part.type === "timeZoneName")?.value ?? "");
  if (!match?.[1]) return 0;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) * 60_000;
}
