import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AccessDenied, NotFound, OutcomeUnknown, RequestRefused, SystemUnavailable, TooManyRequests } from "../../../src/domain/errors.js";
import type { Reply } from "../../../src/domain/message.js";
import { onePixel } from "../kit/wording.js";
import { anna, boris, openTelegramWorld, team } from "./setup.js";

const toAnna = { channel: "telegram", chat: String(anna) };
const toTeam = { channel: "telegram", chat: String(team) };
const say = (markdown: string): Reply => [{ kind: "text", markdown }];

let world: Awaited<ReturnType<typeof openTelegramWorld>>;
let keys = 0;
const send = (reply: Reply, to = toAnna) => world.channel.send(to, reply, { key: `k${++keys}` });
const seen = (chat = anna) => world.telegram.seen(chat);
const callsOf = (name: string) => world.telegram.calls.filter(({ method }) => method === name);

beforeEach(async () => {
  world = await openTelegramWorld();
  await world.channel.start(world.inbox);
});
afterEach(async () => {
  await world.channel.stop();
  await world.telegram.close();
});

describe("when Telegram says no", () => {
  it("waits as long as it is told and sends the same once", async () => {
    world.telegram.trouble("sendMessage", { kind: "refuse", code: 429, description: "Too Many Requests", parameters: { retry_after: 1 } });
    const began = performance.now();
    await send(say("терпение"));
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(seen().map(({ text }) => text)).toEqual(["терпение"]);
    expect(await world.metrics.text()).toMatch(/svyaz_channel_limited_total\{channel="telegram"\} 1/);
  });

  it("does not wait for minutes, and says when to come again", async () => {
    world.telegram.trouble("sendMessage", {
      kind: "refuse",
      code: 429,
      description: "Too Many Requests",
      parameters: { retry_after: 600 },
    });
    const error = await send(say("терпение")).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(TooManyRequests);
    expect(error).toMatchObject({ retryAfterMs: 600_000 });
  });

  it("tells apart a person who blocked the bot or never pressed Start", async () => {
    world.telegram.people.add(333, "Вера", { started: false });
    await expect(send(say("здравствуйте"), { channel: "telegram", chat: "333" })).rejects.toThrow(AccessDenied);
    world.telegram.people.block(boris);
    await expect(send(say("здравствуйте"), { channel: "telegram", chat: String(boris) })).rejects.toThrow(AccessDenied);
    await vi.waitFor(() => expect(world.events).toMatchObject([{ kind: "stopped", sender: { id: String(boris) } }]));
  });

  it("says that a chat is not there", async () => {
    await expect(send(say("эй"), { channel: "telegram", chat: "999" })).rejects.toThrow(NotFound);
  });

  it("shows the text without looks when the markup is refused", async () => {
    const refusal = { kind: "refuse", code: 400, description: "Bad Request: can't parse entities: byte offset 3" } as const;
    world.telegram.trouble("sendMessage", refusal);
    const [message] = await send(say("**a** < b"));
    expect(seen()).toMatchObject([{ text: "a < b", entities: [] }]);
    world.telegram.trouble("editMessageText", refusal);
    await world.channel.edit(message!, say("**c** & d"));
    expect(seen()).toMatchObject([{ text: "c & d", entities: [] }]);
    expect(await world.metrics.text()).toMatch(/shown-without-markup"\} 2/);
  });

  it("follows a group to its new id, also for what was sent before", async () => {
    const [before] = await send(say("старое"), toTeam);
    const moved = world.telegram.people.migrate(team);
    const [after] = await send(say("новое"), toTeam);
    expect(after?.address.chat).toBe(String(moved));
    await world.channel.edit(before!, say("старое, исправлено"));
    expect(seen(moved).map(({ text }) => text)).toEqual(["старое, исправлено", "новое"]);
    expect(callsOf("sendMessage")).toHaveLength(3);
  });
});

describe("when the connection fails", () => {
  it("does not send again what may have arrived, and says that nobody knows", async () => {
    world.telegram.trouble("sendMessage", { kind: "cut", done: true });
    const attempt = () => world.channel.send(toAnna, say("важное"), { key: "once" });
    await expect(attempt()).rejects.toThrow(OutcomeUnknown);
    await attempt();
    expect(seen()).toHaveLength(1);
  });

  it.each([
    ["a page of a proxy", { kind: "html", status: 502 }],
    ["an error of the server", { kind: "refuse", code: 500, description: "Internal Server Error" }],
  ] as const)("counts %s as unknown too", async (_case, trouble) => {
    world.telegram.trouble("sendMessage", trouble);
    await expect(send(say("важное"))).rejects.toThrow(OutcomeUnknown);
    expect(callsOf("sendMessage")).toHaveLength(1);
  });

  it("repeats an edit, which nobody sees twice", async () => {
    const [message] = await send(say("было"));
    world.telegram.trouble("editMessageText", { kind: "cut", done: true });
    await world.channel.edit(message!, say("стало"));
    expect(seen()).toMatchObject([{ text: "стало", edits: 1 }]);
  });

  it("knows that nothing was sent when nobody listens, and names no secret", async () => {
    const { token } = world.telegram;
    const { channel, telegram, inbox } = await openTelegramWorld();
    await channel.start(inbox);
    await channel.stop();
    await telegram.close();
    // Until the client has noticed that its kept connections are closed.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const error = await channel.send(toAnna, say("эй"), { key: "1" }).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(SystemUnavailable);
    const told = error as Error & { cause?: Error };
    expect([told.message, told.stack, told.cause?.message, told.cause?.stack].join()).not.toContain(token);
    expect(told.cause?.message).toContain("[secret]");
  });

  it("keeps what was said out of its errors", async () => {
    const error = await send(say("паспорт 0000 000000"), { channel: "telegram", chat: "999" }).catch((failure: unknown) => failure);
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain("паспорт");
    expect((error as Error).cause).toBeUndefined();
  });
});

describe("a placeholder", () => {
  it("shows the newest step at most once in 1.1 seconds, then the answer, then nothing more", async () => {
    const progress = await world.channel.progress(toAnna);
    expect(seen()).toMatchObject([{ text: "Смотрю…", buttons: [[{ text: "Остановить" }]] }]);
    const began = performance.now();
    let step = 0;
    while (performance.now() - began < 2600) {
      progress.step(`шаг ${++step}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const edits = callsOf("editMessageText");
    expect(edits).toHaveLength(2);
    expect(edits[1]!.at - edits[0]!.at).toBeGreaterThanOrEqual(1090);
    expect(seen()[0]?.text).toMatch(/^шаг \d+$/);
    const sent = await progress.finish(say("готово"));
    expect(sent).toEqual([progress.message]);
    expect(seen()).toMatchObject([{ text: "готово", buttons: [] }]);
  });

  it("waits longer in a group, and has no stop button there that anybody could press", async () => {
    const progress = await world.channel.progress(toTeam);
    expect(seen(team)).toMatchObject([{ buttons: [] }]);
    progress.step("ищу");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(callsOf("editMessageText")).toHaveLength(0);
    await vi.waitFor(() => expect(callsOf("editMessageText")).toHaveLength(1), 3000);
    await progress.finish(say("готово"));
  });

  it("has a button that stops the turn", async () => {
    await world.channel.progress(toAnna);
    world.telegram.people.press(anna, "Остановить");
    await vi.waitFor(() => expect(world.events).toMatchObject([{ kind: "stopped", address: toAnna, sender: { id: String(anna) } }]));
  });

  it("whose steps are refused becomes the answer all the same", async () => {
    const progress = await world.channel.progress(toAnna);
    world.telegram.trouble("editMessageText", { kind: "refuse", code: 400, description: "Bad Request: something odd" });
    progress.step("ищу");
    await vi.waitFor(() => expect(callsOf("editMessageText")).toHaveLength(1), 3000);
    await progress.finish(say("готово"));
    expect(seen().map(({ text }) => text)).toEqual(["готово"]);
  });

  it("that the person deleted is no reason to lose the answer", async () => {
    const progress = await world.channel.progress(toAnna);
    await fetch(`${world.telegram.apiRoot}/bot${world.telegram.token}/deleteMessage`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ chat_id: anna, message_id: progress.message.id }),
    });
    const [sent] = await progress.finish(say("готово"));
    expect(seen()).toMatchObject([{ id: Number(sent?.id), text: "готово" }]);
  });

  it("is replaced by the answer in another process that knows only its message", async () => {
    const { message } = await world.channel.progress(toAnna);
    await world.channel.edit(JSON.parse(JSON.stringify(message)) as typeof message, say("ответ после сбоя"));
    expect(seen().map(({ text }) => text)).toEqual(["ответ после сбоя"]);
  });

  it("goes away when there is nothing to say", async () => {
    const progress = await world.channel.progress(toAnna);
    expect(await progress.finish([])).toEqual([]);
    expect(seen()).toEqual([]);
  });
});

describe("replacing a long answer", () => {
  const picture = { kind: "image", mediaType: "image/png", bytes: onePixel, caption: "Снимок" } as const;

  it("sends a picture once, however often the text around it is replaced", async () => {
    const [first] = await send(say("…"));
    for (const text of ["раз", "два", "два"]) {
      await world.channel.edit(first!, [{ kind: "text", markdown: text }, picture, { kind: "text", markdown: `после: ${text}` }]);
    }
    expect(seen().map(({ text }) => text)).toEqual(["два", "Снимок", "после: два"]);
    expect(callsOf("sendPhoto")).toHaveLength(1);
  });

  it("takes away what is no longer part of it", async () => {
    const [first] = await send(say("…"));
    await world.channel.edit(first!, [{ kind: "text", markdown: "раз" }, picture]);
    await world.channel.edit(first!, say("только текст"));
    expect(seen().map(({ text }) => text)).toEqual(["только текст"]);
  });

  it("goes on where it was cut off", async () => {
    const [first] = await send(say("…"));
    const reply: Reply = [
      { kind: "text", markdown: "раз" },
      picture,
      { kind: "file", name: "a.txt", mediaType: "text/plain", bytes: new Uint8Array([65]) },
    ];
    world.telegram.trouble("sendDocument", {
      kind: "refuse",
      code: 429,
      description: "Too Many Requests",
      parameters: { retry_after: 600 },
    });
    await expect(world.channel.edit(first!, reply)).rejects.toThrow(TooManyRequests);
    await world.channel.edit(first!, reply);
    expect(callsOf("sendPhoto")).toHaveLength(1);
    expect(seen().map(({ document }) => document?.name)).toEqual([undefined, undefined, "a.txt"]);
  });
});

describe("files", () => {
  it("over 20 MB are refused before anything is fetched, whatever size the sender names", async () => {
    const signal = AbortSignal.timeout(5000);
    await expect(world.channel.readFile({ id: "x", name: "a", mediaType: "b", bytes: 20 * 1024 * 1024 + 1 }, signal)).rejects.toThrow(
      RequestRefused,
    );
    expect(callsOf("getFile")).toHaveLength(0);
    const bytes = new Uint8Array(21 * 1024 * 1024);
    world.telegram.people.write(anna, "", { document: { name: "a.bin", mediaType: "x/y", bytes, claims: 5 } });
    await vi.waitFor(() => expect(world.events).toHaveLength(1));
    const [event] = world.events;
    const file = event?.kind === "message" ? event.files[0] : undefined;
    await expect(world.channel.readFile(file!, signal)).rejects.toThrow(RequestRefused);
  });

  it("that are gone are not found, and the error holds no address", async () => {
    const error = await world.channel
      .readFile({ id: "gone", name: "a", mediaType: "b" }, AbortSignal.timeout(5000))
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(RequestRefused);
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(world.telegram.token);
  });
});

describe("a private answer", () => {
  it("is not sent to somebody whose id is no person's", async () => {
    await expect(world.channel.direct({ id: `chat:${team}` })).rejects.toThrow(RequestRefused);
    await expect(world.channel.send(toTeam, say("тайна"), { key: "1", onlyFor: `chat:${team}` })).rejects.toThrow(RequestRefused);
    expect(seen(team)).toEqual([]);
  });
});
