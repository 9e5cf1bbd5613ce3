import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Channel } from "../../src/domain/channel.js";
import type { Address, IncomingChoice, Reply } from "../../src/domain/message.js";
import { openTestApp, type TestApp } from "../support/app.js";

const patience = { timeout: 20_000, interval: 50 };
const room: Address = { channel: "telegram", chat: "-4711" };
const accounts: Readonly<Record<string, string>> = { admin: "1001", anna: "1002", boris: "1003", vera: "1004" };

/** What only admins may do from a chat: who else tries is refused, and who was an admin a moment ago is too. */
describe("A4: acts of admins", () => {
  let app: TestApp;
  const sent: { readonly chat: string; readonly reply: Reply }[] = [];
  const telegram = {
    id: "telegram",
    start: async () => {},
    stop: async () => {},
    send: async (to: Address, reply: Reply, { key }: { readonly key: string }) => {
      sent.push({ chat: to.chat, reply });
      return [{ address: to, id: key }];
    },
    edit: async ({ address }: { readonly address: Address }, reply: Reply) => {
      sent.push({ chat: address.chat, reply });
      return [];
    },
    direct: async ({ id }: { readonly id: string }) => ({ channel: "telegram", chat: id }),
    progress: async () => ({
      show: async () => {},
      finish: async (reply: Reply) => {
        sent.push({ chat: "", reply });
        return [];
      },
    }),
  } as unknown as Channel;

  beforeAll(async () => {
    app = await openTestApp({ SVYAZ_ADMIN_CHAT: "telegram:-4711" }, { channels: [telegram], sandboxPerSecond: 50 });
    for (const [person, id] of Object.entries(accounts)) {
      const { code } = await app.people.invite(person, app.now(), 60_000);
      await app.people.redeem(code, { channel: "telegram", id }, app.now());
    }
  }, 60_000);
  afterAll(() => app.end());
  beforeEach(() => {
    sent.length = 0;
  });

  const said = () => JSON.stringify(sent.map(({ reply }) => reply));
  const events = async (name: string, denied: boolean) =>
    (await app.database.query("select 1 from audit_events where name = $1 and (outcome = 'denied') = $2", [name, denied])).rows.length;
  const denied = (name: string) => events(name, true);
  const begun = (name: string) => events(name, false);

  const arrival = (person: string, address: Address, visibility: "private" | "group") => ({
    id: randomBytes(6).toString("hex"),
    address,
    visibility,
    sender: { id: accounts[person] ?? "", name: person, standing: "member" as const },
    receivedAt: app.now(),
  });
  async function write(
    person: string,
    text: string,
    chat = accounts[person] ?? "",
    visibility: "private" | "group" = "private",
  ): Promise<void> {
    const event = { ...arrival(person, { channel: "telegram", chat }, visibility), kind: "message" as const, text, files: [] };
    const settled = app.inbox.settled("telegram", event.id);
    await app.inbox.take(event);
    await settled;
  }
  async function press(person: string, choice: string, option: string, address = room): Promise<void> {
    const visibility = address === room ? "group" : "private";
    const event: IncomingChoice = { ...arrival(person, address, visibility), kind: "choice", choice, option, on: { address, id: "1" } };
    const settled = app.inbox.settled("telegram", event.id);
    await app.inbox.take(event);
    await settled;
  }
  /** A button in the admins' room, as it was put there for whoever is an admin at the press. */
  async function button(option: string, says: string): Promise<string> {
    const id = randomBytes(18).toString("base64url");
    await app.database.query(
      "insert into choices (id, kind, person, address, options, created_at, expires_at) values ($1, 'question', '*', $2, $3, $4, $5)",
      [
        id,
        JSON.stringify(room),
        JSON.stringify([{ id: option, label: option, says }]),
        app.now(),
        new Date(app.now().getTime() + 86_400_000),
      ],
    );
    return id;
  }

  interface Act {
    readonly act: string;
    readonly attempt: (person: string) => Promise<void>;
    /** What the refused hear. */
    readonly refusal: RegExp;
    /** What must have grown after a refusal, and what after the act was done. */
    readonly refusals: () => Promise<number>;
    readonly effects: () => Promise<number>;
  }
  const acts: readonly Act[] = [
    {
      act: "check a system again by the room's button",
      attempt: async (person) => press(person, await button("retry", "onec-erp"), "retry"),
      refusal: /для администраторов/,
      refusals: () => denied("alert.retry.refused"),
      effects: () => begun("alert.retried"),
    },
    {
      act: "say that two records are one client by the room's button",
      attempt: async (person) => press(person, await button("same", "amocrm:company:1 onec-erp:client:1"), "same"),
      refusal: /для администраторов/,
      refusals: () => denied("client.decision.refused"),
      effects: () => begun("client.merged"),
    },
    {
      act: "say that two records are two clients by the room's button",
      attempt: async (person) => press(person, await button("different", "amocrm:company:1 onec-erp:client:1"), "different"),
      refusal: /для администраторов/,
      refusals: () => denied("client.decision.refused"),
      effects: () => begun("client.split"),
    },
    {
      act: "sign Svyaz in to a system for everybody",
      attempt: (person) => write(person, "/connect amocrm всем"),
      refusal: /администратор/,
      refusals: () => denied("sign-in.refused"),
      effects: () => begun("sign-in.offered"),
    },
  ];

  it.each(acts.flatMap((one) => ["anna", "boris", "vera"].map((person) => [person, one.act, one] as const)))(
    "%s may not %s",
    async (person, _act, { attempt, refusal, refusals, effects }) => {
      const before = [await refusals(), await effects()] as const;
      await attempt(person);
      await vi.waitFor(() => expect(said()).toMatch(refusal), patience);
      expect(await effects()).toBe(before[1]);
      expect(await refusals()).toBe(before[0] + 1);
    },
  );

  it.each(acts.map((one) => [one.act, one] as const))("an admin may %s", async (_act, { attempt, effects, refusals }) => {
    const [before, refused] = [await effects(), await refusals()];
    await attempt("admin");
    await vi.waitFor(async () => expect(await effects()).toBeGreaterThan(before), patience);
    expect(await refusals()).toBe(refused);
  });

  it("who was an admin when the button was shown and is none at the press is refused each of them", async () => {
    await app.people.setRoles("admin", ["manager"]);
    // Rights are remembered for two seconds.
    await new Promise((resolve) => setTimeout(resolve, 2_050));
    for (const { act, attempt, effects, refusals, refusal } of acts) {
      sent.length = 0;
      const [before, refused] = [await effects(), await refusals()];
      await attempt("admin");
      await vi.waitFor(() => expect(said(), act).toMatch(refusal), patience);
      expect([act, await effects(), await refusals()]).toEqual([act, before, refused + 1]);
    }
    await app.people.setRoles("admin", ["admin"]);
    await new Promise((resolve) => setTimeout(resolve, 2_050));
  });

  it.each(["retry", "same", "different"])("the room's button %s works nowhere else, not even for an admin", async (option) => {
    const before = [await begun("alert.retried"), await begun("client.merged"), await begun("client.split")];
    await press("admin", await button(option, "onec-erp"), option, { channel: "telegram", chat: accounts["admin"] ?? "" });
    await vi.waitFor(() => expect(said()).toMatch(/для администраторов/), patience);
    expect([await begun("alert.retried"), await begun("client.merged"), await begun("client.split")]).toEqual(before);
  });

  it("commands of an admin do nothing in a group", async () => {
    const before = (await app.database.query("select 1 from sign_in_links")).rows.length;
    await write("admin", "/connect amocrm всем", "-99", "group");
    expect((await app.database.query("select 1 from sign_in_links")).rows.length).toBe(before);
    expect(said()).not.toMatch(/\/oauth\//);
  });

  it.each(["anna", "boris", "vera", "a stranger"])("%s is shown no alerts by /status", async (person) => {
    await app.alerts.raise({ key: "system:x", level: "critical", title: "Тревога о системе", text: "…" });
    await write(person, "/status", accounts[person] ?? "7777");
    expect(sent.length).toBeGreaterThan(0);
    expect(said()).not.toMatch(/Тревога о системе/);
    await write("admin", "/status");
    expect(said()).toMatch(/Тревога о системе/);
    await app.alerts.resolve("system:x");
  });
});
