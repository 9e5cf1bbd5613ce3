import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { SystemUnavailable } from "../../src/domain/errors.js";
import { createSecret } from "../../src/guard/secret.js";
import { createLog, hideSecret, redact, redactText } from "../../src/platform/log.js";

function capture(style: "json" | "plain", level: "debug" | "info" = "debug") {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const log = createLog({ level, style, stream });
  return { log, lines, all: () => lines.join("") };
}

describe("the log", () => {
  it("writes one JSON object a line, with the moment, the level and the details", () => {
    const { log, lines } = capture("json");
    log.with({ system: "amocrm" }).warn("first\nsecond", { level: "mine", count: 3 });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith("\n")).toBe(true);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "warn",
      level_: "mine",
      message: "first\nsecond",
      system: "amocrm",
      count: 3,
    });
  });

  it("leaves out what is below its level", () => {
    const { log, lines } = capture("json", "info");
    log.debug("too small");
    expect(lines).toEqual([]);
  });

  it("writes plain lines for eyes, where no text can move the cursor or fake a line", () => {
    const { log, all } = capture("plain");
    log.info("hello\n12:00:00 info forged \u001b[2J", { name: "Ромашка", error: new Error("broken") });
    expect(all()).toContain("Ромашка");
    expect(all()).toContain("error=Error: broken");
    expect(all()).not.toContain("\u001b");
    expect(all().split("\n")[0]).toContain("\\u000a12:00:00 info forged");
  });

  it("survives anything it is given", () => {
    const { log, lines } = capture("json");
    const circular: Record<string, unknown> = {
      big: 1n,
      date: new Date("nonsense"),
      nothing: null,
      list: new Set([1]),
      at: new Map([["a", 1]]),
    };
    circular["self"] = circular;
    const hostile = {
      get broken() {
        throw new Error("from a getter");
      },
    };
    log.info("circular", circular);
    log.info("hostile", { hostile });
    log.info("long", { text: "x".repeat(1_000_000), list: Array.from({ length: 10_000 }, (_, index) => index) });
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ big: "1", self: { self: "[circular]" }, list: [1], at_: { a: 1 } });
    expect(lines[1]).toContain("could not be logged");
    expect(lines[2]?.length).toBeLessThan(20_000);
  });
});

describe("a secret", () => {
  const canary = "c4n4ry/S3cret+value=";
  hideSecret(canary);

  it("is hidden by its value: alone, inside text, encoded, as a key, in errors and their causes", () => {
    const { log, all } = capture("json");
    const deep = new Error(`outer ${canary}`, { cause: new Error(canary, { cause: canary }) });
    log.info(`it is ${canary}!`, {
      plain: canary,
      [canary]: 1,
      list: [{ deep: canary }],
      address: new URL(`https://example.com/${encodeURIComponent(canary)}`),
      encoded: Buffer.from(canary).toString("base64"),
      json: JSON.stringify({ canary }),
      deep,
      several: new AggregateError([new Error(canary)], canary),
      bytes: Buffer.from(canary),
    });
    for (const form of [canary, encodeURIComponent(canary), Buffer.from(canary).toString("base64"), "c4n4ry"])
      expect(all()).not.toContain(form);
  });

  it("is hidden by the name of its key, in any spelling", () => {
    const names = [
      "token",
      "accessToken",
      "access_token",
      "PASSWORD",
      "client-secret",
      "X-Api-Key",
      "apiKey",
      "Authorization",
      "Set-Cookie",
      "cookie",
      "privateKey",
      "SLACK_BOT_TOKEN",
    ];
    const hidden = redact({ headers: Object.fromEntries(names.map((name) => [name, "canary"])), password: 12_345, secrets: 1 });
    expect(JSON.stringify(hidden)).not.toContain("canary");
    expect(JSON.stringify(hidden)).not.toContain("12345");
  });

  it("does not take harmless neighbours with it", () => {
    const harmless = {
      tokens: 1200,
      key: "sync:amocrm",
      title: "Секреты продаж",
      author: "Anna",
      keyword: "x",
      state: "won",
      hasToken: true,
      tokenless: "a",
    };
    expect(redact(harmless)).toEqual(harmless);
    expect(redactText("call +7 900 000-00-01 at 12:30, deal 1024: 500 000 ₽, a=b, code=200")).toBe(
      "call +7 900 000-00-01 at 12:30, deal 1024: 500 000 ₽, a=b, code=200",
    );
  });

  it.each([
    ["https://api.telegram.org/bot123456:AAcanary-canary_canary/sendMessage", "https://api.telegram.org/bot[secret]/sendMessage"],
    ["GET /x?access_token=canary&page=2", "GET /x?access_token=[secret]&page=2"],
    ["/oauth/amocrm?code=canary&state=canary&referer=example.com", "/oauth/amocrm?code=[secret]&state=[secret]&referer=example.com"],
    ["postgresql://svyaz:canary@localhost/svyaz", "postgresql://svyaz:[secret]@localhost/svyaz"],
    ["Authorization: Bearer canary.canary", "Authorization: Bearer [secret]"],
    ['{"refresh_token":"can\\"ary","id":1}', '{"refresh_token":"[secret]","id":1}'],
    ["token xoxb-1234-canary is wrong", "token [secret] is wrong"],
    ["eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOjF9.canary", "[secret]"],
    ["-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----", "[secret]"],
  ])("is hidden by its looks: %s", (text, safe) => {
    expect(redactText(text)).toBe(safe);
  });

  it("does not travel on the errors of HTTP clients: their headers, bodies and options are dropped", () => {
    const error = Object.assign(new SystemUnavailable("amocrm: 503", { system: "amocrm", operation: "GET /leads" }), {
      request: { headers: { "x-custom": "canary" } },
      response: { body: "canary" },
      config: { auth: "canary" },
      status: 503,
    });
    const shown = redact(error);
    expect(shown).toMatchObject({ name: "SystemUnavailable", code: "system-unavailable", system: "amocrm", status: 503 });
    expect(JSON.stringify(shown)).not.toContain("canary");
  });

  it("on the edge of a text that is too long to show is hidden whole, and quickly", () => {
    const started = performance.now();
    for (const at of [7_980, 7_990, 7_999, 15_990]) {
      const shown = redactText(`${"a.".repeat(at / 2)}${canary}${"b".repeat(1_000_000)}`);
      expect(shown).not.toMatch(/c4n/);
    }
    expect(performance.now() - started).toBeLessThan(500);
  });

  it("from the vault prints as [secret]", () => {
    expect(redact({ value: createSecret("canary") })).toEqual({ value: "[secret]" });
  });
});
