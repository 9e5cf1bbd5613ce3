/**
 * The moment that a wall clock in `timeZone` shows "2026-11-27T10:00", or nothing for a day that does not exist.
 * In the hour that a change of clocks skips, the moment after it.
 */
export function localMoment(wall: string, timeZone: string): Date | undefined {
  const asUtc = new Date(`${wall}:00Z`);
  if (Number.isNaN(asUtc.getTime()) || asUtc.toISOString().slice(0, 16) !== wall) return undefined;
  // Two rounds settle it on either side of a change of clocks.
  let guess = asUtc.getTime();
  for (let round = 0; round < 2; round++) guess = asUtc.getTime() - offsetAt(new Date(guess), timeZone);
  return new Date(guess);
}

/** How far the zone's clock is ahead of UTC at a moment, milliseconds. */
function offsetAt(at: Date, timeZone: string): number {
  const shown = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(at);
  return new Date(`${shown.replace(" ", "T")}Z`).getTime() - Math.floor(at.getTime() / 1000) * 1000;
}
