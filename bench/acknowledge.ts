import { setTimeout as delay } from "node:timers/promises";
import type { Bot } from "grammy";
import { type FakeTelegram, startFakeTelegram } from "../test/fakes/telegram/index.js";
import { compare, timed, waits } from "./measure.js";
import type { Section } from "./section.js";
import { openBare, openBot, openSvyaz, textUpdate } from "./telegram.js";

const person = 111_000_111;
const text = "привет, что ты умеешь?";

/** What it costs to take one update, when nothing else is going on. */
export const acknowledge: Section = {
  name: "acknowledge",
  about: "from a Telegram update to its 200, stored in the inbox, against a bare grammY echo",

  async *run({ quick, engines }) {
    const updates = quick ? 5 : 150;
    for (const engine of engines) {
      const telegram = await startFakeTelegram();
      telegram.people.add(person, "Анна");
      const svyaz = await openSvyaz({ telegram, database: await engine.open(), people: [person] });
      const echo = await openBare(echoBot(telegram, "call"));
      const shortEcho = await openBare(echoBot(telegram, "answer"));
      let last = 1_000;
      const round = async (deliver: (update: ReturnType<typeof textUpdate>) => Promise<number>) => {
        const milliseconds: number[] = [];
        for (let count = 0; count < updates; count += 1) milliseconds.push(await deliver(textUpdate(++last, person, text)));
        return waits(milliseconds);
      };
      try {
        yield await compare({
          title: `acknowledge, ${engine.name}: one update at a time`,
          note:
            `From the request to its 200, ${updates} updates a round. Svyaz has the update in its database by then and answers behind it (awaited between\n` +
            "updates, not counted). grammY's echo answers first: by a call to the (local) Bot API, or within its 200 (canUseWebhookReply), and keeps nothing.",
          contenders: [
            { name: "echo by a call", round: () => round((update) => timed(() => echo.deliver(update))) },
            { name: "echo in the 200", round: () => round((update) => timed(() => shortEcho.deliver(update))) },
            {
              name: "Svyaz",
              round: () =>
                round(async (update) => {
                  const answered = svyaz.app.inbox.settled("telegram", String(update.update_id));
                  const milliseconds = await timed(() => svyaz.deliver(update));
                  await answered;
                  // The chat's lease is given back after the answer.
                  await delay(5);
                  return milliseconds;
                }),
            },
          ],
          against: ["echo by a call", "echo in the 200"],
          rounds: quick ? 1 : 5,
        });
      } finally {
        await Promise.all([svyaz.close(), echo.close(), shortEcho.close()]);
        await telegram.close();
      }
    }
  },
};

function echoBot(telegram: FakeTelegram, how: "call" | "answer"): Bot {
  const bot = openBot(telegram, (method) => how === "answer" && method === "sendMessage");
  bot.on("message:text", (context) => context.reply(context.message.text));
  return bot;
}
