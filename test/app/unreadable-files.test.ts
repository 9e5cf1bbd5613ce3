import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../src/cli/commands.js";
import { type LocalSandbox, startSandbox } from "../../src/sandbox/index.js";
import type { Attachment } from "../../src/sandbox/confluence/store.js";
import { docx, lockedPdf, paragraph, xlsx, zipOf } from "../search/made-files.js";
import { openTestApp, type TestApp } from "../support/app.js";

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const bomb = zipOf({
  ...unzipSync(xlsx([{ name: "Лист", rows: "" }])),
  "xl/worksheets/sheet1.xml": new Uint8Array(150 * 1024 * 1024).fill(32),
});
const good = docx(paragraph("Порядок выдачи спецодежды: ключ склада у кладовщика."));

/** Files that people hang on a page of Confluence, on their way through the connector into the index. */
describe("D2: a file that comes through a connector", () => {
  let app: TestApp;
  let sandbox: LocalSandbox;
  beforeAll(async () => {
    const start = async (options: Parameters<typeof startSandbox>[0]) => {
      sandbox = await startSandbox(options);
      return { ...sandbox, environment: { ...sandbox.environment, CONFLUENCE_SPACES: "HR" } };
    };
    app = await openTestApp({}, { startSandbox: start, sandboxPerSecond: 50 });
    const { store } = sandbox.servers.confluence;
    const pageId = [...store.pages.values()].find(({ spaceKey }) => spaceKey === "HR")?.id ?? "";
    for (const [at, [name, mediaType, bytes]] of (
      [
        ["Смета.xlsx", xlsxType, bomb],
        ["Пропуск.pdf", "application/pdf", lockedPdf()],
        ["Обрывок.docx", docxType, good.slice(0, good.length / 2)],
        ["Спецодежда.docx", docxType, good],
      ] as const
    ).entries()) {
      const content = Buffer.from(bytes).toString("base64");
      const thing = { id: `att99000${at}`, pageId, name, mediaType, content, version: 1, at: app.now().toISOString() };
      await store.put({ kind: "attachment", thing });
    }
    await app.sync.run("confluence");
    await app.follow({ systems: ["confluence"] });
  }, 60_000);
  afterAll(() => app.end());

  const marks = async () =>
    Object.fromEntries(
      (
        await app.database.query<{ title: string; index_error: string | null }>(
          "select title, index_error from system_integrations where external_id like 'att99000%' and indexed_digest = digest",
        )
      ).rows.map(({ title, index_error }) => [title, index_error]),
    );
  const status = async () => {
    const lines: string[] = [];
    const args = { system: "confluence", check: false, missing: false, json: false };
    await runCommand(app, "sync.status", args, (line) => "text" in line && lines.push(line.text), "tester");
    return lines.join("\n");
  };

  it("and is a bomb, locked or broken is marked with the reason and left out of the index, and stops no other", async () => {
    expect(await marks()).toEqual({
      "Смета.xlsx": "too_large",
      "Пропуск.pdf": "password",
      "Обрывок.docx": "corrupt",
      "Спецодежда.docx": null,
    });
    const { rows } = await app.database.query<{ title: string }>(
      "select distinct e.title from passages p join system_integrations e on e.id = p.entity where e.external_id like 'att99000%'",
    );
    expect(rows).toEqual([{ title: "Спецодежда.docx" }]);
  });

  it("and cannot be read is counted where an admin looks, and holds no index back", async () => {
    expect(await status()).toMatch(/файлов без читаемого текста 3/);
    expect(JSON.stringify((await app.ask("/status")).blocks)).toMatch(/файлов без читаемого текста: 3/);
    const own = (await app.status()).filter(({ system, kind }) => system === "confluence" && kind === "attachment");
    expect(own).toEqual([expect.objectContaining({ unreadable: 3 })]);
    expect(own[0]?.indexed).toBe(own[0]?.searchable);
  });

  it("and cannot be read is not fetched again until it changes, by a full pass either", async () => {
    const fetched = () => sandbox.servers.confluence.counters().requests;
    await app.sync.run("confluence", { full: true });
    const before = fetched();
    await app.follow({ systems: ["confluence"] });
    expect(fetched()).toBe(before);

    const { store } = sandbox.servers.confluence;
    const locked = store.attachments.get("att990001") as Attachment;
    const content = Buffer.from(good).toString("base64");
    await store.put({ kind: "attachment", thing: { ...locked, content, mediaType: docxType, version: 2 } });
    await app.sync.run("confluence", { full: true });
    await app.follow({ systems: ["confluence"] });
    expect(await marks()).toMatchObject({ "Пропуск.pdf": null, "Смета.xlsx": "too_large" });
    expect(await status()).toMatch(/файлов без читаемого текста 2/);
  }, 40_000);
});
