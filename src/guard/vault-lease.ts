import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { SystemUnavailable } from "../domain/errors.js";
import type { Database } from "../platform/database.js";
import { type Place, printPlace } from "./vault-row.js";

/** Of a holder that was killed the lease ends after this. */
const standardLeaseMs = 20_000;
const waitMs = 90_000;
const pollMs = 50;

/**
 * Lets one at a time change a secret: in this process by a queue, among processes by a row with an end, which the holder moves on
 * while it works. It keeps doubles away and proves nothing: a holder that was paused too long is caught by the row's version.
 */
export function createLeases(database: Database, leaseMs = standardLeaseMs): <T>(place: Place, act: () => Promise<T>) => Promise<T> {
  const queues = new Map<string, Promise<unknown>>();

  const hold = async <T>(place: Place, act: () => Promise<T>): Promise<T> => {
    const holder = randomUUID();
    const where = [place.system, place.owner, place.name, holder];
    const until = performance.now() + waitMs;
    for (;;) {
      const { rowCount } = await database.query(
        `insert into vault_leases as held (system, owner, name, holder, lease_until)
         values ($1, $2, $3, $4, now() + make_interval(secs => $5))
         on conflict (system, owner, name) do update set holder = excluded.holder, lease_until = excluded.lease_until
         where held.lease_until < now()`,
        [...where, leaseMs / 1000],
      );
      if (rowCount > 0) break;
      if (performance.now() > until)
        throw new SystemUnavailable(`vault: another process has been changing ${printPlace(place)} for too long`, {
          system: place.system,
          operation: "vault.update",
        });
      await delay(pollMs);
    }
    const mine = "system = $1 and owner = $2 and name = $3 and holder = $4";
    const renewal = setInterval(
      () =>
        void database
          .query(`update vault_leases set lease_until = now() + make_interval(secs => $5) where ${mine}`, [...where, leaseMs / 1000])
          .catch(() => undefined),
      leaseMs / 3,
    ).unref();
    try {
      return await act();
    } finally {
      clearInterval(renewal);
      // It ends by itself too: what was done must be told all the same.
      await database.query(`delete from vault_leases where ${mine}`, where).catch(() => undefined);
    }
  };

  return <T>(place: Place, act: () => Promise<T>): Promise<T> => {
    const key = JSON.stringify([place.system, place.owner, place.name]);
    const mine = (queues.get(key) ?? Promise.resolve()).then(() => hold(place, act));
    const done = mine.catch(() => undefined);
    queues.set(key, done);
    void done.then(() => queues.get(key) === done && queues.delete(key));
    return mine;
  };
}
