import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { createAccount } from "../../../src/connectors/kit/limits.js";
import type { Account } from "../../../src/connectors/kit/limits.js";
import { anchorNow } from "../harness.js";

const accounts: Account[] = [];
afterEach(() => accounts.splice(0).forEach((account) => account.close()));

function open(limits: { perSecond: number; atOnce: number; perDay?: number }, queue?: number, now = () => anchorNow) {
  const account = createAccount("paperbox", limits, { now, queue });
  accounts.push(account);
  return account.limiter;
}

const person = { background: false, signals: [] };
const job = { background: true, signals: [] };

describe("the limits of a vendor's account", () => {
  it("lets no second, wherever it begins, hold more calls than the vendor allows", async () => {
    const limiter = open({ perSecond: 8, atOnce: 8 });
    const starts: number[] = [];
    const call = () => limiter.run(async () => void starts.push(performance.now()), person);
    // A burst, a pause of half a second, another burst: the two must not meet in one second.
    const first = Array.from({ length: 6 }, call);
    await delay(500);
    await Promise.all([...first, ...Array.from({ length: 20 }, call)]);
    expect(starts).toHaveLength(26);
    for (const start of starts) expect(starts.filter((other) => other >= start && other < start + 1_000).length).toBeLessThanOrEqual(8);
    // Neither does it dawdle: 26 calls at 8 a second end in a little over three.
    expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(4_200);
  });

  it("keeps a limit below one a second", async () => {
    const limiter = open({ perSecond: 0.8, atOnce: 5 });
    const starts: number[] = [];
    await Promise.all(Array.from({ length: 3 }, () => limiter.run(async () => void starts.push(performance.now()), person)));
    expect((starts[2] ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(2_400);
  });

  it("rounds a fraction's burst up and its window with it", async () => {
    const limiter = open({ perSecond: 6.5, atOnce: 20 });
    const starts: number[] = [];
    await Promise.all(Array.from({ length: 9 }, () => limiter.run(async () => void starts.push(performance.now()), person)));
    expect((starts[6] ?? 0) - (starts[0] ?? 0)).toBeLessThan(500);
    expect((starts[7] ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(1_076);
  });

  it("runs no more at once than allowed", async () => {
    const limiter = open({ perSecond: 100, atOnce: 3 });
    let running = 0;
    let most = 0;
    const act = async () => {
      most = Math.max(most, ++running);
      await delay(20);
      running -= 1;
    };
    await Promise.all(Array.from({ length: 12 }, () => limiter.run(act, person)));
    expect(most).toBe(3);
  });

  it("takes people before background work that came earlier", async () => {
    const limiter = open({ perSecond: 1, atOnce: 1 });
    const order: string[] = [];
    const run = (name: string, options: typeof person) => limiter.run(async () => void order.push(name), options);
    await run("first", job);
    await Promise.all([run("sync", job), run("anna", person)]);
    expect(order).toEqual(["first", "anna", "sync"]);
  });

  it("takes somebody who stopped waiting out of the queue, at once and without using up a place", async () => {
    const limiter = open({ perSecond: 1, atOnce: 1 });
    const stop = new AbortController();
    let ran = false;
    await limiter.run(async () => undefined, person);
    const waiting = limiter.run(async () => void (ran = true), { background: false, signals: [stop.signal] });
    const behind = limiter.run(async () => performance.now(), person);
    const began = performance.now();
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    expect(performance.now() - began).toBeLessThan(100);
    expect((await behind) - began).toBeLessThan(1_500);
    expect(ran).toBe(false);
    expect(limiter.waiting).toBe(0);
    await expect(limiter.run(async () => 1, { background: false, signals: [stop.signal] })).rejects.toThrow("stopped");
  });

  it("turns people away when too many are waiting, and says when to come again", async () => {
    const limiter = open({ perSecond: 1, atOnce: 1 }, 3);
    await limiter.run(async () => undefined, person);
    const waiting = Array.from({ length: 3 }, () => limiter.run(async () => undefined, person));
    await expect(limiter.run(async () => undefined, person)).rejects.toMatchObject({ code: "too-many-requests", retryAfterMs: 60_000 });
    accounts.splice(0).forEach((account) => account.close());
    void Promise.allSettled(waiting);
  });

  it("counts a day's calls, and begins anew with the day", async () => {
    let now = new Date("2026-11-20T23:00:00Z");
    const limiter = open({ perSecond: 100, atOnce: 5, perDay: 2 }, 10, () => now);
    await limiter.run(async () => 1, person);
    await limiter.run(async () => 2, person);
    await expect(limiter.run(async () => 3, person)).rejects.toMatchObject({ code: "too-many-requests", retryAfterMs: 3_600_000 });
    now = new Date("2026-11-21T00:00:01Z");
    await expect(limiter.run(async () => 4, person)).resolves.toBe(4);
  });

  it("starts nothing while the vendor asks to wait, and goes slower afterwards", async () => {
    const limiter = open({ perSecond: 4, atOnce: 4 });
    limiter.slowDown(300);
    const began = performance.now();
    const starts = await Promise.all(Array.from({ length: 6 }, () => limiter.run(async () => performance.now() - began, person)));
    expect(Math.min(...starts)).toBeGreaterThan(290);
    // Four may still come in a burst; the fifth waits two seconds instead of one.
    expect(Math.max(...starts)).toBeGreaterThan(1_900);
  });
});

describe("the circuit of a vendor's account", () => {
  it("lets one call try after the wait, and opens for all when it is answered", () => {
    const { circuit } = createAccount("paperbox", { perSecond: 5, atOnce: 5 }, { now: () => anchorNow });
    const first = circuit.enter();
    const late = circuit.enter();
    first("blocked");
    // An answer to a call that was sent before the block proves nothing.
    late("answered");
    expect(() => circuit.check()).toThrow("tried again at 2026-11-20T09:0");
  });
});
