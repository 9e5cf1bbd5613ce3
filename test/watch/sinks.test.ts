import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMailSink, createRoomSink } from "../../src/watch/sinks.js";
import { type FakeMail, startMail } from "../fakes/mail.js";

const alert = {
  key: "sync:amocrm",
  level: "critical" as const,
  title: "amoCRM: синхронизация остановилась",
  text: "Токен больше не действует. Создайте новый и впишите его в AMOCRM_TOKEN.",
  at: new Date("2026-11-20T09:00:00Z"),
  times: 1,
};

describe("alerts by e-mail", () => {
  let mail: FakeMail;
  beforeAll(async () => {
    mail = await startMail({ password: "letter-box" });
  });
  afterAll(() => mail.close());
  const mailbox = () => ({ host: "localhost", port: mail.port, address: "admin@example.com", password: "letter-box", ca: mail.ca });

  it("arrive over STARTTLS with cause and mend", async () => {
    const sink = createMailSink(mailbox(), "ru");
    await sink.check();
    await sink.deliver({ ...alert, state: "raised" });
    sink.close();
    const [letter] = mail.letters;
    expect(letter).toMatchObject({ from: "admin@example.com", to: ["admin@example.com"], secure: true });
    expect(letter?.text).toContain("X-Svyaz-Alert: sync:amocrm");
    expect(Buffer.from(letter?.text.split(/\r\n\r\n/)[1] ?? "", "base64").toString("utf8")).toContain("AMOCRM_TOKEN");
  });

  it("are refused with a word on the reason, and without the password, when it is wrong", async () => {
    const sink = createMailSink({ ...mailbox(), password: "guess-of-mine" }, "ru");
    const failed = sink.deliver({ ...alert, state: "raised" });
    await expect(failed).rejects.toThrow(/EAUTH/);
    await expect(failed).rejects.not.toThrow(/guess-of-mine/);
    sink.close();
  });

  it("are not sent to a server whose certificate nobody vouches for", async () => {
    const before = mail.letters.length;
    const { ca: _ca, ...strange } = mailbox();
    const sink = createMailSink(strange, "ru");
    await expect(sink.deliver({ ...alert, state: "raised" })).rejects.toThrow(/e-mail through localhost/);
    sink.close();
    expect(mail.letters).toHaveLength(before);
  });

  it("are not sent in the clear", async () => {
    const plain = await startMail({ password: "letter-box", startTls: false });
    const sink = createMailSink({ ...mailbox(), port: plain.port }, "en");
    await expect(sink.deliver({ ...alert, state: "raised" })).rejects.toThrow(/e-mail through/);
    sink.close();
    expect(plain.letters).toEqual([]);
    await plain.close();
  });
});

describe("alerts in the admins' room", () => {
  it("say what is wrong and how to mend it, and when it is over", async () => {
    const said: string[] = [];
    const sink = createRoomSink({
      channel: {
        id: "telegram",
        send: async (_to, reply) => {
          said.push(reply.map((block) => (block.kind === "text" ? block.markdown : "")).join());
          return [];
        },
      },
      address: { channel: "telegram", chat: "-100" },
      language: "ru",
    });
    await sink.deliver({ ...alert, state: "raised" });
    await sink.deliver({ ...alert, state: "repeated", times: 22 });
    await sink.deliver({ ...alert, state: "resolved" });
    expect(said[0]).toMatch(/🔴 amoCRM: синхронизация остановилась\*\*\n\nТокен больше не действует/);
    expect(said[1]).toMatch(/Всё ещё \(22 раза\)/);
    expect(said[2]).toBe("**🟢 Закончилось: amoCRM: синхронизация остановилась**");
  });
});
