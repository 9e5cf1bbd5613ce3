import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  AccessDenied,
  AnswerUnexpected,
  NotFound,
  OutcomeUnknown,
  RequestRefused,
  SystemUnavailable,
  TooManyRequests,
} from "../../../src/domain/errors.js";
import type { Address, Block, Reply } from "../../../src/domain/message.js";
import { onePixel } from "../kit/wording.js";
import { anna, boris, openSlackWorld, team, toAnna, toTeam } from "./setup.js";

const say = (markdown: string): Reply => [{ kind: "text", markdown }];
const chart: Block = {
  kind: "chart",
  caption: "Выручка",
  chart: {
    kind: "line",
    along: "category",
    labels: ["янв", "фев"],
    unit: "₽",
    series: [{ name: "Факт", values: ["10.50", "20.00"] }],
  },
};
const table: Block = {
  kind: "table",
  caption: "Остатки",
  table: {
    columns: [
      { name: "Товар", type: "text" },
      { name: "Шт", type: "number" },
    ],
    rows: [["Болт", 1200]],
  },
};
const card: Block = { kind: "choice", id: "c1", question: "Создать?", options: [{ id: "yes", label: "Да", style: "primary" }] };

let world: Awaited<ReturnType<typeof openSlackWorld>>;
let keys = 0;
const send = (reply: Reply, to: Address = toAnna, onlyFor?: string) => world.channel.send(to, reply, { key: `k${++keys}`, onlyFor });
const seen = (chat: string = toAnna.chat, by?: string) => world.slack.seen(chat, by);
const callsOf = (name: string) => world.slack.calls.filter(({ method }) => method === name);
/** A question of Anna's, whose thread the answer goes to. */
const asked = async (): Promise<Address> => {
  await world.slack.people.write(anna, "вопрос");
  return world.events.at(-1)!.address;
};

beforeEach(async () => {
  world = await openSlackWorld();
  await world.channel.start(world.inbox);
});
afterEach(async () => {
  await world.channel.stop();
  await world.close();
});

describe("when Slack says no", () => {
  it("waits as long as it is told and sends the same once", async () => {
    world.slack.trouble("chat.postMessage", { kind: "limit", retryAfter: 1 });
    const began = performance.now();
    await send(say("терпение"));
    expect(performance.now() - began).toBeGreaterThan(950);
    expect(seen().map(({ text }) => text)).toEqual(["терпение"]);
    expect(await world.metrics.text()).toMatch(/svyaz_channel_limited_total\{channel="slack"\} 1/);
  });

  it("does not wait for minutes, and says when to come again", async () => {
    world.slack.trouble("chat.postMessage", { kind: "limit", retryAfter: 600 });
    const error = await send(say("терпение")).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(TooManyRequests);
    expect(error).toMatchObject({ retryAfterMs: 600_000 });
  });

  it("tells apart chats that are not there, closed ones, and people who cannot be written to", async () => {
    await expect(send(say("эй"), { ...toAnna, chat: "C0NOBODY01" })).rejects.toThrow(NotFound);
    world.slack.world.channels.get(team)!.archived = true;
    await expect(send(say("эй"), toTeam)).rejects.toThrow(AccessDenied);
    world.slack.people.change(boris, { deleted: true });
    await expect(world.channel.direct({ id: boris })).rejects.toThrow(AccessDenied);
    await expect(world.channel.direct({ id: "U0NOBODY01" })).rejects.toThrow(NotFound);
  });

  it("shows no previews of links, which Slack would fetch", async () => {
    await send(say("см. https://wiki.example.com/p"));
    expect(seen()).toMatchObject([{ clickable: ["https://wiki.example.com/p"], unfurls: false }]);
  });

  it("names the right that is missing", async () => {
    world.slack.world.scopes = world.slack.world.scopes.filter((scope) => scope !== "chat:write");
    await expect(send(say("эй"))).rejects.toThrow(/needed: chat:write/);
  });

  it("writes into no other workspace", async () => {
    const elsewhere = { ...toAnna, workspace: "T0OTHER001" };
    await expect(send(say("эй"), elsewhere)).rejects.toThrow(RequestRefused);
    await expect(world.channel.direct({ id: anna }, "T0OTHER001")).rejects.toThrow(RequestRefused);
    await expect(send(say("эй"), elsewhere, anna)).rejects.toThrow(RequestRefused);
    expect(seen()).toEqual([]);
  });
});

describe("when the connection fails", () => {
  it("does not send again what may have arrived, and says that nobody knows", async () => {
    world.slack.trouble("chat.postMessage", { kind: "cut", done: true });
    const attempt = () => world.channel.send(toAnna, say("важное"), { key: "once" });
    await expect(attempt()).rejects.toThrow(OutcomeUnknown);
    await attempt();
    expect(seen()).toHaveLength(1);
  });

  it.each([
    ["a page of a proxy", { kind: "html", status: 502 }],
    ["a page of a proxy that calls itself a success", { kind: "html", status: 200 }],
    ["an error of the server", { kind: "refuse", error: "internal_error" }],
    ["an answer without the message", { kind: "answer", body: { ok: true } }],
  ] as const)("counts %s as unknown too", async (_case, trouble) => {
    world.slack.trouble("chat.postMessage", trouble);
    await expect(send(say("важное"))).rejects.toThrow(OutcomeUnknown);
    expect(callsOf("chat.postMessage")).toHaveLength(1);
  });

  it("repeats an edit, which nobody sees twice", async () => {
    const [message] = await send(say("было"));
    world.slack.trouble("chat.update", { kind: "cut", done: true });
    await world.channel.edit(message!, say("стало"));
    expect(seen().map(({ text }) => text)).toEqual(["стало"]);
  });

  it("names what is missing in an answer it needs", async () => {
    world.slack.trouble("conversations.open", { kind: "answer", body: { ok: true, channel: {} } });
    const error = await world.channel.direct({ id: boris }).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(AnswerUnexpected);
    expect(String(error)).toContain("conversations.open: channel.id");
  });

  it("knows that nothing was sent when nobody listens, and names no secret", async () => {
    const other = await openSlackWorld();
    await other.channel.start(other.inbox);
    await other.channel.stop();
    await other.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const error = await other.channel.send(toAnna, say("паспорт 0000 000000"), { key: "1" }).catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(SystemUnavailable);
    const told = error as Error & { cause?: Error };
    const everything = [told.message, told.stack, told.cause?.message, told.cause?.stack, ...other.log.lines].join();
    expect(everything).not.toContain("xoxb-");
    expect(everything).not.toContain("паспорт");
  });
});

describe("blocks that a workspace does not know", () => {
  const refused = { kind: "refuse", error: "invalid_blocks" } as const;

  it("become a picture in the place of a chart", async () => {
    world.slack.trouble("chat.postMessage", refused);
    await send([{ kind: "text", markdown: "Смотрите:" }, chart]);
    expect(seen().map(({ text, charts, files }) => [text, charts.length, files.length])).toEqual([
      ["Смотрите:\n\nВыручка", 0, 0],
      ["chart.png", 0, 1],
    ]);
    expect(await world.metrics.text()).toMatch(/shown-simpler"\} 1/);
  });

  it("become figures in the place of a chart that cannot be drawn", async () => {
    const other = await openSlackWorld({ drawChart: () => Promise.reject(new Error("no fonts")) });
    await other.channel.start(other.inbox);
    other.slack.trouble("chat.postMessage", refused);
    await other.channel.send(toAnna, [chart], { key: "1" });
    expect(other.slack.seen(toAnna.chat)[0]?.text).toMatch(/Выручка[\s\S]*янв\s+10,5/);
    await other.channel.stop();
    await other.close();
  });

  it("become lines in the place of a table, and text where nothing else is taken", async () => {
    world.slack.trouble("chat.postMessage", refused);
    await send([table]);
    expect(seen()[0]).toMatchObject({ tables: [] });
    expect(seen()[0]?.text).toMatch(/Остатки\nТовар\s+Шт\n─+\s+─+\nБолт\s+1[\s\u00a0]200/);
    world.slack.trouble("chat.postMessage", refused, 2);
    await send([table]);
    expect(seen()[1]?.text).toContain("Болт");
    world.slack.trouble("chat.postMessage", { kind: "refuse", error: "msg_blocks_too_long" });
    await send(say("<!channel> **всё** равно <https://evil.example|жми>"));
    expect(seen()[2]).toMatchObject({ text: "<!channel> всё равно https://evil.example|жми", clickable: [] });
  });

  it("are left out of an edit just so, and the picture follows", async () => {
    const [message] = await send(say("было"));
    world.slack.trouble("chat.update", refused);
    await world.channel.edit(message!, [chart]);
    expect(seen().map(({ text, files }) => [text, files.length])).toEqual([
      ["Выручка", 0],
      ["chart.png", 1],
    ]);
  });
});

describe("a placeholder", () => {
  it("shows the newest step at most once in two seconds, then the answer, then nothing more", async () => {
    const to = await asked();
    const progress = await world.channel.progress(to);
    expect(seen()).toMatchObject([{ text: "Смотрю…", thread: to.thread }]);
    const began = performance.now();
    let step = 0;
    while (performance.now() - began < 4500) {
      progress.step(`шаг ${++step}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const edits = callsOf("chat.update");
    expect(edits).toHaveLength(2);
    expect(edits[1]!.at - edits[0]!.at).toBeGreaterThanOrEqual(1990);
    expect(seen()[0]?.text).toMatch(/^шаг \d+$/);
    const sent = await progress.finish(say("готово"));
    expect(sent).toEqual([progress.message]);
    expect(seen()).toMatchObject([{ text: "готово", thread: to.thread }]);
  });

  it("comes with Slack's own stop control and line, which go away with the answer", async () => {
    const to = await asked();
    const name = `${to.chat}:${to.thread}`;
    const { sessions, statusLines } = world.slack.world;
    const progress = await world.channel.progress(to);
    expect(sessions.get(name)).toBe("processing");
    expect(seen()[0]?.buttons).toEqual([]);
    await vi.waitFor(() => expect(statusLines.get(name)).toBe("Смотрю…"));
    await progress.finish(say("готово"));
    await vi.waitFor(() => expect([sessions.get(name), statusLines.get(name)]).toEqual(["active", undefined]));
  });

  it.each(["unknown_method", "missing_scope", "thread_not_found", "internal_error"])(
    "has a button of its own where Slack shows no stop control (%s), and not in a channel where anybody could press it",
    async (error) => {
      const to = await asked();
      world.slack.trouble("agents.sessions.setStatus", { kind: "refuse", error }, 9);
      world.slack.trouble("assistant.threads.setStatus", { kind: "refuse", error }, 9);
      const progress = await world.channel.progress(to);
      expect(seen()[0]?.buttons.map(({ text }) => text)).toEqual(["Остановить"]);
      await progress.finish(say("готово"));
      expect(seen().map(({ text }) => text)).toEqual(["готово"]);
      await world.channel.progress(toTeam);
      expect(seen(team)[0]?.buttons).toEqual([]);
    },
  );

  it("asks once for a status that the app has no right to", async () => {
    const to = await asked();
    world.slack.world.scopes = world.slack.world.scopes.filter((scope) => scope !== "assistant:write");
    for (const answer of ["раз", "два"]) await (await world.channel.progress(to)).finish(say(answer));
    await vi.waitFor(() => expect(callsOf("assistant.threads.setStatus")).toHaveLength(1));
    expect(callsOf("agents.sessions.setStatus")).toHaveLength(1);
    expect(seen().map(({ text }) => text)).toEqual(["раз", "два"]);
  });

  it("does not wait for a status that hangs", async () => {
    const to = await asked();
    world.slack.trouble("agents.sessions.setStatus", { kind: "slow", ms: 3000 });
    const began = performance.now();
    await world.channel.progress(to);
    expect(performance.now() - began).toBeLessThan(2500);
    expect(seen()[0]?.buttons).toHaveLength(1);
  });

  it("whose steps are refused or too many becomes the answer all the same, at once", async () => {
    const progress = await world.channel.progress(await asked());
    world.slack.trouble("chat.update", { kind: "limit", retryAfter: 30 });
    progress.step("ищу");
    await vi.waitFor(() => expect(callsOf("chat.update")).toHaveLength(1), 4000);
    const began = performance.now();
    await progress.finish(say("готово"));
    expect(performance.now() - began).toBeLessThan(1000);
    expect(seen().map(({ text }) => text)).toEqual(["готово"]);
  });

  it("that is gone is no reason to lose the answer", async () => {
    const progress = await world.channel.progress(await asked());
    world.slack.world.find(world.slack.world.im(anna), progress.message.id)!.deleted = true;
    const [sent] = await progress.finish(say("готово"));
    expect(seen()).toMatchObject([{ ts: sent?.id, text: "готово" }]);
  });

  it("is replaced by the answer in another process that knows only its message", async () => {
    const to = await asked();
    const { message } = await world.channel.progress(to);
    await world.channel.edit(JSON.parse(JSON.stringify(message)) as typeof message, say("ответ после сбоя"));
    expect(seen().map(({ text }) => text)).toEqual(["ответ после сбоя"]);
    await vi.waitFor(() => expect(world.slack.world.sessions.get(`${to.chat}:${to.thread}`)).toBe("active"));
  });

  it("goes away when there is nothing to say", async () => {
    const progress = await world.channel.progress(await asked());
    expect(await progress.finish([])).toEqual([]);
    expect(seen()).toEqual([]);
  });
});

describe("feedback", () => {
  it("is asked for under an answer in a private chat, counted, and disturbs nobody", async () => {
    const progress = await world.channel.progress(await asked());
    await progress.finish([...say("раз"), table, ...say("два")]);
    expect(seen().map(({ buttons }) => buttons.map(({ text }) => text))).toEqual([[], ["👍", "👎"]]);
    await world.slack.people.press(anna, "👎", toAnna.chat);
    expect(world.events).toHaveLength(1);
    expect(await world.metrics.text()).toMatch(/svyaz_events_total\{channel="slack",kind="feedback-negative"\} 1/);
    expect(world.log.lines.join()).toContain(seen()[1]!.ts);
  });

  it("is not asked for where a card asks already, nor in a channel", async () => {
    const progress = await world.channel.progress(await asked());
    await progress.finish([...say("вот карточка"), card]);
    expect(seen().flatMap(({ buttons }) => buttons.map(({ text }) => text))).toEqual(["Да"]);
    await (await world.channel.progress(toTeam)).finish(say("всем"));
    expect(seen(team)[0]?.buttons).toEqual([]);
  });

  it("is left out where the workspace does not know it", async () => {
    const progress = await world.channel.progress(await asked());
    world.slack.trouble("chat.update", { kind: "refuse", error: "invalid_blocks" });
    await progress.finish(say("**готово**"));
    expect(seen()).toMatchObject([{ text: "готово", buttons: [] }]);
  });
});

it("stop waits for a reply on its way", async () => {
  world.slack.trouble("chat.postMessage", { kind: "slow", ms: 200 });
  const sending = send(say("на дорожку"));
  await world.channel.stop();
  expect(seen().map(({ text }) => text)).toEqual(["на дорожку"]);
  await sending;
});

describe("what is for one person of a channel", () => {
  it("goes to their direct talk, where it stays, and no trace of it to the channel", async () => {
    const [sent] = await send([...say("Выручка: 5 млн")], toTeam, boris);
    expect(sent?.address).toEqual({ channel: "slack", workspace: toAnna.workspace, chat: `D${boris.slice(1)}` });
    expect(seen(team, boris)).toEqual([]);
    expect(callsOf("chat.postEphemeral")).toEqual([]);
    await world.channel.edit(sent!, say("Выручка: 6 млн"));
    expect(world.slack.seen(sent!.address.chat)).toMatchObject([{ text: "Выручка: 6 млн", ephemeral: false }]);
  });

  it("is not sent to somebody whose id is no person's", async () => {
    for (const id of ["C0SALES001", "anna", "", "<@U0ANNA0001>"]) {
      await expect(world.channel.direct({ id })).rejects.toThrow(RequestRefused);
      await expect(send(say("тайна"), toTeam, id)).rejects.toThrow(RequestRefused);
    }
    expect(seen(team)).toEqual([]);
  });
});

describe("replacing a long answer", () => {
  const picture = { kind: "image", mediaType: "image/png", bytes: onePixel, caption: "Снимок" } as const;

  it("sends a picture once, however often the text around it is replaced", async () => {
    const [first] = await send(say("…"));
    for (const text of ["раз", "два", "два"]) {
      await world.channel.edit(first!, [...say(text), picture, ...say(`после: ${text}`)]);
    }
    expect(seen().map(({ text }) => text)).toEqual(["два", "Снимок", "после: два"]);
    expect(callsOf("files.completeUploadExternal")).toHaveLength(1);
  });

  it("takes away what is no longer part of it, files too", async () => {
    const [first] = await send(say("…"));
    await world.channel.edit(first!, [...say("раз"), picture, ...say("конец")]);
    await world.channel.edit(first!, say("только текст"));
    expect(seen().map(({ text }) => text)).toEqual(["только текст"]);
  });

  it("goes on where it was cut off", async () => {
    const [first] = await send(say("…"));
    const reply: Reply = [...say("раз"), picture, { kind: "file", name: "a.txt", mediaType: "text/plain", bytes: new Uint8Array([65]) }];
    world.slack.trouble("files.completeUploadExternal", { kind: "limit", retryAfter: 600 });
    await expect(world.channel.edit(first!, reply)).rejects.toThrow(TooManyRequests);
    await world.channel.edit(first!, reply);
    expect(seen().flatMap(({ files }) => files.map(({ name }) => name))).toEqual(["image.png", "a.txt"]);
  });
});

describe("files", () => {
  const file = {
    kind: "file",
    name: "Отчёт <март>.xlsx",
    mediaType: "application/vnd.ms-excel",
    bytes: new Uint8Array([0, 255, 10]),
  } as const;

  it("go into the thread under their name, without the token where it is not needed", async () => {
    const to = await asked();
    await send([file], to);
    expect(seen()).toMatchObject([{ thread: to.thread, files: [{ name: "Отчёт <март>.xlsx", bytes: file.bytes }] }]);
    expect(world.slack.strangersTold).toEqual([]);
  });

  it("whose bytes do not get through are not shown, and can be tried again", async () => {
    world.slack.trouble("upload", { kind: "cut", done: false });
    const attempt = () => world.channel.send(toAnna, [file], { key: "once" });
    await expect(attempt()).rejects.toThrow(SystemUnavailable);
    await attempt();
    expect(seen()).toHaveLength(1);
  });

  it("without content are refused", async () => {
    await expect(send([{ ...file, bytes: new Uint8Array() }])).rejects.toThrow(RequestRefused);
  });

  it("are brought to no other host than Slack's", async () => {
    world.slack.trouble("files.getUploadURLExternal", {
      kind: "answer",
      body: { ok: true, file_id: "F1", upload_url: "https://files.evil.example/upload" },
    });
    await expect(send([file])).rejects.toThrow(RequestRefused);
  });

  const signal = () => AbortSignal.timeout(5000);
  const sentFile = async (claims?: number, bytes = new Uint8Array([1, 2])) => {
    await world.slack.people.write(anna, "", { files: [{ name: "a.bin", mimetype: "application/zip", bytes, claims }] });
    const event = world.events.at(-1);
    return event?.kind === "message" ? event.files[0]! : undefined!;
  };

  it("over 20 MB are refused before anything is fetched, whatever size is named", async () => {
    const large = { id: "F1", name: "a", mediaType: "b", bytes: 20 * 1024 * 1024 + 1 };
    await expect(world.channel.readFile(large, signal())).rejects.toThrow(RequestRefused);
    expect(callsOf("files.info")).toHaveLength(0);
    await expect(world.channel.readFile(await sentFile(5, new Uint8Array(21 * 1024 * 1024)), signal())).rejects.toThrow(RequestRefused);
  });

  it("that are gone are not found; those the app may not read are not mistaken for a page", async () => {
    await expect(world.channel.readFile({ id: "F0GONE", name: "a", mediaType: "b" }, signal())).rejects.toThrow(NotFound);
    const kept = await sentFile();
    world.slack.trouble("files.info", {
      kind: "answer",
      body: {
        ok: true,
        file: { mimetype: "application/zip", url_private: `${world.slack.apiUrl.replace("/api/", "")}/files-pri/${kept.id}/a.bin` },
      },
    });
    world.slack.world.scopes = [];
    await expect(world.channel.readFile(kept, signal())).rejects.toThrow(AccessDenied);
  });

  it("are fetched with the token from Slack alone", async () => {
    const kept = await sentFile();
    for (const url of ["https://files.slack.com.evil.example/a", "http://files.slack.com/a", "https://evil.example/files.slack.com"]) {
      world.slack.trouble("files.info", { kind: "answer", body: { ok: true, file: { url_private: url } } });
      await expect(world.channel.readFile(kept, signal())).rejects.toThrow(RequestRefused);
    }
  });
});
