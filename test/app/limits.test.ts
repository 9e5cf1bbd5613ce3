import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as errorClasses from "../../src/domain/errors.js";
import { errorReport } from "../../src/text/texts.js";
import { type FakeOpenAi, startOpenAi } from "../fakes/openai.js";
import { openTestApp, type TestApp } from "../support/app.js";
import { quiet } from "../support/database.js";

/** What the admins would be told, as the log has it. */
const alertRows = async (app: TestApp) =>
  (await app.database.query<{ holder: string; alerted: boolean }>("select holder, alerted from usage_days order by holder")).rows;

describe("a person who has used up the day", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openTestApp({ SVYAZ_DAY_TURNS: "2", SVYAZ_DAY_CALLS: "1" });
  });
  afterAll(() => app.end());

  it("is told in one sentence when it goes on, in their language; others are answered", async () => {
    expect((await app.ask("найди Ромашку", { as: "anna" })).calls).toHaveLength(1);
    const second = await app.ask("найди Вектор", { as: "anna" });
    expect(second.calls).toEqual([]);
    expect(second.text).toMatch(/предел обращений исчерпан: продолжим после 21\.11\.2026, 00:00/);
    for (const [text, sentence] of [
      ["найди Ромашку", /^На сегодня предел обращений исчерпан: продолжим после 21\.11\.2026, 00:00[^.]*\.$/],
      ["find Romashka", /^Today's limit is used up: we can go on after 21 Nov 2026, 00:00[^.]*\.$/],
    ] as const) {
      const refused = await app.ask(text, { as: "anna" });
      expect(refused.calls).toEqual([]);
      expect(refused.text).toMatch(sentence);
    }
    expect((await app.ask("найди Ромашку", { as: "boris" })).calls).toHaveLength(1);
    expect((await alertRows(app)).find(({ holder }) => holder === "person:anna")?.alerted).toBe(true);
  });
});

describe("a model that goes round in circles", () => {
  let model: FakeOpenAi;
  let app: TestApp;
  beforeAll(async () => {
    model = await startOpenAi(() => ({ calls: [{ name: "find-client", args: { text: "Ромашка" } }] }));
    app = await openTestApp({ OPENAI_API_KEY: "test-key", OPENAI_BASE_URL: model.url });
  });
  afterAll(async () => {
    await app.end();
    await model.close();
  });

  it("is stopped within the turn's limits; the person gets a polite word and a number, the admins an alert", async () => {
    const told = vi.spyOn(quiet, "warn");
    const asked = await app.ask("найди Ромашку", { as: "anna" });
    const alerts = told.mock.calls.filter(([line]) => line.startsWith("alert:"));
    told.mockRestore();
    expect(alerts).toEqual([["alert: Языковая модель ходит по кругу: anna", expect.objectContaining({ key: "loop:anna" })]]);
    expect(JSON.stringify(alerts)).not.toContain("Ромашк");
    expect(asked.calls.length).toBeLessThanOrEqual(20);
    expect(model.requests.length).toBeLessThanOrEqual(12);
    expect(asked.text).toMatch(/слишком много шагов/);
    expect(asked.text).toMatch(/Номер запроса для администратора: m\d+\./);
  });
});

describe("an error as a person reads it", () => {
  const internals = "SELECT * FROM vault_secrets; password=hunter2 at Object.<anonymous> (/srv/svyaz/dist/x.js:1:2)";
  const classes = Object.values(errorClasses).filter(
    (one) => typeof one === "function" && one !== errorClasses.SvyazError,
  ) as unknown as (new (
    message: string,
    details: object,
  ) => errorClasses.SvyazError)[];
  const errors = classes.map(
    (Class) => new Class(internals, { system: "amocrm", operation: "crm.createDeal", cause: new Error(internals) }),
  );
  const unexpected = [new TypeError(internals), internals, undefined, { message: internals }];

  it.each(["ru", "en"] as const)("says what to do and a number, and nothing of the inside (%s)", (language) => {
    const sentences = Object.fromEntries(errors.map((error) => [error.code, errorReport(error, language, "m17")]));
    const internal = errorReport(unexpected[0], language, "m17");
    expect({ ...sentences, internal }).toMatchSnapshot();
    for (const [code, sentence] of Object.entries(sentences)) expect(sentence, `${code} has words of its own`).not.toBe(internal);
    for (const sentence of [...Object.values(sentences), ...unexpected.map((error) => errorReport(error, language, "m17"))]) {
      expect(sentence).toContain("m17");
      expect(sentence).not.toMatch(/SELECT|hunter2|\/srv|createDeal|Error|undefined|\[object/);
    }
  });
});
