import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeOpenAi, type Say, startOpenAi } from "../fakes/openai.js";
import { openTestApp, type TestApp } from "../support/app.js";

describe("a model in trouble", () => {
  let model: FakeOpenAi;
  let app: TestApp;
  let say: (turn: number) => Say = () => ({ text: "" });
  beforeAll(async () => {
    model = await startOpenAi((request) =>
      say(
        request.messages.slice(request.messages.findLastIndex(({ role }) => role === "user")).filter(({ role }) => role === "assistant")
          .length,
      ),
    );
    app = await openTestApp({ OPENAI_API_KEY: "test-key", OPENAI_BASE_URL: model.url, SVYAZ_TURN_SECONDS: "8" });
  });
  afterAll(async () => {
    await app.end();
    await model.close();
  });

  it.each([
    ["is down", { status: 503 }],
    ["answers HTML", { status: 200, body: "<html>login</html>" }],
    ["cuts the connection", { cut: true }],
    ["does not know the key", { status: 401, body: "{}" }],
  ] as const)("that %s: the planner answers a read and says so", async (_what, trouble) => {
    say = () => trouble;
    const asked = await app.ask("найди Ромашку");
    expect(asked.calls).toEqual([expect.objectContaining({ name: "find-client", outcome: "succeeded" })]);
    expect(asked.text).toMatch(/модель сейчас не отвечает/);
  });

  it("that is down writes nothing, not even a card", async () => {
    say = () => ({ status: 503 });
    const asked = await app.ask("создай сделку с Ромашкой на 10 тысяч");
    expect(asked.approvals).toEqual([]);
    expect(asked.text).toMatch(/модель сейчас не отвечает/);
  });

  it("that dies after a call: the person gets what was found and is told what was not done", async () => {
    say = (turn) => (turn === 0 ? { calls: [{ name: "find-client", args: { text: "Ромашка" } }] } : { status: 503 });
    const asked = await app.ask("найди Ромашку");
    expect(asked.text).toMatch(/не отвечает.*find-client.*Ничего не записано/s);
    expect(asked.blocks.map(({ kind }) => kind)).toContain("table");
  });

  it("that hangs: the turn ends in time with a word", async () => {
    say = () => ({ hang: true });
    const started = performance.now();
    const asked = await app.ask("найди Ромашку");
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(asked.text.length).toBeGreaterThan(10);
  });

  it("that says nothing: the person is told", async () => {
    say = () => ({ text: "" });
    expect((await app.ask("привет")).text).toMatch(/пустой или негодный/);
  });

  it("that calls with broken arguments gets them back, and the person an answer", async () => {
    say = (turn) => (turn === 0 ? { calls: [{ name: "find-client", args: {}, rawArguments: "{" }] } : { text: "Не вышло, уточните." });
    expect((await app.ask("найди")).text.length).toBeGreaterThan(5);
  });
});
