import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AlertSink } from "../../src/domain/alert.js";
import type { Database } from "../../src/platform/database.js";
import { type AlertService, createAlerts } from "../../src/watch/alerts.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { openTestDatabase, quiet } from "../support/database.js";

type Told = Parameters<AlertSink["deliver"]>[0];

describe("alerts", () => {
  let database: Database;
  let at: number;
  let told: { readonly sink: string; readonly alert: Told }[];
  let broken: Set<string>;
  let alerts: AlertService;

  const sink = (id: string): AlertSink => ({
    id,
    deliver: async (alert) => {
      if (broken.has(id)) throw new Error("does not answer");
      told.push({ sink: id, alert });
    },
  });
  const make = () =>
    createAlerts({
      database,
      sinks: [sink("telegram"), sink("e-mail")],
      grouped: (all) => ({ title: `${all.length} at once`, text: all.map(({ title }) => title).join("\n") }),
      sinkFailed: (id, reason) => ({ title: `${id} fails`, text: reason }),
      metrics: createMetrics(),
      log: quiet,
      now: () => new Date(at),
    });
  const later = async (ms: number) => {
    at += ms;
    await alerts.pump();
  };
  const trouble = (key = "sync:amocrm") => ({ key, level: "critical" as const, title: `trouble with ${key}`, text: "why, and what to do" });
  const heard = (id = "telegram") => told.filter(({ sink: one }) => one === id).map(({ alert }) => `${alert.state} ${alert.title}`);

  beforeEach(async () => {
    database = await openTestDatabase();
    at = Date.parse("2026-11-20T09:00:00Z");
    told = [];
    broken = new Set();
    alerts = make();
  });
  afterEach(() => database.close());

  it("tell each sink once, however often the trouble comes back", async () => {
    for (let times = 0; times < 50; times += 1) {
      await alerts.raise(trouble());
      await later(10_000);
    }
    expect(heard("telegram")).toEqual(["raised trouble with sync:amocrm"]);
    expect(heard("e-mail")).toEqual(["raised trouble with sync:amocrm"]);
    expect(await alerts.open()).toEqual([expect.objectContaining({ key: "sync:amocrm", times: 50 })]);
  });

  it("repeat ever more rarely while the trouble lasts", async () => {
    const hours: number[] = [];
    for (let hour = 0; hour < 80; hour += 1) {
      const before = heard().length;
      await alerts.raise(trouble());
      await later(3_000);
      if (heard().length > before) hours.push(hour);
      at += 3_597_000;
    }
    expect(hours).toEqual([0, 1, 7, 31, 55, 79]);
    expect(heard()[1]).toBe("repeated trouble with sync:amocrm");
  });

  it("say aloud that it is over, and then that it is back", async () => {
    await alerts.raise(trouble());
    await later(3_000);
    await alerts.resolve("sync:amocrm");
    await alerts.resolve("sync:amocrm");
    await later(3_000);
    await alerts.raise(trouble());
    await later(3_000);
    expect(heard().map((line) => line.split(" ")[0])).toEqual(["raised", "resolved", "raised"]);
  });

  it("keep silent about what was over before anybody heard of it", async () => {
    await alerts.raise(trouble());
    await alerts.resolve("sync:amocrm");
    await later(60_000);
    expect(told).toEqual([]);
  });

  it("come as one message when many things break together", async () => {
    for (let system = 0; system < 12; system += 1) await alerts.raise(trouble(`system:${system}`));
    await later(3_000);
    expect(heard()).toEqual(["raised 12 at once"]);
    expect(told[0]?.alert.text).toContain("trouble with system:7");
  });

  it("reach the other sinks when one fails, and that one later, after saying that it failed", async () => {
    broken.add("telegram");
    await alerts.raise(trouble());
    for (let minute = 0; minute < 5; minute += 1) await later(60_000);
    expect(heard("e-mail")).toEqual(["raised trouble with sync:amocrm", "raised telegram fails"]);
    broken.delete("telegram");
    await later(600_000);
    await later(3_000);
    expect(heard("telegram")).toEqual(["raised trouble with sync:amocrm"]);
    expect(heard("e-mail").at(-1)).toBe("resolved telegram fails");
  });

  it("outlive a restart between the raising and the telling", async () => {
    await alerts.raise(trouble());
    alerts = make();
    await later(3_000);
    expect(heard()).toEqual(["raised trouble with sync:amocrm"]);
  });

  it("are told once by two processes", async () => {
    const other = make();
    await alerts.raise(trouble());
    await other.raise(trouble());
    at += 3_000;
    await Promise.all([alerts.pump(), other.pump()]);
    expect(heard()).toEqual(["raised trouble with sync:amocrm"]);
  });

  it("are given up for a sink that fails for a day", async () => {
    broken.add("telegram");
    await alerts.raise(trouble());
    for (let hour = 0; hour < 30; hour += 1) await later(3_600_000);
    broken.delete("telegram");
    await later(3_600_000);
    expect(heard("telegram")).toEqual([]);
  });
});
