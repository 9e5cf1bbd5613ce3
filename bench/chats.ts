import { HumanMessage } from "@langchain/core/messages";
import type { Bot } from "grammy";
import { createAgent } from "langchain";
import { createModel } from "../src/agent/model.js";
import { type ChatRequest, startOpenAi } from "../test/fakes/openai.js";
import { type FakeTelegram, startFakeTelegram } from "../test/fakes/telegram/index.js";
import { compare, type Contender, quantile } from "./measure.js";
import type { Section } from "./section.js";
import { openBare, openBot, openSvyaz, textUpdate } from "./telegram.js";

/** Many people at once, each with the next question as soon as the last one is answered. */
export const chats: Section = {
  name: "chats",
  about: "100 chats at once with a model that takes 2 s: answers a second, acknowledge p95, each answered exactly once",

  async *run({ quick, engines }) {
    const people = Array.from({ length: quick ? 5 : 100 }, (_, at) => 100_000_000 + at);
    const questions = quick ? 2 : 4;
    const delayMs = quick ? 100 : 2_000;
    for (const engine of engines) {
      const telegram = await startFakeTelegram();
      for (const person of people) telegram.people.add(person, `Сотрудник ${person}`);
      const model = await startOpenAi((request) => ({ text: answerTo(lastWords(request)), delayMs }));
      const environment = { OPENAI_API_KEY: "test-key", OPENAI_BASE_URL: model.url };
      const svyaz = await openSvyaz({ telegram, database: await engine.open(), people, environment });
      const bare = await openBare(await bareBot(telegram, model.url));
      const crowd = { telegram, people, questions };
      try {
        yield await compare({
          title: `chats, ${engine.name}: ${people.length} at once, the model takes ${delayMs / 1000} s`,
          note:
            `Every chat asks ${questions} questions, the next one when it has the answer; at best ${people.length / (delayMs / 1000)} answers a second. ` +
            "Each answer must be\nin its chat exactly once. Bare: grammY and createAgent without tools, which acknowledges after the answer.",
          contenders: [
            contender("bare", crowd, ({ update }) => bare.deliver(update)),
            contender("Svyaz", crowd, async ({ update, acknowledged }) => {
              const answered = svyaz.app.inbox.settled("telegram", String(update.update_id));
              await svyaz.deliver(update);
              acknowledged();
              await answered;
            }),
          ],
          against: ["bare"],
          rounds: quick ? 1 : 3,
          warmUp: 0,
        });
      } finally {
        await Promise.all([svyaz.close(), bare.close()]);
        await Promise.all([telegram.close(), model.close()]);
      }
    }
  },
};

let lastUpdate = 1_000;

interface Crowd {
  readonly telegram: FakeTelegram;
  readonly people: readonly number[];
  readonly questions: number;
}

interface Ask {
  readonly update: ReturnType<typeof textUpdate>;
  readonly acknowledged: () => void;
}

/** `ask` resolves once the answer is in the chat. */
function contender(name: string, { telegram, people, questions }: Crowd, ask: (ask: Ask) => Promise<void>): Contender {
  return {
    name,
    async round() {
      const acknowledges: number[] = [];
      const asked: { readonly person: number; readonly question: string }[] = [];
      const chat = async (person: number) => {
        for (let count = 0; count < questions; count += 1) {
          const id = ++lastUpdate;
          const question = `вопрос номер ${id}`;
          asked.push({ person, question });
          const began = performance.now();
          let waited: number | undefined;
          await ask({ update: textUpdate(id, person, question), acknowledged: () => (waited = performance.now() - began) });
          acknowledges.push(waited ?? performance.now() - began);
        }
      };
      const began = performance.now();
      await Promise.all(people.map(chat));
      const seconds = (performance.now() - began) / 1000;
      for (const { person, question } of asked) {
        const times = telegram.seen(person).filter(({ text }) => text === answerTo(question)).length;
        if (times !== 1) throw new Error(`${name}: "${question}" was answered ${times} times`);
      }
      return {
        "answers/s": asked.length / seconds,
        "acknowledge p50, ms": quantile(acknowledges, 0.5),
        "acknowledge p95, ms": quantile(acknowledges, 0.95),
      };
    },
  };
}

async function bareBot(telegram: FakeTelegram, baseUrl: string): Promise<Bot> {
  const model = await createModel({ apiKey: "test-key", baseUrl, model: "gpt-5-mini", timeoutMs: 60_000 });
  const agent = createAgent({ model, tools: [] });
  const bot = openBot(telegram);
  bot.on("message:text", async (context) => {
    const { messages } = await agent.invoke({ messages: [new HumanMessage(context.message.text)] });
    await context.reply(messages.at(-1)?.text ?? "");
  });
  return bot;
}

function answerTo(question: string): string {
  return `Ответ на ${question}.`;
}

function lastWords({ messages }: ChatRequest): string {
  return String(messages.findLast(({ role }) => role === "user")?.content);
}
