import { Cron } from "croner";
import type { Preview } from "../domain/schedule.js";

/** Nobody reads more often. */
const leastPauseMs = 15 * 60_000;
const shown = 3;
/** So many moments ahead are compared; in a pattern of hours and minutes the shortest pause comes up within them. */
const looked = 100;
/** croner also knows nicknames ("@daily") and seconds; a person's schedule has five plain fields. */
const fiveFields = /^\S+(?: \S+){4}$/;
const inNumbers = /^(?:\d+|\*)(?: (?:[\d,-]+|\*|L)){4}$/;

/**
 * The moment after `after` at which the clock in `timeZone` fits. An hour that a change of clocks skips comes right behind the change,
 * one that comes twice is taken once.
 */
export function nextAt(cron: string, timeZone: string, after: Date): Date | undefined {
  return parse(cron, timeZone)?.nextRun(after) ?? undefined;
}

/** The next moments, or why the text is not taken. */
export function previewOf(cron: string, timeZone: string, after: Date): Preview {
  const runs = parse(cron, timeZone)?.nextRuns(looked, after);
  // Numbers in their places that no clock or calendar shows: 25:00, the 32nd.
  if (!runs) return { kind: inNumbers.test(cron) ? "never" : "unreadable" };
  if (runs.length === 0) return { kind: "never" };
  const tooOften = runs.some((at, index) => index > 0 && at.getTime() - (runs[index - 1]?.getTime() ?? 0) < leastPauseMs);
  return tooOften ? { kind: "too-often" } : { kind: "times", next: runs.slice(0, shown) };
}

function parse(cron: string, timeZone: string): Cron | undefined {
  if (!fiveFields.test(cron)) return undefined;
  try {
    return new Cron(cron, { timezone: timeZone, mode: "5-part", paused: true });
  } catch {
    return undefined;
  }
}
