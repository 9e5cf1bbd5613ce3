import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fixAnchor, openJournal, resetSandbox } from "../../src/sandbox/journal.js";

const folder = () => mkdtempSync(join(tmpdir(), "svyaz-journal-"));

describe("the sandbox's journal", () => {
  it("gives back in order what earlier runs wrote", async () => {
    const dir = folder();
    const first = await openJournal<number>(dir, "amocrm");
    await Promise.all([1, 2, 3].map((entry) => first.append(entry)));
    await first.close();
    const second = await openJournal<number>(dir, "amocrm");
    await second.append(4);
    await second.close();
    const third = await openJournal<number>(dir, "amocrm");
    expect([first.replayed, second.replayed, third.replayed]).toEqual([[], [1, 2, 3], [1, 2, 3, 4]]);
    await third.close();
  });

  it("has the entry on the disk before append resolves", async () => {
    const dir = folder();
    const journal = await openJournal<object>(dir, "amocrm");
    await journal.append({ text: "строка\nс переносом" });
    expect(readFileSync(join(dir, "amocrm.jsonl"), "utf8")).toBe('{"text":"строка\\nс переносом"}\n');
    await journal.close();
  });

  it("drops a last line that a crash tore, and goes on writing after the whole ones", async () => {
    const dir = folder();
    writeFileSync(join(dir, "amocrm.jsonl"), '{"n":1}\n{"n":2}\n{"n":');
    const journal = await openJournal<{ n: number }>(dir, "amocrm");
    expect(journal.replayed).toEqual([{ n: 1 }, { n: 2 }]);
    await journal.append({ n: 3 });
    await journal.close();
    expect(readFileSync(join(dir, "amocrm.jsonl"), "utf8")).toBe('{"n":1}\n{"n":2}\n{"n":3}\n');
  });

  it("refuses to start on a line broken in the middle, naming it", async () => {
    const dir = folder();
    writeFileSync(join(dir, "amocrm.jsonl"), '{"n":1}\nbroken\n{"n":3}\n');
    await expect(openJournal(dir, "amocrm")).rejects.toThrow(/line 2 of .*amocrm\.jsonl/);
  });

  it("keeps nothing without a folder", async () => {
    const journal = await openJournal<number>(undefined, "amocrm");
    await journal.append(1);
    expect(journal.replayed).toEqual([]);
    await journal.close();
  });

  it("fixes seed and anchor by the first start, and forgets all on reset but what is not its own", async () => {
    const dir = folder();
    expect(fixAnchor(dir, { seed: "svyaz", anchor: "2026-11-20" })).toEqual({ seed: "svyaz", anchor: "2026-11-20" });
    expect(fixAnchor(dir, { seed: "other", anchor: "2027-01-01" })).toEqual({ seed: "svyaz", anchor: "2026-11-20" });
    await (await openJournal(dir, "amocrm")).close();
    appendFileSync(join(dir, "notes.txt"), "mine");
    resetSandbox(dir);
    expect(readdirSync(dir)).toEqual(["notes.txt"]);
    expect(fixAnchor(dir, { seed: "other", anchor: "2027-01-01" }).anchor).toBe("2027-01-01");
    resetSandbox(join(dir, "missing"));
  });
});
