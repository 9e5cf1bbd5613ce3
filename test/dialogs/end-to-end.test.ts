import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApp, type TestApp } from "../support/app.js";
import * as business from "./corpus/business.js";
import * as crm from "./corpus/crm.js";
import type { Dialogue } from "./corpus/format.js";

/** Every one of the corpus with a single message; a spread of them is asked of the whole product; invented ids are left out. */
const single = [...Object.values(business), ...Object.values(crm)]
  .flat()
  .filter((one): one is Dialogue => "steps" in one && one.steps.length === 1);
const asked = 40;
const real = single.filter(({ steps }) => !/[a-z]+:[a-z]+:\d/.test(steps[0]!.say));
const spread = real.filter((_, at) => at % Math.ceil(real.length / asked) === 0);

describe("requests of the corpus, asked of the whole product", () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openTestApp();
  });
  afterAll(() => app.end());

  it.each(spread.map(({ steps, language }) => [steps[0]!.say, language, (steps[0]!.calls ?? []).map(({ tool }) => tool)] as const))(
    "«%s»",
    async (say, _language, tools) => {
      const { calls, blocks, code } = await app.ask(say);
      expect(code).toBe(0);
      expect(blocks.length).toBeGreaterThan(0);
      expect(calls.map(({ name }) => name)).toEqual(tools);
      expect(calls.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    },
  );
});
