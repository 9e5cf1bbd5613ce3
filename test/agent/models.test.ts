import { createModel } from "../../src/agent/model.js";
import { createPlanner } from "../../src/agent/planner/index.js";
import { describeModel } from "../contract/model.js";
import { startOpenAi } from "../fakes/openai.js";

describeModel("the offline planner", async () => ({
  model: createPlanner({ now: () => new Date("2026-11-20T09:00:00.000Z"), timeZone: "Europe/Moscow", language: "ru" }),
  close: async () => {},
}));

describeModel("an OpenAI-compatible server", async () => {
  const server = await startOpenAi(({ messages, tools }) => {
    const facts = messages.findLast(({ role }) => role === "tool")?.content;
    if (facts) return { text: (JSON.parse(typeof facts === "string" ? facts : "") as { facts: string }).facts };
    return tools ? { calls: [{ name: "find-client", args: { text: "Ромашка" } }] } : { text: "Здравствуйте" };
  });
  const model = await createModel({ apiKey: "test-key", baseUrl: server.url, model: "test-model", timeoutMs: 5_000 });
  return { model, close: () => server.close() };
});
