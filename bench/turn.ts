import { readFileSync } from "node:fs";
import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { createAgent, tool } from "langchain";
import { z } from "zod";
import { createModel } from "../src/agent/model.js";
import type { AgentTool, ReadTool } from "../src/domain/tool.js";
import * as toolFiles from "../src/tools/index.js";
import { type ChatRequest, type FakeOpenAi, type Say, startOpenAi } from "../test/fakes/openai.js";
import { openTestApp, type TestApp } from "../test/support/app.js";
import type { Engine } from "./engines.js";
import { compare, type Contender, median } from "./measure.js";
import type { Section } from "./section.js";

const card = {
  name: "opening-hours",
  description: "Tells when the office is open on a day of the week. Use it for «во сколько открываетесь», 'opening hours'.",
  input: z.strictObject({ day: z.string().describe("Day of the week, as the person said it") }),
};
const hours = (day: string) => `День: ${day}. Офис открыт с 9:00 до 18:00, обед с 13:00 до 14:00, приём документов до 17:30.`;
const openingHours: ReadTool<z.infer<typeof card.input>> = {
  ...card,
  kind: "read",
  run: async ({ day }) => ({ forModel: hours(day) }),
};
const lastTurn = 200;

/** A turn with one call of a tool that answers at once, in a new conversation and in a long one. */
export const turn: Section = {
  name: "turn",
  about: `a one-tool turn at turn 1 and at turn ${lastTurn}: milliseconds and prompt tokens, against bare createAgent`,

  async *run({ quick, engines }) {
    for (const engine of engines) {
      const model = await startOpenAi(play);
      const bare = await openBareAgent(model);
      const alike = await openSvyaz(engine, model, [openingHours]);
      const whole = await openSvyaz(engine, model, [...Object.values(toolFiles), openingHours] as readonly AgentTool[]);
      try {
        const rounds = quick ? 1 : 5;
        const contenders = { bare, "Svyaz, the same tool": alike, [`Svyaz, all ${Object.keys(toolFiles).length} tools`]: whole };
        for (const at of [1, quick ? 5 : lastTurn]) {
          const samples = quick ? 2 : 20;
          const asks = await Promise.all(
            Object.entries(contenders).map(async ([name, agent]) => ({ name, ask: await agent.converse(at) })),
          );
          yield await compare({
            title: `turn, ${engine.name}: turn ${at} of a conversation`,
            note:
              `Two model calls and one tool call a turn, the model answers at once; ${samples} turns a round. Bare: createAgent, the whole history, nothing\n` +
              "kept. Svyaz: from the terminal's message to the stored answer, with its prompt, audit, history and window. Tokens: a quarter of the characters.",
            contenders: asks.map(({ name, ask }) => contender(name, model, ask, samples)),
            against: ["bare"],
            rounds,
          });
        }
      } finally {
        await Promise.all([alike.close(), whole.close()]);
        await model.close();
      }
    }
  },
};

/** A question asked at some place of a conversation; resolves once it is answered. */
type Ask = () => Promise<void>;

interface Agent {
  /** A conversation that has come to just before this turn; at turn 1 each question begins a new one. */
  converse(turn: number): Promise<Ask>;
  close(): Promise<void>;
}

function contender(name: string, model: FakeOpenAi, ask: Ask, samples: number): Contender {
  return {
    name,
    async round() {
      const milliseconds: number[] = [];
      model.bodies.length = 0;
      for (let count = 0; count < samples; count += 1) {
        const began = performance.now();
        await ask();
        milliseconds.push(performance.now() - began);
      }
      if (model.bodies.length !== samples * 2) throw new Error(`${name}: ${model.bodies.length} model calls in ${samples} turns`);
      const characters = model.bodies.reduce((sum, { length }) => sum + length, 0);
      return { "median, ms": median(milliseconds), "prompt tokens": Math.round(characters / 4 / samples) };
    },
  };
}

let asked = 0;
const question = () => `Во сколько вы открываетесь в понедельник? Это вопрос ${++asked}.`;

/** The model: the tool first, then a sentence of what it said. */
function play({ messages }: ChatRequest): Say {
  const since = messages.slice(messages.findLastIndex(({ role }) => role === "user"));
  if (since.some(({ role }) => role === "tool"))
    return { text: "В понедельник офис открыт с девяти утра до шести вечера, с перерывом на обед." };
  return { calls: [{ name: card.name, args: { day: "понедельник" } }] };
}

async function openBareAgent({ url }: FakeOpenAi): Promise<Agent> {
  const agent = createAgent({
    model: await createModel({ apiKey: "test-key", baseUrl: url, model: "gpt-5-mini", timeoutMs: 60_000 }),
    systemPrompt: readFileSync(new URL("../prompts/agent.md", import.meta.url), "utf8"),
    tools: [tool((input) => hours(card.input.parse(input).day), { name: card.name, description: card.description, schema: card.input })],
  });
  const next = async (history: readonly BaseMessage[]) =>
    (await agent.invoke({ messages: [...history, new HumanMessage(question())] })).messages;
  return {
    async converse(at) {
      let history: readonly BaseMessage[] = [];
      for (let count = 1; count < at; count += 1) history = await next(history);
      return async () => void (await next(history));
    },
    close: async () => {},
  };
}

async function openSvyaz(engine: Engine, { url }: FakeOpenAi, tools: readonly AgentTool[]): Promise<Agent> {
  const app: TestApp = await openTestApp(
    { SVYAZ_SANDBOX: "false", OPENAI_API_KEY: "test-key", OPENAI_BASE_URL: url },
    { database: await engine.open(), tools },
  );
  await app.people.add({ id: "anna", name: "Анна", roles: ["sales"] });
  const say = async (chat: string) => {
    const event = await app.terminal.say({ chat, person: "anna", text: question(), now: new Date() });
    await app.inbox.settled("terminal", event);
  };
  return {
    async converse(at) {
      if (at === 1) return () => say(`chat-${asked}`);
      for (let count = 1; count < at; count += 1) await say("long");
      return () => say("long");
    },
    close: () => app.end(),
  };
}
