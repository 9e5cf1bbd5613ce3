import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { openTestApp } from "../support/app.js";

/** Longer by hand: RATE_SECONDS=35. */
const seconds = Number(process.env["RATE_SECONDS"] ?? 7);

it("a full pass uses at least 95 % of the configured rate, never exceeds it, and lets people's calls go first", async () => {
  const perSecond = 5;
  const app = await openTestApp({}, { sandboxPerSecond: perSecond + 0.5 });
  const server = app.sandbox!.servers.amocrm;
  const anna = (await app.people.find("anna"))!;
  const stop = new AbortController();
  const passing = (async () => {
    while (!stop.signal.aborted) await app.sync.run("amocrm", { full: true, signal: stop.signal }).catch(() => undefined);
  })();
  // The first second may hold a burst, and what everybody shares is read in it.
  await delay(2_000);
  const samples: { readonly at: number; readonly requests: number }[] = [];
  const sample = () => samples.push({ at: performance.now(), requests: server.counters().requests });
  sample();
  const timer = setInterval(sample, 20);
  await delay((seconds * 1_000) / 2);
  const asked = performance.now();
  const { ready } = await app.systems.for(anna, "crm", { trace: "rate" });
  for await (const _ of ready[0]!.crm.findClients({ text: "Ромашка" })) break;
  const waited = performance.now() - asked;
  await delay((seconds * 1_000) / 2);
  clearInterval(timer);
  // The calmest four windows of the limiter: other tests want the processor too.
  const within = (from: number, ms: number) => samples.findLast(({ at }) => at < from + ms)?.requests ?? 0;
  const best = Math.max(...samples.map(({ at, requests }) => within(at, 4 * 1_030) - requests));
  const most = Math.max(...samples.map(({ at, requests }) => within(at, 980) - requests));
  stop.abort(new Error("enough"));
  await passing;
  expect(server.counters().refusals).toBe(0);
  expect(most).toBeLessThanOrEqual(perSecond);
  expect(best).toBeGreaterThanOrEqual(4 * perSecond * 0.95);
  expect(waited).toBeLessThan(2_500);
  await app.end();
}, 120_000);
