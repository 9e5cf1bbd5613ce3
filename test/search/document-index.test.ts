import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DocumentIndex } from "../../src/domain/document-index.js";
import type { Entity } from "../../src/domain/entity.js";
import type { Audience, Person } from "../../src/domain/people.js";
import type { Database } from "../../src/platform/database.js";
import { createDocumentIndex } from "../../src/search/document-index.js";
import { createEmbedder } from "../../src/search/embed.js";
import { followIndex } from "../../src/search/follow.js";
import { applyChanges } from "../../src/sync/apply.js";
import { type FakeOpenAi, startOpenAi } from "../fakes/openai.js";
import { openTestDatabase, quiet } from "../support/database.js";

const now = new Date("2026-11-20T09:00:00Z");

function page(id: string, title: string, markdown: string, readers: Audience = "everyone"): Entity {
  return { ref: { system: "confluence", kind: "page", id }, title, readers, relations: [], fields: {}, content: { markdown } };
}

function person(...principals: string[]): Person {
  return { id: "p", name: "P", language: "ru", timeZone: "Europe/Moscow", roles: ["staff"], principals };
}

const readable = async () => [];
const ask = (text: string, who: Person, limit = 5) => ({ text, person: who, limit, readable });

async function fill(database: Database, index: DocumentIndex, entities: readonly Entity[]): Promise<void> {
  await database.transaction((tx) =>
    applyChanges(
      tx,
      entities.map((entity) => ({ kind: "upsert", entity })),
      now,
    ),
  );
  await followIndex({ database, index, read: async () => "", log: quiet, signal: new AbortController().signal });
}

describe("the document index", () => {
  let database: Database;
  let index: DocumentIndex;

  beforeAll(async () => {
    database = await openTestDatabase();
    index = createDocumentIndex({ database, log: quiet });
    await fill(database, index, [
      page("1", "Порядок возврата", "# Порядок возврата\n\nТовар надлежащего качества принимаем обратно в течение 14 дней."),
      page("2", "Командировки", "Суточные по России составляют 1200 рублей."),
      page("3", "Премии руководства", "Премия директора: секретный коэффициент 7.", [["confluence:group:board"]]),
      page("4", "Вложенная", "Секретный план отдела кадров.", [["confluence:group:hr"], ["confluence:group:board", "confluence:user:7"]]),
      page("5", "Спроси", "Тайный договор с поставщиком.", "ask"),
      page("6", "Никому", "Секретная страница без прав.", "nobody"),
      page("7", "Returns policy", "Customers may return goods within two weeks."),
    ]);
  });
  afterAll(() => database.close());

  it("finds by any word in any form, in both languages", async () => {
    expect((await index.search(ask("как оформить возвраты товаров", person())))[0]?.ref.id).toBe("1");
    expect((await index.search(ask("returning a good", person())))[0]?.ref.id).toBe("7");
  });

  it("forgives a slip of the finger", async () => {
    expect((await index.search(ask("камандировки", person())))[0]?.ref.id).toBe("2");
  });

  it("shows a page only to those whom every clause lets in", async () => {
    const found = async (...principals: string[]) =>
      (await index.search(ask("секретный", person(...principals)))).map(({ ref }) => ref.id).toSorted();
    expect(await found()).toEqual([]);
    expect(await found("confluence:group:board")).toEqual(["3"]);
    expect(await found("confluence:group:hr")).toEqual([]);
    expect(await found("confluence:group:hr", "confluence:user:7")).toEqual(["4"]);
    expect(await index.read({ system: "confluence", kind: "page", id: "3" }, person())).toBeUndefined();
  });

  it("asks the system about pages whose rights only it knows, and hides those it does not name", async () => {
    const query = { text: "тайный договор", person: person(), limit: 5 };
    expect(await index.search({ ...query, readable })).toEqual([]);
    expect((await index.search({ ...query, readable: async (refs) => refs })).map(({ ref }) => ref.id)).toEqual(["5"]);
  });

  it("a changed right acts at once and indexes nothing anew", async () => {
    const moved = page("2", "Командировки", "Суточные по России составляют 1200 рублей.", [["confluence:group:board"]]);
    await database.transaction((tx) => applyChanges(tx, [{ kind: "upsert", entity: moved }], now));
    expect(await index.search(ask("суточные", person()))).toEqual([]);
    expect((await index.search(ask("суточные", person("confluence:group:board"))))[0]?.ref.id).toBe("2");
    let indexed = 0;
    await followIndex({
      database,
      index,
      read: async () => "",
      log: quiet,
      signal: new AbortController().signal,
      onDone: (count) => (indexed = count),
    });
    expect(indexed).toBe(0);
  });

  it("forgets what was removed and replaces what was changed", async () => {
    await fill(database, index, [page("8", "Скидки", "Скидка до 5 процентов.")]);
    await fill(database, index, [page("8", "Скидки", "Уценка до 9 процентов.")]);
    expect((await index.search(ask("скидка процентов", person())))[0]?.text).toContain("9 процентов");
    await database.transaction((tx) => applyChanges(tx, [{ kind: "remove", ref: { system: "confluence", kind: "page", id: "8" } }], now));
    expect((await index.search(ask("уценка", person()))).map(({ ref }) => ref.id)).not.toContain("8");
  });

  it("answers nonsense with nothing", async () => {
    for (const text of ["", "и в на", "!!! ???", "' & | ! ( ) :* <->", "🙂🙂🙂", "a".repeat(5_000)])
      expect(await index.search(ask(text, person()))).toEqual([]);
  });

  it("takes quotes, backslashes and paths in a question as letters", async () => {
    const ugly = ["C:\\work\\возвраты", "d'Artagnan's возврат", "/etc/o'neil\\'x возврат", "https://example.com/a'b\\\\c возврат"];
    for (const text of ugly) expect((await index.search(ask(text, person())))[0]?.ref.id, text).toBe("1");
  });

  it("finds ё by е and е by ё", async () => {
    await fill(database, index, [page("10", "Приёмка", "Отсчёт начинается с приёмки."), page("11", "Отчет", "Отчет сдают весной.")]);
    expect((await index.search(ask("отсчет приемки", person())))[0]?.ref.id).toBe("10");
    expect((await index.search(ask("отчёт", person())))[0]?.ref.id).toBe("11");
  });

  it("shows nobody a foreign passage in 2,000 questions of two readers with disjoint pages", async () => {
    const words = ["насос", "кабель", "лампа", "склад", "отгрузка", "оплата"];
    await fill(
      database,
      index,
      Array.from({ length: 60 }, (_, at) =>
        page(`d${at}`, `Лист ${at}`, `${words[at % 6]} ${words[(at + 1) % 6]} номер ${at}`, [[at % 2 ? "g:odd" : "g:even"]]),
      ),
    );
    for (let round = 0; round < 1_000; round++) {
      const text = `${words[round % 6]} ${round}`;
      for (const [group, rest] of [
        ["g:odd", 1],
        ["g:even", 0],
      ] as const) {
        const found = await index.search(ask(text, person(group), 3));
        for (const { ref } of found) if (ref.id.startsWith("d")) expect(Number(ref.id.slice(1)) % 2).toBe(rest);
      }
    }
  });
});

describe("the index with an embedding endpoint", () => {
  let database: Database;
  let server: FakeOpenAi;
  let index: DocumentIndex;

  beforeAll(async () => {
    database = await openTestDatabase();
    server = await startOpenAi(() => ({ text: "" }));
    index = createDocumentIndex({
      database,
      embedder: createEmbedder({ apiKey: "test-key", baseUrl: server.url, model: "test-embedding" }),
      log: quiet,
    });
    await fill(database, index, [
      page("1", "Отдых сотрудников", "Каникулы длятся 28 дней."),
      page("2", "Склад", "Приёмка товара до 17 часов."),
      ...Array.from({ length: 300 }, (_, at) => page(`x${at}`, `Каникулы ${at}`, `Каникулы филиала ${at}.`, [["g:branch"]])),
    ]);
  });
  afterAll(async () => {
    await server.close();
    await database.close();
  });

  it("finds by meaning where no word is shared", async () => {
    const found = await index.search(ask("vacation", person()));
    expect(found[0]?.ref.id).toBe("1");
  });

  it("loses nothing when rights let only one of three hundred near passages through", async () => {
    expect((await index.search(ask("holiday leave", person(), 3))).map(({ ref }) => ref.id)).toContain("1");
  });

  it("builds the HNSW index when there are enough vectors, and still answers with narrow rights", async () => {
    const large = createDocumentIndex({
      database,
      embedder: createEmbedder({ apiKey: "test-key", baseUrl: server.url, model: "test-embedding" }),
      log: quiet,
      vectorIndexFrom: 200,
    });
    await fill(database, large, [page("9", "Обеды", "Столовая открыта с 12 до 15.")]);
    const { rows } = await database.query("select indexdef from pg_indexes where indexname = 'passages_meaning_256'");
    expect(rows[0]?.indexdef).toContain("hnsw");
    expect((await large.search(ask("столовая обеды", person())))[0]?.ref.id).toBe("9");
  });

  it("answers by words when the endpoint is down", async () => {
    const broken = createDocumentIndex({
      database,
      embedder: createEmbedder({ apiKey: "wrong", baseUrl: server.url, model: "test-embedding" }),
      log: quiet,
    });
    expect((await broken.search(ask("приёмка товара", person())))[0]?.ref.id).toBe("2");
  });
});
