import type { Alerts } from "../domain/alert.js";
import type { Allowance, Budgets, Consumer, Use } from "../domain/budget.js";
import type { Database } from "../platform/database.js";
import type { Settings } from "../platform/settings.js";
import { dayOf } from "../text/format.js";
import { texts } from "../text/texts.js";

/** The caps of one person in a day (0 of the cost: money is not limited), what a million tokens cost, and whose midnight ends the day. */
export type BudgetSettings = Pick<
  Settings,
  | "SVYAZ_DAY_TURNS"
  | "SVYAZ_DAY_CALLS"
  | "SVYAZ_DAY_TOKENS"
  | "SVYAZ_DAY_COST"
  | "SVYAZ_PRICE_INPUT"
  | "SVYAZ_PRICE_OUTPUT"
  | "SVYAZ_TIME_ZONE"
  | "SVYAZ_LANGUAGE"
>;

/** A chat, where many may talk, may use so many times what one person may. */
const chatShare = 4;

const columns = ["turns", "calls", "tokens", "cost"] as const satisfies readonly Allowance[];

/**
 * Budgets in the database, so that they hold across processes and restarts. One statement counts for the person and for the chat and
 * tells the sums, so that many at once get no more than the cap allows.
 */
export function createBudgets(parts: {
  readonly database: Database;
  readonly settings: BudgetSettings;
  readonly alerts: Alerts;
  readonly now: () => Date;
}): Budgets {
  const { database, settings, alerts, now } = parts;
  const timeZone = settings.SVYAZ_TIME_ZONE;
  const caps: Readonly<Record<Allowance, number>> = {
    turns: settings.SVYAZ_DAY_TURNS,
    calls: settings.SVYAZ_DAY_CALLS,
    tokens: settings.SVYAZ_DAY_TOKENS,
    cost: settings.SVYAZ_DAY_COST,
  };

  const tell = async (holder: string, day: string, what: Allowance): Promise<void> => {
    const { rowCount } = await database.query("update usage_days set alerted = true where holder = $1 and day = $2 and not alerted", [
      holder,
      day,
    ]);
    if (rowCount === 0) return;
    const words = texts(settings.SVYAZ_LANGUAGE).limits;
    await alerts.raise({
      key: `budget:${holder}:${day}`,
      level: "warning",
      title: words.alertTitle(holder),
      text: words.alertText(words.allowances[what], limitOf(holder, what)),
    });
  };

  const limitOf = (holder: string, what: Allowance): number => caps[what] * (holder.startsWith("chat:") ? chatShare : 1);

  /** A turn or call that is asked for has been counted: the last one allowed makes the sum the limit. */
  const isSpent = (what: Allowance, sum: number, limit: number, use: Use): boolean => {
    if (what === "turns" || what === "calls") return use[what] !== undefined && sum > limit;
    return sum >= limit && !(what === "cost" && limit === 0);
  };

  const read = async (consumer: Consumer, day: string): Promise<readonly Sums[]> => {
    const { rows } = await database.query<Sums>(
      "select holder, turns, calls, tokens, cost from usage_days where holder = any($1) and day = $2",
      [holdersOf(consumer), day],
    );
    return rows;
  };

  /** One statement for both, in one order, so that two at once wait for each other and do not block each other. */
  const count = async (consumer: Consumer, day: string, use: Use): Promise<readonly Sums[]> => {
    const { turns = 0, calls = 0, tokens = { input: 0, output: 0 } } = use;
    const cost = (tokens.input * settings.SVYAZ_PRICE_INPUT + tokens.output * settings.SVYAZ_PRICE_OUTPUT) / 1_000_000;
    const { rows } = await database.query<Sums>(
      `insert into usage_days as u (holder, day, turns, calls, tokens, cost)
       select holder, $2::date, $3::bigint, $4::bigint, $5::bigint, $6::numeric from unnest($1::text[]) as holder order by holder
       on conflict (holder, day) do update set turns = u.turns + excluded.turns, calls = u.calls + excluded.calls,
         tokens = u.tokens + excluded.tokens, cost = u.cost + excluded.cost
       returning holder, turns, calls, tokens, cost`,
      [holdersOf(consumer), day, turns, calls, tokens.input + tokens.output, cost],
    );
    return rows;
  };

  return {
    async take(consumer, use) {
      const day = dayOf(now(), timeZone);
      const rows = Object.keys(use).length === 0 ? await read(consumer, day) : await count(consumer, day, use);
      for (const row of rows) {
        const what = columns.find((one) => isSpent(one, Number(row[one]), limitOf(row.holder, one), use));
        if (!what) continue;
        await tell(row.holder, day, what);
        return what;
      }
      return undefined;
    },

    resetsAt: () => nextMidnight(now(), timeZone),
  };
}

type Sums = { readonly holder: string } & Readonly<Record<Allowance, string>>;

function holdersOf({ person, address: { channel, workspace = "", chat } }: Consumer): readonly string[] {
  return [`person:${person.id}`, `chat:${channel}|${workspace}|${chat}`];
}

const quarterMs = 15 * 60_000;

/** The first moment of the next day there. Clocks everywhere differ from UTC by quarters of an hour. */
export function nextMidnight(at: Date, timeZone: string): Date {
  const today = dayOf(at, timeZone);
  let next = Math.floor(at.getTime() / quarterMs) * quarterMs;
  do next += quarterMs;
  while (dayOf(new Date(next), timeZone) === today);
  return new Date(next);
}
