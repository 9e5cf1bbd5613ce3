import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { walkFiles } from "../../src/search/files.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "svyaz-files-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function walked(options?: { readonly maxBytes?: number }) {
  const found: string[] = [];
  for await (const file of walkFiles(folder, options))
    found.push(file.kind === "file" ? `${file.name} ${file.bytes}` : `${file.name} ${file.reason}`);
  return found;
}

describe("a folder of files", () => {
  it("is walked in the order of names, with sizes and with reasons for what is passed by", async () => {
    mkdirSync(join(folder, "договоры", ".git"), { recursive: true });
    mkdirSync(join(folder, "node_modules"));
    writeFileSync(join(folder, "договоры", "Аренда.docx"), "1234");
    writeFileSync(join(folder, "договоры", "~$Аренда.docx"), "1");
    writeFileSync(join(folder, "a.PDF"), "%PDF");
    writeFileSync(join(folder, "b.exe"), "MZ");
    writeFileSync(join(folder, "c.txt"), "");
    writeFileSync(join(folder, "README"), "text");
    writeFileSync(join(folder, "d.txt"), "x");
    truncateSync(join(folder, "d.txt"), 1_000);
    symlinkSync("/etc", join(folder, "e"));
    expect(await walked({ maxBytes: 999 })).toEqual([
      "README 4",
      "a.PDF 4",
      "b.exe unsupported",
      "c.txt empty",
      "d.txt too-large",
      "e link",
      "node_modules hidden",
      "договоры/.git hidden",
      "договоры/~$Аренда.docx hidden",
      "договоры/Аренда.docx 4",
    ]);
  });

  it("that is not there is an error", async () => {
    await expect(walkFiles(join(folder, "нет")).next()).rejects.toMatchObject({ code: "ENOENT" });
  });
});
