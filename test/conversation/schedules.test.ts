import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createChoices } from "../../src/conversation/choices.js";
import type { Contacts } from "../../src/conversation/contacts.js";
import { createScheduleRuns } from "../../src/conversation/schedule-runs.js";
import { createSchedules } from "../../src/conversation/schedules.js";
import type { Ruling } from "../../src/domain/access.js";
import type { Approved } from "../../src/domain/approval.js";
import type { Channel } from "../../src/domain/channel.js";
import { AccessDenied, AnswerUnexpected, SystemUnavailable } from "../../src/domain/errors.js";
import type { Address, Reply } from "../../src/domain/message.js";
import type { Person } from "../../src/domain/people.js";
import type { Observe, ScheduleDraft } from "../../src/domain/schedule.js";
import type { ReadTool, Turn } from "../../src/domain/tool.js";
import type { Database } from "../../src/platform/database.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { openTestDatabase, quiet } from "../support/database.js";

const anna: Person = { id: "anna", name: "Анна", language: "ru", timeZone: "Europe/Moscow", roles: ["sales"], principals: [] };
const boris: Person = { ...anna, id: "boris", name: "Борис", timeZone: "America/New_York" };
const address: Address = { channel: "fake", chat: "dm-anna" };
const weekly: ScheduleDraft = {
  title: "продажи",
  cron: "0 9 * * 1",
  what: { kind: "report", tool: "sales-report", input: {}, period: { which: "previous", unit: "week", count: 1 } },
};
const watch: ScheduleDraft = { title: "договоры с Ромашкой", what: { kind: "document", text: "договор Ромашка" } };

describe("schedules and subscriptions", () => {
  let database: Database;
  let clock: Date;
  let known: Map<string, Person>;
  let ruling: Ruling["effect"];
  let agreed: boolean;
  let sent: { to: Address; reply: Reply; key: string }[];
  let sending: () => void;
  let asked: { input: unknown; turn: Turn }[];
  let making: () => void;
  let observe: Observe;
  let raised: string[];
  let resolved: string[];
  let approval = 0;

  const now = () => clock;
  const audit = { during: <T>(_event: unknown, act: () => Promise<T>) => act(), note: async () => {} };
  const alerts = {
    raise: async ({ key }: { key: string }) => void raised.push(key),
    resolve: async (key: string) => void resolved.push(key),
  };
  const contacts: Contacts = {
    privately: async (person, to) =>
      to?.chat === "team" ? { channel: "fake", chat: `dm-${person}` } : (to ?? { channel: "fake", chat: `dm-${person}` }),
  };
  const channel: Channel = {
    id: "fake",
    start: async () => {},
    stop: async () => {},
    send: async (to, reply, { key }) => {
      sending();
      sent.push({ to, reply, key });
      return [];
    },
    edit: async () => [],
    direct: async ({ id }) => ({ channel: "fake", chat: id }),
    progress: () => Promise.reject(new Error("not here")),
    readFile: () => Promise.reject(new Error("not here")),
  };
  const salesReport: ReadTool = {
    kind: "read",
    name: "sales-report",
    description: "",
    input: z.looseObject({}),
    run: async (input, turn) => {
      making();
      asked.push({ input, turn });
      return { forModel: "Продажи: 100 ₽." };
    },
  };

  const open = () => createSchedules({ database, approvals: { holds: async () => agreed }, audit, alerts, contacts, now });
  const process = () =>
    createScheduleRuns({
      database,
      access: {
        whoIs: async () => undefined,
        person: async (id) => known.get(id),
        decide: async () => ({ effect: ruling, scope: "own" }),
      },
      audit,
      alerts,
      contacts,
      choices: createChoices({ database, now }),
      tools: [salesReport],
      turnFor: (request) => ({ ...request, now }) as unknown as Turn,
      channel: (id) => (id === "fake" ? channel : undefined),
      inputOf: (report, today) => ({ ...report.input, today }),
      observe: (...given) => observe(...given),
      titleOf: (system) => system,
      language: "ru",
      metrics: createMetrics(),
      log: quiet,
      now,
    });
  const tick = (runs = process()) => runs.tick(new AbortController().signal);
  const approve = <Draft>(draft: Draft, askedBy = anna) =>
    ({
      approval: `approval-${++approval}`,
      system: "svyaz",
      draft,
      askedBy,
      agreedBy: [askedBy],
      askedAt: clock,
    }) as unknown as Approved<Draft>;
  const add = (draft: ScheduleDraft, by = anna, from = address) => open().add(approve(draft, by), { address: from, language: by.language });
  const words = () => sent.map(({ reply }) => reply.flatMap((block) => (block.kind === "text" ? [block.markdown] : [])).join("\n"));
  const at = (moment: string) => {
    clock = new Date(moment);
  };

  beforeAll(async () => {
    database = await openTestDatabase();
    for (const { id, name } of [anna, boris])
      await database.query(
        "insert into people (id, name, language, roles, active, created_at) values ($1, $2, 'ru', '{sales}', true, now())",
        [id, name],
      );
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("delete from schedules");
    at("2026-11-20T09:00:00Z");
    known = new Map([
      ["anna", anna],
      ["boris", boris],
    ]);
    ruling = "allow";
    agreed = true;
    [sent, asked, raised, resolved] = [[], [], [], []];
    sending = making = () => {};
    observe = async (_condition, seen) => ({ seen: seen ?? { refs: [] } });
  });

  describe("when a report comes", () => {
    it("is the owner's own time", async () => {
      const [moscow, newYork] = [await add(weekly), await add(weekly, boris)];
      expect(moscow.nextAt.toISOString()).toBe("2026-11-23T06:00:00.000Z");
      expect(newYork.nextAt.toISOString()).toBe("2026-11-23T14:00:00.000Z");
    });

    it("stays nine in the morning when the clocks change", async () => {
      at("2026-03-05T00:00:00Z");
      await add({ ...weekly, cron: "0 9 * * *" }, boris);
      const times: string[] = [];
      for (const moment of ["2026-03-07T15:00:00Z", "2026-03-08T15:00:00Z", "2026-03-09T15:00:00Z"]) {
        at(moment);
        await tick();
        times.push((await open().list(boris))[0]!.nextAt.toISOString());
      }
      // Clocks in New York go forward on 8 March 2026: 9:00 is 14:00 UTC before and 13:00 UTC after.
      expect(times).toEqual(["2026-03-08T13:00:00.000Z", "2026-03-09T13:00:00.000Z", "2026-03-10T13:00:00.000Z"]);
    });

    it("in Berlin, too: on the last Sunday of October, when 9:00 moves from 7:00 to 8:00 UTC", async () => {
      at("2026-10-23T12:00:00Z");
      const found = open().preview("0 9 * * *", { ...boris, timeZone: "Europe/Berlin" });
      expect(found).toEqual({
        kind: "times",
        next: ["2026-10-24T07:00:00Z", "2026-10-25T08:00:00Z", "2026-10-26T08:00:00Z"].map((one) => new Date(one)),
      });
    });

    it("a night hour that the clocks skip comes right after, and one that comes twice comes once", async () => {
      at("2026-03-07T12:00:00Z");
      const preview = (cron: string) => {
        const found = open().preview(cron, boris);
        return found.kind === "times" ? found.next.map((one) => one.toISOString()) : found.kind;
      };
      expect(preview("30 2 * * *")).toEqual(["2026-03-08T07:00:00.000Z", "2026-03-09T06:30:00.000Z", "2026-03-10T06:30:00.000Z"]);
      at("2026-10-31T12:00:00Z");
      expect(preview("30 1 * * *")).toEqual(["2026-11-01T05:30:00.000Z", "2026-11-02T06:30:00.000Z", "2026-11-03T06:30:00.000Z"]);
    });

    it.each([
      ["", "unreadable"],
      ["завтра", "unreadable"],
      ["0 9 * *", "unreadable"],
      ["61 9 * * *", "never"],
      ["0 25 * * 1", "never"],
      ["0 0 9 * * 1", "unreadable"],
      ["@daily", "unreadable"],
      ["0 9 * * 1; drop table schedules", "unreadable"],
      ["0 9 31 2 *", "never"],
      ["* * * * *", "too-often"],
      ["*/10 * * * *", "too-often"],
      ["0,10 9 * * *", "too-often"],
      ["*/15 * * * *", "times"],
    ])("«%s» is %s", (cron, kind) => {
      expect(open().preview(cron, anna).kind).toBe(kind);
    });
  });

  describe("what a person may set up", () => {
    it("a card that was not agreed to makes none", async () => {
      agreed = false;
      await expect(add(weekly)).rejects.toThrow(AccessDenied);
      expect(await open().list(anna)).toEqual([]);
    });

    it("one yes makes one schedule, also when it is written again after a crash", async () => {
      const approved = approve(weekly);
      const [first, second] = [
        await open().add(approved, { address, language: "ru" }),
        await open().add(approved, { address, language: "ru" }),
      ];
      expect(second.id).toBe(first.id);
      expect(await open().made(approved.approval)).toMatchObject({ id: first.id });
    });

    it("the twenty-first is refused, also of cards pressed at one moment", async () => {
      for (let count = 0; count < 19; count++) await add(weekly);
      const settled = await Promise.allSettled([add(weekly), add(watch), add(weekly)]);
      expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await open().list(anna)).toHaveLength(20);
      await expect(add(weekly, boris)).resolves.toBeDefined();
    });

    it("nobody cancels or sees somebody else's", async () => {
      const { id } = await add(weekly);
      expect(await open().cancel(approve({ id }, boris))).toBe(false);
      expect(await open().list(boris)).toEqual([]);
      expect(await open().cancel(approve({ id: "1 or true" }))).toBe(false);
      expect(await open().cancel(approve({ id }))).toBe(true);
      expect(await open().list(anna)).toEqual([]);
    });

    it("what was asked in a group goes to the asker alone", async () => {
      expect((await add(weekly, anna, { channel: "fake", chat: "team" })).address.chat).toBe("dm-anna");
    });

    it("hostile words stay words", async () => {
      const hostile = "'); drop table schedules; -- \u0000 {{constructor}} $1";
      const { id } = await add({ title: hostile, what: { kind: "document", text: hostile } });
      const [kept] = await open().list(anna);
      expect(kept).toMatchObject({ id, what: { kind: "document", text: hostile.replace("\u0000", "") } });
    });
  });

  describe("a run", () => {
    it("sends the report with the owner's rights, and the days counted from that day", async () => {
      await add(weekly);
      expect(await tick()).toBe(0);
      at("2026-11-23T06:00:10Z");
      expect(await tick()).toBe(1);
      expect(asked).toHaveLength(1);
      expect(asked[0]).toMatchObject({ input: { today: "2026-11-23" }, turn: { person: anna, actor: "svyaz as anna" } });
      expect(sent).toMatchObject([{ to: address }]);
      expect(words()[0]).toMatch(/продажи.*\nПродажи: 100 ₽\.$/s);
      expect((await open().list(anna))[0]?.nextAt.toISOString()).toBe("2026-11-30T06:00:00.000Z");
    });

    it("what was missed comes once, and says that it is late", async () => {
      await add({ ...weekly, cron: "0 9 * * *" });
      at("2026-12-10T12:00:00Z");
      await tick();
      await tick();
      expect(sent).toHaveLength(1);
      expect(words()[0]).toContain("21.11.2026, 09:00");
      expect((await open().list(anna))[0]?.nextAt.toISOString()).toBe("2026-12-11T06:00:00.000Z");
    });

    it("comes once though several processes look at the same moment", async () => {
      for (let count = 0; count < 6; count++) await add(weekly);
      at("2026-11-23T06:00:10Z");
      await Promise.all([tick(), tick(), tick()]);
      expect(sent).toHaveLength(6);
      expect(new Set(sent.map(({ key }) => key)).size).toBe(6);
    });

    it("of a process that stood still beyond its lease sends nothing more", async () => {
      await add(weekly);
      at("2026-11-23T06:00:10Z");
      let other: Promise<number> | undefined;
      making = () => {
        if (other) return;
        at("2026-11-23T06:06:00Z");
        other = tick();
      };
      const slow = tick();
      await slow;
      await other;
      expect(sent).toHaveLength(1);
    });

    it("of a process that was killed in the middle is made by another when its lease is over, and once", async () => {
      await add(weekly);
      at("2026-11-23T06:00:10Z");
      // What a killed process leaves behind: it has taken the row and said nothing more.
      await database.query("update schedules set attempt = attempt + 1, lease_until = $1", [new Date("2026-11-23T06:05:10Z")]);
      await tick();
      expect(sent).toEqual([]);
      at("2026-11-23T06:05:20Z");
      await Promise.all([tick(), tick()]);
      expect(sent).toHaveLength(1);
      expect((await open().list(anna))[0]?.nextAt.toISOString()).toBe("2026-11-30T06:00:00.000Z");
    });

    it("of a process that is stopped in an orderly way is made by the next one at once", async () => {
      await add(weekly);
      at("2026-11-23T06:00:10Z");
      const stop = new AbortController();
      making = () => {
        stop.abort();
        throw new SystemUnavailable("stopped");
      };
      await process().tick(stop.signal);
      expect(sent).toEqual([]);
      making = () => {};
      await tick();
      expect(words()).toEqual([expect.stringContaining("Продажи: 100 ₽.")]);
    });

    it("killed between the delivery and the note of it delivers again under the same key, by which a messenger knows it", async () => {
      await add(weekly);
      at("2026-11-23T06:00:10Z");
      sending = () => {
        // The row comes back as it was: the note of the delivery is lost.
        sending = () => {};
        void database.query("update schedules set attempt = attempt + 1");
      };
      await tick();
      at("2026-11-23T06:06:00Z");
      await tick();
      expect(sent).toHaveLength(2);
      expect(new Set(sent.map(({ key }) => key)).size).toBe(1);
    });

    it("of a schedule that was cancelled meanwhile sends nothing", async () => {
      const { id } = await add(watch);
      observe = async () => {
        await open().cancel(approve({ id }));
        return { seen: {}, told: [{ kind: "text", markdown: "новый документ" }] };
      };
      await tick();
      expect(sent).toEqual([]);
    });

    it("that could not be delivered is sent again with the same key, and only so often", async () => {
      await add(weekly);
      at("2026-11-23T06:00:10Z");
      let left = 1;
      sending = () => {
        if (left-- > 0) throw new SystemUnavailable("the messenger is down");
      };
      await tick();
      expect(sent).toEqual([]);
      at("2026-11-23T06:01:30Z");
      await tick();
      expect(sent.map(({ key }) => key)).toEqual([expect.stringContaining("2026-11-23T06:00:00.000Z")]);
      left = 100;
      for (let minutes = 0; minutes < 60; minutes++) {
        clock = new Date(Date.parse("2026-11-30T06:00:10Z") + minutes * 60_000);
        await tick();
      }
      expect(100 - left).toBe(4);
      expect((await open().list(anna))[0]).toMatchObject({ failures: 1, nextAt: new Date("2026-12-07T06:00:00Z") });
    });
  });

  describe("when something is wrong", () => {
    it("a lost right is told of once; the schedule waits and goes on by itself when the right is back", async () => {
      await add({ ...weekly, cron: "0 9 * * *" });
      making = () => {
        throw new AccessDenied("no", { system: "onec-erp" });
      };
      for (const moment of ["2026-11-21T06:01:00Z", "2026-11-22T06:01:00Z", "2026-11-23T06:01:00Z"]) {
        at(moment);
        await tick();
      }
      expect(words()).toEqual([expect.stringContaining("больше не присылаю")]);
      expect((await open().list(anna))[0]).toMatchObject({ paused: true, failures: 0 });
      making = () => {};
      at("2026-11-24T06:01:00Z");
      await tick();
      expect(words()[1]).toContain("Продажи: 100 ₽.");
      expect((await open().list(anna))[0]?.paused).toBe(false);
      expect(raised).toEqual([]);
    });

    it("whoever may have no schedules any more is sent no report", async () => {
      await add(weekly);
      ruling = "deny";
      at("2026-11-23T06:01:00Z");
      await tick();
      expect(asked).toEqual([]);
      expect(words()).toEqual([expect.stringContaining("больше не присылаю")]);
    });

    it("all schedules of somebody who was removed end, and an admin is told", async () => {
      await add(weekly);
      await add(watch);
      known.delete("anna");
      at("2026-11-23T06:01:00Z");
      await tick();
      expect(sent).toEqual([]);
      expect(await open().list(anna)).toEqual([]);
      expect(raised).toEqual(["schedules-of:anna"]);
    });

    it("a report that a system which is down keeps from being made is tried again, then told of", async () => {
      await add(weekly);
      let down = 2;
      making = () => {
        if (down-- > 0) throw new SystemUnavailable("down", { system: "onec-erp" });
      };
      for (const moment of ["06:00:10", "06:00:50", "06:01:30", "06:03:00", "06:06:40"]) {
        at(`2026-11-23T${moment}Z`);
        await tick();
      }
      expect(words()).toEqual([expect.stringContaining("Продажи: 100 ₽.")]);
      expect((await open().list(anna))[0]).toMatchObject({ failures: 0, nextAt: new Date("2026-11-30T06:00:00Z") });
      down = 100;
      for (let minutes = 0; minutes < 60; minutes++) {
        clock = new Date(Date.parse("2026-11-30T06:00:10Z") + minutes * 60_000);
        await tick();
      }
      expect(100 - down).toBe(4);
      expect(words().slice(1)).toEqual([expect.stringMatching(/не получился.*не отвечает.*07\.12\.2026, 09:00/s)]);
      expect((await open().list(anna))[0]).toMatchObject({ failures: 1, nextAt: new Date("2026-12-07T06:00:00Z") });
    });

    it("each report that fails is told of in a sentence, the third in a row to the admins, until one succeeds", async () => {
      const { id } = await add({ ...weekly, cron: "0 9 * * *" });
      making = () => {
        throw new AnswerUnexpected("nonsense", { system: "onec-erp" });
      };
      for (const moment of ["2026-11-21T06:01:00Z", "2026-11-22T06:01:00Z"]) {
        at(moment);
        await tick();
      }
      expect(words()).toEqual([expect.stringMatching(/не получился.*22\.11\.2026, 09:00/s), expect.stringContaining("не получился")]);
      expect(raised).toEqual([]);
      at("2026-11-23T06:01:00Z");
      await tick();
      expect(raised).toEqual([`schedule:${id}`]);
      making = () => {};
      at("2026-11-24T06:01:00Z");
      await tick();
      expect(resolved).toEqual([`schedule:${id}`]);
      expect((await open().list(anna))[0]?.failures).toBe(0);
    });

    it("a subscription that fails every five minutes says so once", async () => {
      await add(watch);
      observe = () => Promise.reject(new SystemUnavailable("down", { system: "confluence" }));
      for (let minutes = 0; minutes <= 30; minutes += 5) {
        clock = new Date(Date.parse("2026-11-20T09:00:00Z") + minutes * 60_000);
        await tick();
      }
      expect(sent).toHaveLength(1);
      expect(raised.length).toBeGreaterThan(0);
    });
  });

  describe("a subscription", () => {
    it("remembers what it saw, tells when something is new, and ends when there is nothing more to wait for", async () => {
      await add(watch);
      const looks: unknown[] = [];
      const found = [
        { seen: { refs: ["a"] } },
        { seen: { refs: ["a"] } },
        { seen: { refs: ["a", "b"] }, told: [{ kind: "text" as const, markdown: "новый документ b" }], over: true },
      ];
      observe = async (_condition, seen) => {
        looks.push(seen);
        return found[looks.length - 1]!;
      };
      for (const minute of ["00", "05", "10", "15"]) {
        at(`2026-11-20T09:${minute}:00Z`);
        await tick();
      }
      expect(looks).toEqual([null, { refs: ["a"] }, { refs: ["a"] }]);
      expect(words()).toEqual([expect.stringContaining("новый документ b")]);
      expect(await open().list(anna)).toEqual([]);
    });

    it("tells again what could not be delivered", async () => {
      await add(watch);
      observe = async (_condition, seen) =>
        seen ? { seen } : { seen: { refs: ["a"] }, told: [{ kind: "text", markdown: "новый документ" }] };
      let down = true;
      sending = () => {
        if (down) throw new SystemUnavailable("down");
      };
      await tick();
      down = false;
      at("2026-11-20T09:02:00Z");
      await tick();
      at("2026-11-20T09:10:00Z");
      await tick();
      expect(sent).toHaveLength(1);
    });
  });
});
