import type { Database } from "./database.js";

/**
 * Lets all processes on one database keep one rate for a vendor's account: the last `burst` starts are kept in a row, and a new one
 * is let in once the oldest of them is `windowMs` ago. So no window, wherever it begins, holds more than `burst` starts. Resolves to
 * 0 when the call may start now, else to the milliseconds after which to ask again. The database's clock counts.
 */
export function createSlots(database: Database): (account: string, burst: number, windowMs: number) => Promise<number> {
  return async (account, burst, windowMs) => {
    const { rows } = await database.query<{ taken: boolean; wait: number }>(
      `with t as (select extract(epoch from clock_timestamp())::double precision as at),
       kept as (
         insert into call_slots as s (account, starts)
         select $1, array_fill(0::double precision, array[$2::integer - 1]) || at from t
         on conflict (account) do update set starts = case
           -- The limit was changed: the new one holds a window after the last start.
           when cardinality(s.starts) <> $2::integer then array_fill(s.starts[cardinality(s.starts)], array[$2::integer])
           when excluded.starts[$2::integer] >= s.starts[1] + $3::double precision then s.starts[2:] || excluded.starts[$2::integer]
           else s.starts end
         returning starts
       )
       select starts[$2::integer] = at as taken, (starts[1] + $3::double precision - at) * 1000 as wait from kept, t`,
      [account, burst, windowMs / 1_000],
    );
    return !rows[0] || rows[0].taken ? 0 : Math.max(1, Math.ceil(rows[0].wait));
  };
}
