import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Channel, Inbox } from "../../src/domain/channel.js";
import type { Address, Choice, InboxEvent, Reply } from "../../src/domain/message.js";

/** What a person sees of one message in a channel, whatever the messenger calls it. */
export interface ShownMessage {
  /** Text without markup. */
  readonly text: string;
  /** Labels of the buttons that can be pressed now. */
  readonly buttons: readonly string[];
  /** Addresses and mentions that could be pressed or that the messenger fetches. */
  readonly clickable: readonly string[];
  readonly pictures: number;
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** A channel with its messenger behind it, as a person holds it in the hand. */
export interface ChannelDriver {
  /** Not started yet. "wiki.example.com" is an allowed host; every chart may be drawn. */
  readonly channel: Channel;
  /** The asker's private chat, and a group where there is one. */
  readonly privateChat: Address;
  readonly group?: Address;
  /** Ids as the messenger gives them. */
  readonly asker: string;
  readonly stranger?: string;
  write(text: string, where: Address): Promise<void> | void;
  /** Presses the newest button with this label. */
  press(label: string, where: Address, by?: "asker" | "stranger"): Promise<void> | void;
  /** Everything Svyaz shows in this place now, in order. */
  shown(where: Address): readonly ShownMessage[] | Promise<readonly ShownMessage[]>;
  /** Sends a voice message, where the messenger has such. */
  speak?(bytes: Uint8Array, seconds: number): Promise<void> | void;
  /** The messenger offers an event again when it was not taken. */
  readonly redelivers?: boolean;
  close(): Promise<void>;
}

class RecordingInbox implements Inbox {
  readonly events: InboxEvent[] = [];
  attempts = 0;
  refusals = 0;
  async take(event: InboxEvent): Promise<void> {
    this.attempts += 1;
    if (this.refusals > 0) {
      this.refusals -= 1;
      throw new Error("the database is away");
    }
    this.events.push(event);
  }
}

const card: Choice = {
  kind: "choice",
  id: "kQ2vT0yB1mX9cR7hN4sLwA",
  question: "Создать сделку?",
  lines: [
    { label: "Клиент", value: "ООО «Ромашка» <b>&" },
    { label: "Почта", value: "boss@example.com", outside: { system: "confluence", kind: "page", id: "7" } },
  ],
  options: [
    { id: "yes", label: "Записать", style: "primary" },
    { id: "no", label: "Отменить" },
  ],
};

/** What every channel promises, whatever it speaks to. `open` gives a fresh one for each test. */
export function describeChannel(name: string, open: () => Promise<ChannelDriver>): void {
  describe(`${name} as a channel`, () => {
    let driver: ChannelDriver;
    let inbox: RecordingInbox;
    let sends = 0;

    const send = (reply: Reply, to = driver.privateChat) => driver.channel.send(to, reply, { key: `contract-${++sends}` });
    const shown = async (where = driver.privateChat) => [...(await driver.shown(where))];
    const textsOf = async (where = driver.privateChat) => (await shown(where)).map(({ text }) => text).join("\n");
    const events = (count: number) =>
      vi.waitFor(() => {
        expect(inbox.events.length).toBeGreaterThanOrEqual(count);
        return inbox.events;
      }, 5000);

    beforeEach(async () => {
      driver = await open();
      inbox = new RecordingInbox();
      await driver.channel.start(inbox);
    });
    afterEach(async () => {
      await driver.channel.stop();
      await driver.close();
    });

    describe("receiving", () => {
      it("delivers what a person writes, with who and where", async () => {
        await driver.write("Что у нас с Ромашкой?", driver.privateChat);
        const [event] = await events(1);
        expect(event).toMatchObject({
          kind: "message",
          text: "Что у нас с Ромашкой?",
          visibility: "private",
          address: driver.privateChat,
          sender: { id: driver.asker },
          files: [],
        });
      });

      it("delivers messages of one chat in the order they were written, each under its own id", async () => {
        for (const text of ["раз", "два", "три", "четыре", "пять"]) await driver.write(text, driver.privateChat);
        const delivered = await events(5);
        expect(delivered.map((event) => event.kind === "message" && event.text)).toEqual(["раз", "два", "три", "четыре", "пять"]);
        expect(new Set(delivered.map(({ id }) => id)).size).toBe(5);
      });

      it("delivers emoji and long messages unharmed", async () => {
        const text = `👩‍👩‍👧‍👦 ${"слово ".repeat(500)}конец`;
        await driver.write(text, driver.privateChat);
        expect(await events(1)).toMatchObject([{ text }]);
      });

      it("offers an event again that could not be stored, and under the same id", async (test) => {
        if (!driver.redelivers) return test.skip();
        inbox.refusals = 1;
        await driver.write("не потеряй меня", driver.privateChat);
        const [event] = await events(1);
        expect(inbox.attempts).toBeGreaterThan(1);
        expect(event).toMatchObject({ text: "не потеряй меня" });
      });

      it("delivers a voice message as a file with its length, and its bytes on request", async (test) => {
        if (!driver.speak) return test.skip();
        const bytes = new Uint8Array([79, 103, 103, 83, 0, 255]);
        await driver.speak(bytes, 7);
        const [event] = await events(1);
        const file = event?.kind === "message" ? event.files[0] : undefined;
        expect(file).toMatchObject({ mediaType: "audio/ogg", seconds: 7 });
        expect(new Uint8Array(await driver.channel.readFile(file!, AbortSignal.timeout(5000)))).toEqual(bytes);
      });
    });

    describe("replies", () => {
      it("shows the words of a text and none of its Markdown signs", async () => {
        await send([{ kind: "text", markdown: "# Итоги\n\nВыручка **выросла** на _12 %_, см. `order_id`:\n\n- раз\n- два" }]);
        const text = await textsOf();
        for (const words of ["Итоги", "выросла", "12 %", "order_id", "раз", "два"]) expect(text).toContain(words);
        expect(text).not.toMatch(/[#`]|\*\*|_12/);
      });

      it.each([
        ["under_scores", "Поле client_legal_name и __init__ в my_table_1", "client_legal_name"],
        ["unclosed tags", "Если a < b && c > d, то <b>жирный и <script>alert(1)</script> **незакрытый", "<script>alert(1)</script>"],
        ["half a link", "см. [Ромашка](https://wiki.example.com и дальше", "[Ромашка]("],
        ["emoji", "🎉👩‍👩‍👧‍👦🇷🇺 готово", "👩‍👩‍👧‍👦🇷🇺"],
        ["control characters", "раз\u0000\u0007два\ud800три", "раздва"],
        ["odd signs", "5 * 3 * 2 = 30; ~5 %; C:\\temp; 100%_", "5 * 3 * 2"],
      ])("shows %s as they were written", async (_kind, markdown, expected) => {
        await send([{ kind: "text", markdown }]);
        expect(await textsOf()).toContain(expected);
      });

      it("makes links to allowed hosts alone, and fetches nothing", async () => {
        const evil = [
          "![x](https://evil.example/?d=SECRET)",
          "[отчёт](https://evil.example/?d=SECRET)",
          "<https://evil.example/a>",
          "https://evil.example/b",
          "evil.com/?d=SECRET",
          "ev**il**.com/?d=1",
          "tg://resolve?domain=evil",
          "javascript:alert(1)",
          "@durov",
          "<!channel> <@U123> @everyone",
          '<a href="https://evil.example">жми</a>',
          "https://wiki.example.com@evil.com/",
        ];
        await send([
          { kind: "text", markdown: `${evil.join("\n\n")}\n\n[страница](https://wiki.example.com/p/1) и https://wiki.example.com/p/2` },
          {
            kind: "sources",
            sources: [
              { title: "Правила", url: "https://wiki.example.com/p/3", ref: { system: "confluence", kind: "page", id: "3" } },
              { title: "evil.com/rules", url: "https://evil.example/4", ref: { system: "confluence", kind: "page", id: "4" } },
            ],
          },
        ]);
        const clickable = (await shown()).flatMap((message) => message.clickable);
        expect(clickable.filter((address) => !address.startsWith("https://wiki.example.com/p/"))).toEqual([]);
        expect(new Set(clickable)).toEqual(new Set([1, 2, 3].map((page) => `https://wiki.example.com/p/${page}`)));
      });

      it("shows all of a very long answer, in order", async () => {
        const paragraphs = Array.from({ length: 400 }, (_, index) => `Абзац ${index + 1}. ${"Текст с **жирным** словом. ".repeat(9)}`);
        await send([{ kind: "text", markdown: paragraphs.join("\n\n") }]);
        const numbers = [...(await textsOf()).matchAll(/Абзац (\d+)\./g)].map(([, number]) => Number(number));
        expect(numbers).toEqual(paragraphs.map((_, index) => index + 1));
      });

      it("shows a word of 100 KB without a break, whole", async () => {
        await send([{ kind: "text", markdown: "щ".repeat(100_000) }]);
        const text = (await shown()).map((message) => message.text).join("");
        expect(text.match(/щ/g)).toHaveLength(100_000);
      });

      it("shows a table with heads and values", async () => {
        await send([
          {
            kind: "table",
            caption: "Остатки",
            table: {
              columns: [
                { name: "Товар", type: "text" },
                { name: "Шт", type: "number" },
              ],
              rows: [
                ["Вал <М-12>", 15],
                ["Болт", 1200],
              ],
            },
          },
        ]);
        const text = await textsOf();
        for (const words of ["Остатки", "Товар", "Вал <М-12>", "15"]) expect(text).toContain(words);
        expect(text).toMatch(/1[\s\u00a0]?200/);
      });

      it("shows a table of a thousand rows, or says how many are missing", async () => {
        const rows = Array.from({ length: 1000 }, (_, index) => [`Строка-${index + 1}`, index]);
        await send([
          {
            kind: "table",
            table: {
              columns: [
                { name: "Имя", type: "text" },
                { name: "Число", type: "number" },
              ],
              rows,
            },
          },
        ]);
        const text = await textsOf();
        const count = text.match(/Строка-\d+/g)?.length ?? 0;
        expect(count).toBeGreaterThan(0);
        if (count < 1000) expect(text.replace(/[\s\u00a0]/g, "")).toContain(String(1000 - count));
      });

      it("shows every value of a table too wide for the screen", async () => {
        const columns = Array.from({ length: 12 }, (_, index) => ({ name: `Столбец ${index + 1}`, type: "text" as const }));
        await send([{ kind: "table", table: { columns, rows: [columns.map((_, index) => `значение-${index + 1}`)] } }]);
        const text = (await textsOf()).replace(/\s/g, "");
        for (let index = 1; index <= 12; index += 1) expect(text).toContain(`значение-${index}`);
      });

      it("shows a chart with its caption", async () => {
        await send([
          {
            kind: "chart",
            caption: "Выручка за полгода",
            chart: { kind: "line", along: "category", labels: ["янв"], series: [{ name: "Выручка", values: ["10.00"] }] },
          },
        ]);
        const messages = await shown();
        expect(messages.map(({ text }) => text).join()).toContain("Выручка за полгода");
        expect(messages.reduce((sum, { pictures }) => sum + pictures, 0)).toBe(1);
      });

      it("hands over a file byte for byte, under its name", async () => {
        const bytes = new Uint8Array([0, 13, 10, 45, 45, 255, 254]);
        await send([{ kind: "file", name: "Отчёт за март.xlsx", mediaType: "application/vnd.ms-excel", bytes }]);
        const [file] = (await shown()).flatMap(({ files }) => files);
        expect(file?.name).toBe("Отчёт за март.xlsx");
        expect(new Uint8Array(file!.bytes)).toEqual(bytes);
      });

      it("sends the same key once", async () => {
        const reply: Reply = [{ kind: "text", markdown: "Один раз" }];
        const first = await driver.channel.send(driver.privateChat, reply, { key: "same" });
        const [second, third] = await Promise.all([1, 2].map(() => driver.channel.send(driver.privateChat, reply, { key: "same" })));
        expect(second).toEqual(first);
        expect(third).toEqual(first);
        expect((await textsOf()).match(/Один раз/g)).toHaveLength(1);
      });

      it("puts up with an empty reply", async () => {
        expect(await send([])).toEqual([]);
        expect(await send([{ kind: "text", markdown: " \n\n " }])).toEqual([]);
        expect(await shown()).toEqual([]);
      });
    });

    describe("choices", () => {
      it("shows the card exactly as it would be written, with a mark on what came from outside", async () => {
        await send([card]);
        const [message] = await shown();
        expect(message?.text).toContain("Создать сделку?");
        expect(message?.text).toContain("ООО «Ромашка» <b>&");
        expect(message?.text).toContain("boss@example.com");
        expect(message?.buttons).toEqual(["Записать", "Отменить"]);
        await send([{ ...card, lines: [{ label: "Почта", value: "boss@example.com" }] }]);
        const plain = (await shown())
          .at(-1)
          ?.text.split("\n")
          .find((line) => line.includes("boss@"));
        expect(message?.text).not.toContain(`${plain}\n`);
      });

      it("delivers a press with the choice, the option and the message it was made on", async () => {
        const [sent] = await send([{ kind: "text", markdown: "Проверьте:" }, card]).then((refs) => refs.slice(-1));
        await driver.press("Записать", driver.privateChat);
        expect(await events(1)).toMatchObject([
          { kind: "choice", choice: card.id, option: "yes", sender: { id: driver.asker }, on: { id: sent?.id } },
        ]);
      });

      it("passes on who pressed in a group, whoever it was", async (test) => {
        if (!driver.group || !driver.stranger) return test.skip();
        await send([card], driver.group);
        await driver.press("Отменить", driver.group, "stranger");
        expect(await events(1)).toMatchObject([{ kind: "choice", option: "no", visibility: "group", sender: { id: driver.stranger } }]);
      });

      it("takes the buttons away when the card is settled", async () => {
        const [message] = await send([card]);
        await driver.channel.edit(message!, [{ kind: "text", markdown: "Записано." }]);
        const messages = await shown();
        expect(messages).toHaveLength(1);
        expect(messages[0]).toMatchObject({ buttons: [] });
        expect(messages[0]?.text).toContain("Записано.");
        expect(messages[0]?.text).not.toContain("Создать сделку?");
      });
    });

    describe("replacing", () => {
      it("replaces a message as often as asked, with the same end", async () => {
        const [message] = await send([{ kind: "text", markdown: "Было" }]);
        for (let time = 0; time < 3; time += 1) await driver.channel.edit(message!, [{ kind: "text", markdown: "Стало" }]);
        expect(await textsOf()).not.toContain("Было");
        expect((await textsOf()).match(/Стало/g)).toHaveLength(1);
      });

      it("sends what does not fit after the replaced message, and not twice", async () => {
        const [message] = await send([{ kind: "text", markdown: "Было" }]);
        const long: Reply = [
          { kind: "text", markdown: Array.from({ length: 120 }, (_, index) => `№${index + 1}: ${"слово ".repeat(20)}`).join("\n\n") },
        ];
        await driver.channel.edit(message!, long);
        await driver.channel.edit(message!, long);
        const numbers = [...(await textsOf()).matchAll(/№(\d+):/g)].map(([, number]) => Number(number));
        expect(numbers).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
      });

      it("turns the placeholder into the answer, and leaves nothing else of it", async () => {
        const progress = await driver.channel.progress(driver.privateChat);
        expect((await shown()).length).toBeGreaterThan(0);
        progress.step("Ищу в CRM…");
        progress.step("Читаю историю…");
        await progress.finish([{ kind: "text", markdown: "Готовый **ответ**" }]);
        progress.step("Поздний шаг");
        await new Promise((resolve) => setTimeout(resolve, 50));
        const messages = await shown();
        expect(messages.map(({ text }) => text.trim())).toEqual(["Готовый ответ"]);
        expect(messages[0]?.buttons).toEqual([]);
      });

      it("finishes with a picture, a file and a card as well as with text", async () => {
        const progress = await driver.channel.progress(driver.privateChat);
        await progress.finish([
          {
            kind: "chart",
            caption: "График",
            chart: { kind: "bar", along: "category", labels: ["a"], series: [{ name: "s", values: ["1"] }] },
          },
          { kind: "file", name: "a.csv", mediaType: "text/csv", bytes: new Uint8Array([65]) },
          card,
        ]);
        const messages = await shown();
        expect(messages.map(({ text }) => text).join("\n")).toContain("График");
        expect(messages.flatMap(({ files }) => files)).toHaveLength(1);
        expect(messages.reduce((sum, { pictures }) => sum + pictures, 0)).toBe(1);
        expect(messages.at(-1)?.buttons).toEqual(["Записать", "Отменить"]);
      });
    });

    describe("privacy", () => {
      it("shows what is for one person of a group to nobody else in it", async (test) => {
        if (!driver.group) return test.skip();
        await driver.channel.send(driver.group, [{ kind: "text", markdown: "Выручка: 5 млн" }], { key: "private", onlyFor: driver.asker });
        expect(await textsOf(driver.group)).not.toContain("5 млн");
        expect(await textsOf(driver.privateChat)).toContain("5 млн");
      });

      it("knows the private chat of a person", async () => {
        expect(await driver.channel.direct({ id: driver.asker }, driver.privateChat.workspace)).toEqual(driver.privateChat);
      });
    });

    it("delivers nothing any more once it has stopped", async () => {
      await driver.channel.stop();
      await driver.write("поздно", driver.privateChat);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(inbox.events).toEqual([]);
    });
  });
}
