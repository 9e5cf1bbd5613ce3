import { gzipSync, unzipSync, zlibSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { closeExtraction, extractText } from "../../src/search/extract.js";
import { docx, paragraph, xlsx, zipOf } from "./made-files.js";

afterAll(closeExtraction);

const utf8 = (text: string) => new TextEncoder().encode(text);
const megabytes = (count: number) => new Uint8Array(count * 1024 * 1024).fill(32);
const laughs = `<!DOCTYPE x [<!ENTITY a "ха">${Array.from({ length: 9 }, (_, at) => `<!ENTITY ${String.fromCharCode(98 + at)} "${`&${String.fromCharCode(97 + at)};`.repeat(10)}">`).join("")}]>`;
const thief = `<!DOCTYPE x [<!ENTITY t SYSTEM "file:///etc/passwd">]>`;
const head = '<?xml version="1.0"?>';
const sheet = (doctype: string, entity: string) =>
  `${head}${doctype}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>${entity}</t></is></c></row></sheetData></worksheet>`;
/** A good workbook with some parts replaced. */
const asXlsx = (parts: Record<string, string | Uint8Array>) => zipOf({ ...unzipSync(xlsx([{ name: "Лист", rows: "" }])), ...parts });

/** One page's worth of objects, so many times, with its content deflated. */
function pdfOf(pages: number, content: Uint8Array): Uint8Array {
  const stream = zlibSync(content, { level: 9 });
  const kids = Array.from({ length: pages }, (_, at) => `${at + 4} 0 R`).join(" ");
  const chunks: Uint8Array[] = [
    utf8(`%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count ${pages}/Kids[${kids}]>>endobj\n`),
  ];
  chunks.push(utf8(`3 0 obj<</Filter/FlateDecode/Length ${stream.length}>>stream\n`), stream, utf8("\nendstream endobj\n"));
  for (let at = 0; at < pages; at++)
    chunks.push(utf8(`${at + 4} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 3 0 R>>endobj\n`));
  chunks.push(utf8("trailer<</Root 1 0 R>>\n%%EOF"));
  return Buffer.concat(chunks);
}

/** A picture that says it is 60,000 points wide and high, and whose data is a megabyte of nothing. */
function hugePng(): Uint8Array {
  const header = Buffer.alloc(33);
  header.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  header.writeUInt32BE(60_000, 16);
  header.writeUInt32BE(60_000, 20);
  header.set([8, 2], 24);
  return Buffer.concat([header, Buffer.alloc(1024 * 1024)]);
}

function nested(depth: number): Uint8Array {
  let inner = docx(paragraph("дно"));
  for (let at = 0; at < depth; at++)
    inner = zipOf({ "inner.docx": inner, "[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>" });
  return inner;
}

const letterIn = (inner: string, depth: number): string =>
  depth === 0 ? inner : `Subject: ${depth}\r\nMIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n\r\n${letterIn(inner, depth - 1)}`;

const unreadable = ["too_large", "corrupt", "unsupported", "scan", "timeout", "empty"];

/** What each bomb is, and a word that would mean it went off. */
const bombs: readonly (readonly [what: string, make: () => { bytes: Uint8Array; fileName?: string }, statuses: readonly string[]])[] = [
  [
    "an XLSX whose sheet inflates to 150 megabytes",
    () => ({ bytes: asXlsx({ "xl/worksheets/sheet1.xml": megabytes(150) }) }),
    ["too_large"],
  ],
  [
    "a PPTX with ninety slides of two megabytes of spaces",
    () => ({
      bytes: zipOf({
        "[Content_Types].xml": "<Types/>",
        "ppt/presentation.xml": "<p/>",
        ...Object.fromEntries(Array.from({ length: 90 }, (_, at) => [`ppt/slides/slide${at}.xml`, megabytes(2)])),
      }),
    }),
    ["too_large"],
  ],
  ["a DOCX in a DOCX, a hundred deep", () => ({ bytes: nested(100), fileName: "a.docx" }), unreadable],
  ["a ZIP of ZIPs", () => ({ bytes: zipOf({ "1.zip": zipOf({ "2.zip": zipOf({ "3.txt": megabytes(20) }) }) }) }), ["unsupported"]],
  ["a gzip of 200 megabytes", () => ({ bytes: gzipSync(megabytes(200), { level: 9 }), fileName: "a.docx" }), unreadable],
  [
    "an XLSX of a billion laughs",
    () => ({
      bytes: asXlsx({ "xl/worksheets/sheet1.xml": sheet(laughs, "&j;"), "xl/sharedStrings.xml": `${head}${laughs}<sst>&j;</sst>` }),
    }),
    unreadable,
  ],
  [
    "an XLSX that asks for a file of the machine",
    () => ({ bytes: asXlsx({ "xl/worksheets/sheet1.xml": sheet(thief, "&t;") }) }),
    unreadable,
  ],
  [
    "a DOCX whose styles ask for a file of the machine",
    () => ({ bytes: docx(paragraph("&t;"), { "word/styles.xml": `${head}${thief}<w:styles>&t;</w:styles>` }) }),
    unreadable,
  ],
  ["a DOCX that lies ten thousand levels deep", () => ({ bytes: docx("<w:p>".repeat(10_000) + "</w:p>".repeat(10_000)) }), unreadable],
  ["a picture of 60,000 by 60,000 points", () => ({ bytes: hugePng(), fileName: "plan.png" }), ["scan"]],
  ["a PDF whose one page inflates to 300 megabytes", () => ({ bytes: pdfOf(1, megabytes(300)) }), unreadable],
  ["a file of 51 megabytes", () => ({ bytes: megabytes(51), fileName: "a.txt" }), ["too_large"]],
  [
    "a letter in letters, fifty deep",
    () => ({ bytes: utf8(letterIn("Subject: x\r\n\r\ntext", 50)), fileName: "a.eml" }),
    [...unreadable, "ok"],
  ],
  [
    "names that climb out or hide a device",
    () => ({ bytes: zipOf({ "..\\..\\windows\\win.ini": "x", "/etc/passwd": "x", "word/document.xml": "x" }) }),
    unreadable,
  ],
];

describe("a bomb", () => {
  it.each(bombs)("%s costs little, says nothing of the machine, and the next file is read", async (_what, make, statuses) => {
    const { bytes, fileName } = make();
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const read = await extractText({ bytes, fileName }, { timeoutMs: 10_000 });
    expect(statuses).toContain(read.status);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    expect(read.text).not.toMatch(/root:|\[fonts\]/);
    expect(read.text.length).toBeLessThan(2_100_000);
    expect(await extractText({ bytes: utf8("дальше"), fileName: "b.txt" })).toMatchObject({ status: "ok", text: "дальше" });
  });

  it("of ten thousand pages is read as far as a book goes, and says that it was cut", async () => {
    const read = await extractText({ bytes: pdfOf(10_000, utf8("BT ET")) }, { timeoutMs: 20_000 });
    expect(["scan", "empty", "timeout", "too_large"]).toContain(read.status);
    expect(read.pages?.length ?? 0).toBeLessThanOrEqual(500);
    expect(await extractText({ bytes: utf8("дальше"), fileName: "b.txt" })).toMatchObject({ status: "ok" });
  });

  it("among good files stops nobody: each is answered in its turn", async () => {
    const good = (at: number) => extractText({ bytes: utf8(`файл ${at}`), fileName: "a.txt" });
    const [first, bad, second, sheets] = await Promise.all([
      good(1),
      extractText({ bytes: asXlsx({ "xl/worksheets/sheet1.xml": megabytes(150) }) }),
      good(2),
      extractText({ bytes: xlsx([{ name: "Лист", rows: '<row r="1"><c r="A1"><v>7</v></c></row>' }]) }),
    ]);
    expect([first.text, bad.status, second.text, sheets.status]).toEqual(["файл 1", "too_large", "файл 2", "ok"]);
  });
});
