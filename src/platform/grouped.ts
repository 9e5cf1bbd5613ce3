import { SystemUnavailable } from "../domain/errors.js";

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Turns many calls into few statements: one run carries every item that came while the run before it was at work, `most` at a time;
 * an item that comes alone goes at once. `run` answers for each item, in their order. Where a group is refused its items are tried
 * one by one, so that a bad one fails alone; where the database cannot be reached all of them fail.
 */
export function createGrouped<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  most: number,
): (item: Item) => Promise<Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let busy = false;

  const carry = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await run(group.map(({ item }) => item));
      group.forEach(({ resolve }, at) => resolve(results[at] as Result));
    } catch (error) {
      if (group.length === 1 || error instanceof SystemUnavailable) for (const { reject } of group) reject(error);
      else for (const one of group) await carry([one]);
    }
  };

  const flush = async () => {
    busy = true;
    // Lets the calls of this very moment join.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await carry(group);
    }
    busy = false;
  };

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!busy) void flush();
    });
}
