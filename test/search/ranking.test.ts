import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { storageToMarkdown } from "../../src/connectors/confluence/storage.js";
import type { DocumentIndex } from "../../src/domain/document-index.js";
import type { Person } from "../../src/domain/people.js";
import type { Database } from "../../src/platform/database.js";
import { createCompany } from "../../src/sandbox/company.js";
import { createLibrary } from "../../src/sandbox/library.js";
import { createDocumentIndex } from "../../src/search/document-index.js";
import { followIndex } from "../../src/search/follow.js";
import { applyChanges } from "../../src/sync/apply.js";
import { openTestDatabase, quiet } from "../support/database.js";
import { among, type LabelledQuestion, labelledQuestions, laterQuestions } from "./questions.js";

const reader: Person = {
  id: "p",
  name: "P",
  language: "ru",
  timeZone: "Europe/Moscow",
  roles: ["admin"],
  principals: [],
};
const shown = 5;

describe("documents found for questions as people ask them", () => {
  let database: Database;
  let index: DocumentIndex;

  beforeAll(async () => {
    const library = createLibrary(createCompany({ anchor: "2026-11-20" }));
    const archived = new Set(library.spaces.filter((space) => space.archived).map(({ key }) => key));
    database = await openTestDatabase();
    index = createDocumentIndex({ database, log: quiet });
    const now = new Date("2026-11-20T09:00:00Z");
    // Everybody reads everything here: the more pages compete, the harder it is.
    const entities = library.pages
      .filter(({ spaceKey }) => !archived.has(spaceKey))
      .map((page) => ({
        ref: { system: "confluence", kind: "page", id: page.key },
        title: page.title,
        readers: "everyone" as const,
        relations: [],
        fields: {},
        content: { markdown: storageToMarkdown(page.body) },
      }));
    await database.transaction((tx) =>
      applyChanges(
        tx,
        entities.map((entity) => ({ kind: "upsert" as const, entity })),
        now,
      ),
    );
    await followIndex({ database, index, read: async () => "", log: quiet, signal: new AbortController().signal });
  });
  afterAll(() => database.close());

  it.each([
    { set: "the questions it was tuned on", questions: labelledQuestions, first: 0.9, five: 0.96, noise: 0.16 },
    { set: "questions it had not seen", questions: laterQuestions, first: 0.8, five: 0.9, noise: 0.2 },
  ])("puts the right one first for most of $set, and little else beside it", async ({ questions, ...floors }) => {
    const figures = await measure(questions);

    expect(figures.first, figures.report).toBeGreaterThanOrEqual(floors.first);
    expect(figures.five, figures.report).toBeGreaterThanOrEqual(floors.five);
    expect(figures.noise, figures.report).toBeLessThanOrEqual(floors.noise);
  });

  it("does not bring every page that has a common word of the question", async () => {
    const found = await index.search({ text: "порядок возврата товара", person: reader, limit: shown, readable: async () => [] });
    expect(found.map(({ title }) => title)).toEqual(["Возврат и обмен товара"]);
  });

  /** Shares of the questions with a right page first and among the five shown; the share of pages shown that are noise. */
  async function measure(questions: readonly LabelledQuestion[]) {
    const answers = [];
    for (const question of questions) {
      const found = await index.search({ text: question.ask, person: reader, limit: shown, readable: async () => [] });
      const keys = [...new Set(found.map(({ ref }) => ref.id))];
      answers.push({ question, keys, noise: keys.filter((key) => !among(key, [...question.right, ...(question.near ?? [])])) });
    }
    const share = (count: number) => count / questions.length;
    return {
      first: share(answers.filter(({ question, keys }) => among(keys[0] ?? "", question.right)).length),
      five: share(answers.filter(({ question, keys }) => keys.some((key) => among(key, question.right))).length),
      noise: answers.flatMap(({ noise }) => noise).length / answers.flatMap(({ keys }) => keys).length,
      report: answers
        .filter(({ question, keys, noise }) => noise.length > 0 || !among(keys[0] ?? "", question.right))
        .map(({ question, keys }) => `${question.ask} → ${keys.join(", ")}`)
        .join("\n"),
    };
  }
});
