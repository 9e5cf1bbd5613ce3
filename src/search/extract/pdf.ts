import { getDocumentProxy } from "unpdf";
import { cleanText, lettersIn } from "./clean.js";
import { readsLikeRussian } from "./decode.js";
import { type Block, bounds, type Reading, Unreadable } from "./result.js";

/** A page with fewer letters is a picture of a page. */
const fewestLetters = 20;

interface Line {
  text: string;
  /** Height of its letters and the height of its base line on the page, in points. */
  size: number;
  y: number;
}

/** PDF to blocks, page by page. Lines set larger than the body are headings; broken lines are put together again. */
export async function readPdf(bytes: Uint8Array): Promise<Reading> {
  const document = await open(bytes);
  try {
    const count = Math.min(document.numPages, bounds.pages);
    const lines: Line[][] = [];
    const without: number[] = [];
    let characters = 0;
    for (let number = 1; number <= count && characters < bounds.characters; number += 1) {
      const page = await document.getPage(number);
      const content = await page.getTextContent();
      const found = repaired(linesOf(content.items));
      page.cleanup();
      const text = found.map((line) => line.text).join("\n");
      characters += text.length;
      const broken = looksBroken(text);
      if (broken || lettersIn(text) < fewestLetters) without.push(number);
      lines.push(broken ? [] : found);
    }
    if (without.length === lines.length) throw new Unreadable("scan", `${lines.length} pages without a readable text layer`);
    const body = bodySize(lines);
    const blocks = lines.flatMap((page) => blocksOf(page, body));
    const warnings: string[] = [];
    if (without.length > 0) warnings.push(`pages-without-text: ${without.slice(0, 20).join(", ")}`);
    if (document.numPages > lines.length) warnings.push(`pages-cut: ${lines.length} of ${document.numPages}`);
    return {
      blocks,
      pages: lines.map((page) => cleanText(page.map((line) => line.text).join("\n"))),
      meta: await metaOf(document),
      warnings,
    };
  } finally {
    await document.loadingTask.destroy();
  }
}

type Document = Awaited<ReturnType<typeof getDocumentProxy>>;
type Items = Awaited<ReturnType<Awaited<ReturnType<Document["getPage"]>>["getTextContent"]>>["items"];

async function open(bytes: Uint8Array): Promise<Document> {
  try {
    return await getDocumentProxy(bytes, { isEvalSupported: false, verbosity: 0 });
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    throw new Unreadable(name === "PasswordException" ? "password" : "corrupt", name || "cannot be opened");
  }
}

async function metaOf(document: Document): Promise<Reading["meta"]> {
  const { info } = await document.getMetadata().catch(() => ({ info: {} }));
  const text = (key: string) => {
    const value: unknown = (info as Record<string, unknown>)[key];
    return typeof value === "string" && value.trim() !== "" ? cleanText(value) : undefined;
  };
  const title = text("Title");
  const author = text("Author");
  return { ...(title ? { title } : {}), ...(author ? { author } : {}) };
}

function linesOf(items: Items): Line[] {
  const lines: Line[] = [];
  let line: Line | undefined;
  for (const item of items) {
    if (!("str" in item)) continue;
    const y: unknown = item.transform[5];
    const base = typeof y === "number" ? y : 0;
    if (item.str !== "") {
      line ??= { text: "", size: 0, y: base };
      line.text += item.str;
      if (item.str.trim() !== "") line.size = Math.max(line.size, item.height);
    }
    if (item.hasEOL && line) {
      lines.push(line);
      line = undefined;
    }
  }
  if (line) lines.push(line);
  return lines.map((each) => ({ ...each, text: each.text.trim() })).filter((each) => each.text !== "");
}

/** Fonts without a Unicode table give "Ïðèìåð": bytes of windows-1251 taken for Latin letters. They are read again as what they are. */
function repaired(lines: Line[]): Line[] {
  const text = lines.map((line) => line.text).join("\n");
  if (!looksBroken(text)) return lines;
  const again = (broken: string) =>
    broken.replace(/[\u00a8\u00b8\u00c0-\u00ff]+/g, (run) => new TextDecoder("windows-1251").decode(Buffer.from(run, "latin1")));
  return readsLikeRussian(again(text)) > 0.2 ? lines.map((line) => ({ ...line, text: again(line.text) })) : lines;
}

/** More than three letters in ten are accented Latin or private: no language is written so. */
function looksBroken(text: string): boolean {
  const odd = text.match(/[\u00c0-\u00ff\ue000-\uf8ff]/g)?.length ?? 0;
  return odd > 0 && odd / Math.max(1, lettersIn(text) + (text.match(/[\ue000-\uf8ff]/g)?.length ?? 0)) > 0.3;
}

/** The size most letters of the document are set in. */
function bodySize(pages: readonly (readonly Line[])[]): number {
  const letters = new Map<number, number>();
  for (const line of pages.flat()) {
    const size = Math.round(line.size * 2) / 2;
    letters.set(size, (letters.get(size) ?? 0) + line.text.length);
  }
  let body = 0;
  let most = 0;
  for (const [size, count] of letters) if (count > most) [body, most] = [size, count];
  return body;
}

function blocksOf(lines: readonly Line[], body: number): Block[] {
  const blocks: Block[] = [];
  let text = "";
  let before: Line | undefined;
  const flush = () => {
    if (text) blocks.push({ kind: "paragraph", text });
    text = "";
  };
  for (const line of lines) {
    if (body > 0 && line.size >= body * 1.2 && line.text.length <= 150 && lettersIn(line.text) > 1) {
      flush();
      blocks.push({ kind: "heading", level: line.size >= body * 1.6 ? 1 : 2, text: line.text });
    } else if (text === "") text = line.text;
    else {
      const gap = before ? Math.abs(before.y - line.y) : 0;
      if (line.size > 0 && gap > line.size * 2) {
        flush();
        text = line.text;
      } else text = joined(text, line.text);
    }
    before = line;
  }
  flush();
  return blocks;
}

/** A line that ends in a hyphen or in the middle of a sentence goes on in the next one. */
function joined(text: string, next: string): string {
  if (!/^\p{Ll}/u.test(next)) return `${text}\n${next}`;
  if (/\p{L}[-\u00ad\u2010]$/u.test(text)) return text.slice(0, -1) + next;
  return /[\p{L}\p{N},;:»)]$/u.test(text) ? `${text} ${next}` : `${text}\n${next}`;
}
