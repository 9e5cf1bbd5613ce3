import { beforeEach, describe, expect, it } from "vitest";
import type { Systems } from "../../src/domain/connector.js";
import { SignInNeeded, SystemUnavailable } from "../../src/domain/errors.js";
import { createHealth } from "../../src/watch/health.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { quiet } from "../support/database.js";

describe("the health check", () => {
  const told: string[] = [];
  let trouble: Error | undefined;
  let expiresAt: Date | undefined;
  const systems = {
    configured: [{ system: "amocrm", definition: { title: "amoCRM" } }],
    forSvyaz: async () => ({
      check: async () => {
        if (trouble) throw trouble;
        return { expiresAt };
      },
    }),
  } as unknown as Systems;
  const make = () =>
    createHealth({
      systems,
      alerts: {
        raise: async ({ key, title, text }) => void told.push(`${key} | ${title} | ${text}`),
        resolve: async (key) => void told.push(`${key} is over`),
      },
      variableOf: (system, name) => `${system.toUpperCase()}_${name}`,
      language: "ru",
      timeZone: "Europe/Moscow",
      metrics: createMetrics(),
      log: quiet,
      now: () => new Date("2026-11-20T09:00:00Z"),
    });
  beforeEach(() => {
    told.length = 0;
    trouble = undefined;
    expiresAt = undefined;
  });

  it("tells at once what only an admin can mend, with the way to mend it", async () => {
    const health = make();
    trouble = new SignInNeeded("amocrm: the token expired", { system: "amocrm" });
    const [found] = await health.check();
    expect(found?.error?.code).toBe("sign-in-needed");
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^system:amocrm \| amoCRM: Svyaz не может с ней работать \| .*\n\n.*AMOCRM_/s);
  });

  it("waits whether a silence passes by itself, and says when it is over", async () => {
    const health = make();
    trouble = new SystemUnavailable("amocrm: no answer", { system: "amocrm" });
    await health.check();
    await health.check();
    expect(told).toEqual([]);
    await health.check();
    expect(told).toHaveLength(1);
    trouble = undefined;
    await health.check();
    expect(told).toContain("system:amocrm is over");
  });

  it("counts the rounds anew after a good one", async () => {
    const health = make();
    for (const bad of [true, true, false, true, true]) {
      trouble = bad ? new SystemUnavailable("amocrm: no answer", { system: "amocrm" }) : undefined;
      await health.check();
    }
    expect(told.filter((line) => line.startsWith("system:"))).toEqual(["system:amocrm is over"]);
  });

  it("warns two weeks before the key of a system ends, once it answers, until there is a new one", async () => {
    const health = make();
    expiresAt = new Date("2026-12-10T09:00:00Z");
    await health.check();
    expect(told.filter((line) => !line.endsWith("is over"))).toEqual([]);
    expiresAt = new Date("2026-12-01T08:00:00Z");
    await health.check();
    expect(told.at(-1)).toMatch(/^token:amocrm \| amoCRM: скоро кончится ключ доступа \| .*01\.12\.2026, 11:00 \(осталось 10 дней\)/);
    expiresAt = new Date("2027-12-01T08:00:00Z");
    await health.checkOne("amocrm");
    expect(told.at(-1)).toBe("token:amocrm is over");
  });

  it("keeps what a single check has found for whoever asks for the latest", async () => {
    const health = make();
    await health.check();
    trouble = new SignInNeeded("amocrm: the token expired", { system: "amocrm" });
    await health.checkOne("amocrm");
    expect((await health.latest())[0]?.error?.code).toBe("sign-in-needed");
    await expect(health.checkOne("sap")).rejects.toThrow(/no system sap/);
  });
});
