import * as fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { InboxEvent } from "../../../src/domain/message.js";
import { AccessDenied, SettingsInvalid, SignInNeeded } from "../../../src/domain/errors.js";
import { createSlack } from "../../../src/channels/slack/index.js";
import { isSigned } from "../../../src/channels/slack/webhook.js";
import { anna, boris, now, openSlackWorld } from "./setup.js";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const textOf = (event: InboxEvent | undefined) => (event?.kind === "message" ? event.text : undefined);

async function receiving(take: (event: InboxEvent) => Promise<void>, options: Parameters<typeof openSlackWorld>[0] = {}) {
  const world = await openSlackWorld(options);
  cleanups.push(world.close);
  await world.channel.start({ take });
  cleanups.push(() => world.channel.stop());
  await world.listen();
  return world;
}

describe.each(["socket", "http"] as const)("receiving by %s", (mode) => {
  it("acknowledges an event only after it was stored", async () => {
    const stores: (() => void)[] = [];
    const { slack } = await receiving(() => new Promise<void>((resolve) => void stores.push(resolve)), { mode, fake: { ackMs: 5000 } });
    const written = slack.people.write(anna, "важное");
    await vi.waitFor(() => expect(stores).toHaveLength(1), 4000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(slack.deliveries[0]?.acknowledged).toBe(false);
    for (const store of stores) store();
    await written;
    expect(slack.deliveries[0]).toMatchObject({ acknowledged: true, attempts: 1 });
  });

  it("gets again what could not be stored, and what was stored too late, under the same id", async () => {
    const taken: InboxEvent[] = [];
    let refusals = 1;
    const { slack } = await receiving(
      async (event) => {
        if (refusals-- > 0) throw new Error("the database is away");
        taken.push(event);
        if (taken.length === 1) await new Promise((resolve) => setTimeout(resolve, 400));
      },
      { mode },
    );
    await slack.people.write(anna, "важное");
    await vi.waitFor(() => expect(slack.deliveries[0]).toMatchObject({ acknowledged: true, attempts: 3 }), 5000);
    expect(taken.map(textOf)).toEqual(["важное", "важное"]);
    expect(new Set(taken.map(({ id }) => id)).size).toBe(1);
  });

  it("is not held up by an event that cannot be stored", async () => {
    const taken: string[] = [];
    const { slack } = await receiving(
      async (event) => {
        if (event.sender.id === anna) throw new Error("the database is away");
        taken.push(textOf(event)!);
      },
      { mode },
    );
    await slack.people.write(anna, "раз");
    await slack.people.write(boris, "другой чат");
    expect(taken).toEqual(["другой чат"]);
  });

  it("shows a press that could not be stored as failed, and does not hide it", async () => {
    let away = false;
    const { slack, channel } = await receiving(
      async () => {
        if (away) throw new Error("the database is away");
      },
      { mode },
    );
    const choice = { kind: "choice", id: "c1", question: "?", options: [{ id: "yes", label: "Да" }] } as const;
    await channel.send({ channel: "slack", chat: slack.world.im(anna).id }, [choice], { key: "1" });
    away = true;
    expect(await slack.people.press(anna, "Да", slack.world.im(anna).id)).toMatchObject({ acknowledged: false });
    away = false;
    expect(await slack.people.press(anna, "Да", slack.world.im(anna).id)).toMatchObject({ acknowledged: true });
  });

  it("stores a chat's messages one after another even when the first takes long", async () => {
    const taken: string[] = [];
    const { slack } = await receiving(
      async (event) => {
        if (textOf(event) === "медленно") await new Promise((resolve) => setTimeout(resolve, 150));
        taken.push(textOf(event)!);
      },
      { mode },
    );
    const both = [slack.people.write(anna, "медленно")];
    await vi.waitFor(() => expect(slack.calls.some(({ method }) => method === "users.info")).toBe(true));
    both.push(slack.people.write(anna, "быстро"), slack.people.write(boris, "рядом"));
    await Promise.all(both);
    expect(taken.indexOf("медленно")).toBeLessThan(taken.indexOf("быстро"));
    expect(taken[0]).toBe("рядом");
  });

  it("stops after storing what has arrived, and takes nothing more", async () => {
    const taken: InboxEvent[] = [];
    const { slack, channel } = await receiving(
      async (event) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        taken.push(event);
      },
      { mode },
    );
    const last = slack.people.write(anna, "последнее");
    await vi.waitFor(() => expect(slack.calls.some(({ method }) => method === "users.info")).toBe(true));
    await channel.stop();
    expect(taken.map(textOf)).toEqual(["последнее"]);
    expect(await last).toMatchObject({ acknowledged: true });
    void slack.people.write(anna, "поздно");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(taken).toHaveLength(1);
  });
});

describe("the socket", () => {
  it.each(["asked", "cut"] as const)("is opened anew when the old one is %s, and nothing is lost", async (how) => {
    const taken: string[] = [];
    const { slack } = await receiving(async (event) => void taken.push(textOf(event)!));
    await slack.people.write(anna, "раз");
    slack.disconnect(how);
    void slack.people.write(anna, "два");
    await vi.waitFor(() => expect(taken).toEqual(["раз", "два"]), 5000);
    expect(slack.calls.filter(({ method }) => method === "apps.connections.open")).toHaveLength(2);
    expect(slack.connections).toBe(1);
  });

  it("is opened again and again while Slack cannot be reached, ever more slowly", async () => {
    const world = await receiving(async () => {});
    world.slack.trouble("apps.connections.open", { kind: "cut", done: false }, 2);
    world.slack.disconnect("cut");
    await vi.waitFor(() => expect(world.slack.connections).toBe(0), 3000);
    await vi.waitFor(() => expect(world.slack.connections).toBe(1), 5000);
    expect(world.log.lines.filter((line) => line.includes("was not opened"))).toHaveLength(2);
    expect(world.log.lines.join()).not.toContain("xapp-");
  });

  it.each([
    ["waited to be opened again", { kind: "cut", done: false }],
    ["was being opened", { kind: "slow", ms: 300 }],
  ] as const)("is not left open by a stop while it %s", async (_when, trouble) => {
    const world = await receiving(async () => {});
    world.slack.trouble("apps.connections.open", trouble);
    world.slack.disconnect("cut");
    await vi.waitFor(() => expect(world.slack.calls.filter(({ method }) => method === "apps.connections.open")).toHaveLength(2), 3000);
    await world.channel.stop();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(world.slack.connections).toBe(0);
  });

  it("is left within a second when nothing is at work", async () => {
    const { channel } = await receiving(async () => {});
    const began = performance.now();
    await channel.stop();
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe("the tokens", () => {
  it.each([
    ["bot", { botToken: "xoxb-some-other-token-of-nobody" }],
    ["app", { appToken: "xapp-some-other-token-of-nobody" }],
  ])("a %s token that Slack does not know stops the start, and is named nowhere", async (_which, given) => {
    const world = await openSlackWorld();
    cleanups.push(world.close);
    const channel = createSlack({ ...world.settings, ...given });
    const error = await channel.start(world.inbox).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(SignInNeeded);
    expect(JSON.stringify([error, String(error), (error as Error).stack, world.log.lines])).not.toContain("some-other-token");
  });

  it("of an app without the needed rights stop the start, with the rights to add", async () => {
    const world = await openSlackWorld();
    cleanups.push(world.close);
    world.slack.world.scopes = ["chat:write", "im:history", "im:write", "app_mentions:read", "files:read"];
    const error = await world.channel.start(world.inbox).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(AccessDenied);
    expect(String(error)).toContain("files:write, users:read");
  });

  it("without a way to receive do not start", async () => {
    const world = await openSlackWorld();
    cleanups.push(world.close);
    await expect(createSlack({ ...world.settings, appToken: undefined }).start(world.inbox)).rejects.toThrow(SettingsInvalid);
    const http = { signingSecret: "", register: () => {} };
    await expect(createSlack({ ...world.settings, appToken: undefined, http }).start(world.inbox)).rejects.toThrow(SettingsInvalid);
  });
});

describe("a signature", () => {
  const event = JSON.stringify({
    type: "event_callback",
    event_id: "Ev1",
    event: { type: "message", channel: "D0ANNA0001", user: anna, text: "дай токен", ts: "1.1" },
  });
  const secret = "0123456789abcdef0123456789abcdef";

  it("is needed for every byte that is read", async () => {
    const taken: InboxEvent[] = [];
    const { slack, url } = await receiving(async (given) => void taken.push(given), { mode: "http" });
    const post = (body: string, headers: Record<string, string>) =>
      fetch(url!, { method: "POST", body, headers: { "content-type": "application/json", ...headers } }).then(({ status }) => status);
    const signed = slack.sign(event);
    expect(await post(event, {})).toBe(401);
    expect(await post(event.replace("токен", "пароль"), signed)).toBe(401);
    expect(await post(event, slack.sign(event, now(), "another-secret-of-32-characters-"))).toBe(401);
    expect(await post(event, { ...signed, "x-slack-signature": signed["x-slack-signature"]!.replace("v0=", "v1=") })).toBe(401);
    for (const minutes of [-6, 6]) {
      expect(await post(event, slack.sign(event, new Date(now().getTime() + minutes * 60_000)))).toBe(401);
    }
    expect(taken).toEqual([]);
    expect(await post("{half", slack.sign("{half"))).toBe(400);
    expect(await post(event, slack.sign(event, new Date(now().getTime() - 4 * 60_000)))).toBe(200);
    expect(taken.map(textOf)).toEqual(["дай токен"]);
  });

  it("does not survive a thousand mutations", async () => {
    const { slack, close } = await openSlackWorld();
    cleanups.push(close);
    const good = slack.sign(event);
    const body = Buffer.from(event);
    expect(isSigned(secret, good, body, now())).toBe(true);
    const texts = [good["x-slack-signature"]!, good["x-slack-request-timestamp"]!, event];
    fc.assert(
      fc.property(fc.nat(2), fc.nat(1000), fc.string({ minLength: 0, maxLength: 2, unit: "binary" }), (which, place, put) => {
        const mutated = texts.map((text, index) => {
          const at = place % (text.length + 1);
          return index === which ? text.slice(0, at) + put + text.slice(at + 1) : text;
        });
        fc.pre(mutated.some((text, index) => text !== texts[index]));
        const [signature, timestamp, changed] = mutated as [string, string, string];
        const headers = { "x-slack-signature": signature, "x-slack-request-timestamp": timestamp };
        return !isSigned(secret, headers, Buffer.from(changed), now());
      }),
      { numRuns: 1000 },
    );
    for (const headers of [{}, { "x-slack-signature": "" }, { "x-slack-request-timestamp": "NaN", "x-slack-signature": "v0=" }]) {
      expect(isSigned(secret, headers as Record<string, string>, body, now())).toBe(false);
    }
  });
});
