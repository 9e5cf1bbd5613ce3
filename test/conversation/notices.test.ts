import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createNotices } from "../../src/conversation/notices.js";
import type { Ruling } from "../../src/domain/access.js";
import type { Channel } from "../../src/domain/channel.js";
import type { DealFacts } from "../../src/domain/deal-facts.js";
import { AccessDenied, SystemUnavailable } from "../../src/domain/errors.js";
import type { Person } from "../../src/domain/people.js";
import type { Database } from "../../src/platform/database.js";
import { applyChanges } from "../../src/sync/apply.js";
import { createFakeAudit } from "../fakes/audit.js";
import { openTestDatabase, quiet } from "../support/database.js";

const anna: Person = { id: "anna", name: "Анна", language: "ru", timeZone: "Europe/Moscow", roles: ["sales"], principals: [] };
const boris: Person = { ...anna, id: "boris", name: "Борис", language: "en", roles: ["manager"], principals: ["crm:group:1"] };
const olga: Person = { ...boris, id: "olga", name: "Ольга", principals: ["crm:group:2"] };
const ref = { system: "crm", kind: "deal", id: "7" };
const facts: DealFacts = {
  ref,
  title: "Свет для склада **сегодня**",
  state: "open",
  amount: "640000",
  currency: "RUB",
  createdAt: new Date("2026-11-19T09:00:00Z"),
  contact: { client: "ООО «Ромашка»", company: true, phone: true, email: false },
  past: { open: 0, won: 2, lost: 1, wonAmount: "695000" },
  similar: { bySize: true, won: { count: 6, medianAmount: 500_000, medianDays: 30 }, lost: { count: 2 }, examples: [] },
};

describe("notices of what has happened", () => {
  let database: Database;
  let clock: Date;
  let effect: Ruling["effect"];
  let seen: DealFacts | undefined;
  let sending: () => void;
  let sent: { readonly to: string; readonly text: string }[];

  const channel: Channel = {
    id: "fake",
    start: async () => {},
    stop: async () => {},
    send: async (to, reply) => {
      sending();
      sent.push({ to: to.chat, text: reply.map((block) => (block.kind === "text" ? block.markdown : "")).join("\n") });
      return [];
    },
    edit: async () => [],
    direct: async ({ id }) => ({ channel: "fake", chat: id }),
    progress: () => Promise.reject(new Error("not here")),
    readFile: () => Promise.reject(new Error("not here")),
  };
  const notices = () =>
    createNotices({
      database,
      access: { person: async (id) => (id === "anna" ? anna : undefined), decide: async () => ({ effect, scope: "all" }) },
      ownerOf: async (principal) => (principal === "crm:user:1" ? "anna" : undefined),
      everybody: async () => [anna, boris, olga],
      facts: async () => seen,
      contacts: { privately: async (person) => ({ channel: "fake", chat: person }) },
      channel: () => channel,
      audit: createFakeAudit(),
      log: quiet,
      now: () => clock,
    });
  const deliver = () => notices().deliver(AbortSignal.timeout(10_000));
  const happens = (event: "new_lead" | "deal_closed", version = "") =>
    database.query(
      "insert into mirror_events (system, entity_type, external_id, event, version, found_at) values ('crm', 'deal', '7', $1, $2, $3)",
      [event, version, clock],
    );

  beforeAll(async () => {
    database = await openTestDatabase();
    for (const { id, name } of [anna, boris, olga]) await database.query("insert into people (id, name) values ($1, $2)", [id, name]);
    const entity = {
      ref,
      title: "Свет",
      readers: "everyone" as const,
      owner: { id: "1", name: "Олег", groups: ["crm:group:2"] },
      relations: [],
      fields: {},
    };
    await database.transaction((tx) => applyChanges(tx, [{ kind: "upsert", entity }], new Date("2026-11-20T08:00:00Z")));
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.query("delete from mirror_events");
    clock = new Date("2026-11-20T09:00:00Z");
    effect = "allow";
    seen = facts;
    sending = () => {};
    sent = [];
  });

  it("tells a fresh lead to the person responsible, once, with what it is worth and what to do", async () => {
    await happens("new_lead");
    await deliver();
    await deliver();
    expect(sent.map(({ to }) => to)).toEqual(["anna"]);
    expect(sent[0]?.text).toContain("ООО «Ромашка»");
    expect(sent[0]?.text).toMatch(/640\s000\s₽/);
    expect(sent[0]?.text).not.toContain("**сегодня**");
  });

  it("tells a closed deal to the managers of its owner's department alone", async () => {
    seen = { ...facts, state: "won", closedAt: clock };
    await happens("deal_closed");
    await deliver();
    expect(sent.map(({ to }) => to)).toEqual(["olga"]);
  });

  it.each([
    ["may not read the system", () => (effect = "deny")],
    ["may not see the deal", () => (seen = undefined)],
  ])("tells nothing to somebody who %s", async (_, forbid) => {
    forbid();
    await happens("new_lead");
    await deliver();
    effect = "allow";
    seen = facts;
    await deliver();
    expect(sent).toEqual([]);
  });

  it("tells later what a messenger did not take, and gives up on one that has blocked the bot", async () => {
    await happens("new_lead");
    sending = () => {
      throw new SystemUnavailable("down", { system: "fake", operation: "send" });
    };
    await expect(deliver()).rejects.toThrow("down");
    sending = () => {};
    await deliver();
    expect(sent).toHaveLength(1);

    await happens("new_lead", "second");
    sending = () => {
      throw new AccessDenied("blocked", { system: "fake", operation: "send" }, "system");
    };
    await deliver();
    sending = () => {};
    await deliver();
    expect(sent).toHaveLength(1);
  });

  it("tells what another process had taken up when it died", async () => {
    await happens("new_lead");
    await database.query("insert into notices (event, person, lease_until) select id, 'anna', $1 from mirror_events", [
      new Date(clock.getTime() + 60_000),
    ]);
    await deliver();
    expect(sent).toEqual([]);
    clock = new Date(clock.getTime() + 61_000);
    await deliver();
    expect(sent).toHaveLength(1);
  });
});
