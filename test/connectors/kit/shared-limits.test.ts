import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Account, createAccount, shareOverRedis, type Sharing } from "../../../src/connectors/kit/limits.js";
import type { Database } from "../../../src/platform/database.js";
import { createSlots } from "../../../src/platform/slots.js";
import { openTestDatabase, quiet } from "../../support/database.js";
import { anchorNow } from "../harness.js";

/** A Redis to try it on (redis://127.0.0.1:6379); without it only the database's way is tried. */
const redisUrl = process.env["TEST_REDIS_URL"];
const person = { background: false, signals: [] };
const job = { background: true, signals: [] };

let database: Database;
const accounts: Account[] = [];
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
afterEach(() => accounts.splice(0).forEach((account) => account.close()));

/** What one process has of an account. */
function open(shared: Sharing, account: string, limits = { perSecond: 8, atOnce: 8 }) {
  const opened = createAccount("paperbox", limits, { now: () => anchorNow, account, shared });
  accounts.push(opened);
  return opened.limiter;
}

const most = (starts: readonly number[], within = 1_000) =>
  Math.max(...starts.map((start) => starts.filter((other) => other >= start && other < start + within).length));

describe.each([
  ["the database", async () => ({ shared: { slots: createSlots(database) } as Sharing, close: async () => {} })] as const,
  ...(redisUrl
    ? [
        [
          "Redis",
          async () => {
            const shared = await shareOverRedis(redisUrl, quiet);
            return { shared: shared as Sharing, close: () => shared.close() };
          },
        ] as const,
      ]
    : []),
])("a rate that several processes keep over %s", (name, share) => {
  it("is exceeded in no second, and used up to nineteen twentieths", async () => {
    const [one, other] = [await share(), await share()];
    const account = `${name} ${process.pid} rate`;
    const starts: number[] = [];
    const processes = [open(one.shared, account), open(other.shared, account)] as const;
    await processes[0].run(async () => undefined, job);
    await delay(1_100);
    const [first, second] = processes;
    const call = (at: number) => (at % 2 === 0 ? first : second).run(async () => void starts.push(performance.now()), job);
    await Promise.all(Array.from({ length: 26 }, (_, at) => call(at)));
    // Over Redis the moment is given beforehand: a loaded machine's timer may be late for one call and in time for the next.
    expect(most(starts, name === "Redis" ? 950 : 1_000)).toBeLessThanOrEqual(8);
    // The first eight may come at once; the other 18 at eight a second.
    const seconds = (Math.max(...starts) - Math.min(...starts)) / 1_000;
    expect(seconds).toBeLessThan(25 / 8 / 0.95);
    await Promise.all([one.close(), other.close()]);
  }, 20_000);

  it("lets a person's call go before the other calls of the same process", async () => {
    const { shared, close } = await share();
    const limiter = open(shared, `${name} ${process.pid} first`, { perSecond: 4, atOnce: 4 });
    const order: string[] = [];
    const calls = Array.from({ length: 9 }, () => limiter.run(async () => void order.push("job"), job));
    await delay(50);
    calls.push(limiter.run(async () => void order.push("person"), person));
    await Promise.all(calls);
    expect(order.indexOf("person")).toBeLessThanOrEqual(6);
    await close();
  }, 20_000);

  it("holds for a changed limit too", async () => {
    const { shared, close } = await share();
    const account = `${name} ${process.pid} changed`;
    const run = async (limits: { perSecond: number; atOnce: number }, times: number) => {
      const starts: number[] = [];
      const limiter = open(shared, account, limits);
      await Promise.all(Array.from({ length: times }, () => limiter.run(async () => void starts.push(performance.now()), job)));
      return starts;
    };
    await run({ perSecond: 20, atOnce: 20 }, 10);
    if (name === "Redis") return close();
    expect(most(await run({ perSecond: 3, atOnce: 5 }, 6))).toBeLessThanOrEqual(3);
    return close();
  }, 20_000);
});

describe("a rate that nobody can keep", () => {
  it("lets no call through while the database does not answer, and says why", async () => {
    const limiter = open({ slots: async () => Promise.reject(new Error("gone")) }, "broken");
    await expect(limiter.run(async () => "called", person)).rejects.toMatchObject({ code: "system-unavailable" });
  });

  it("is no reason to start without Redis where its address is set", async () => {
    await expect(shareOverRedis("redis://127.0.0.1:1", quiet)).rejects.toMatchObject({ code: "system-unavailable" });
  });
});
