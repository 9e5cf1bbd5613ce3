/** A piece of a document as it is indexed and quoted. */
export interface DocumentPassage {
  /** Headings above it, outermost first, without the document's title. */
  readonly headings: readonly string[];
  readonly text: string;
  /** 0 for the first of the document. */
  readonly position: number;
}

export interface PassageOptions {
  /** The document's title: a first heading that only repeats it is left out. */
  readonly title: string;
  /** 1 400 unless said. Only a single word longer than this is ever cut. */
  readonly maxChars?: number;
  /** How much of the end of a piece is repeated at the start of the next when a long paragraph is cut; 120 unless said. */
  readonly overlap?: number;
}

interface Part {
  readonly kind: "heading" | "prose" | "list" | "table" | "code";
  readonly text: string;
  readonly level: number;
}

/**
 * Cuts Markdown into passages of about 900–1 400 characters along headings. Small sections share a passage, their headings
 * within the text; a table that is cut repeats its header row, code is cut between lines, prose between sentences.
 */
export function cutPassages(markdown: string, { title, maxChars = 1_400, overlap = 120 }: PassageOptions): readonly DocumentPassage[] {
  // A heading starts a new passage once this much is gathered.
  const enough = Math.round(maxChars * 0.4);
  const passages: DocumentPassage[] = [];
  let path: Heading[] = [];
  /** Headings met since the last text. */
  let waiting: Heading[] = [];
  let gathered: Gathered | undefined;
  const flush = () => {
    if (gathered) {
      const headings = gathered.path.map((heading) => heading.text);
      passages.push({ headings, text: gathered.parts.join("\n\n"), position: passages.length });
    }
    gathered = undefined;
  };

  for (const [index, part] of partsOf(markdown).entries()) {
    if (part.kind === "heading") {
      if (index === 0 && sameWords(part.text, title)) continue;
      if (gathered && gathered.length >= enough) flush();
      path = [...path.filter(({ level }) => level < part.level), part];
      waiting.push(part);
      continue;
    }
    for (const piece of piecesOf(part, maxChars, overlap)) {
      const length = piece.length + 2 + waiting.map(printed).join("\n\n").length;
      if (gathered && gathered.length + length > maxChars) flush();
      if (gathered && waiting.length > 0) gathered = widened(gathered, path, waiting);
      // A heading whose section is empty is above nothing: it stays as text.
      gathered ??= { path, parts: waiting.filter((heading) => !path.includes(heading)).map(printed), length: 0 };
      gathered.parts.push(piece);
      gathered.length += length;
      waiting = [];
    }
  }
  if (waiting.length > 0) {
    gathered ??= { path: [], parts: [], length: 0 };
    gathered.parts.push(...waiting.map(printed));
  }
  flush();
  return passages;
}

interface Heading {
  readonly level: number;
  readonly text: string;
}

interface Gathered {
  readonly path: readonly Heading[];
  readonly parts: string[];
  length: number;
}

/** A passage that takes in another section stands under what both have in common; their own headings move into the text. */
function widened(gathered: Gathered, path: readonly Heading[], waiting: readonly Heading[]): Gathered {
  let common = 0;
  while (common < gathered.path.length && gathered.path[common] === path[common]) common += 1;
  const own = gathered.path.slice(common).map(printed);
  return { path: gathered.path.slice(0, common), parts: [...own, ...gathered.parts, ...waiting.map(printed)], length: gathered.length };
}

function printed({ level, text }: Heading): string {
  return `${"#".repeat(level)} ${text}`;
}

function sameWords(one: string, other: string): boolean {
  const words = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
  return words(one) === words(other);
}

function partsOf(markdown: string): Part[] {
  const parts: Part[] = [];
  let lines: string[] = [];
  let kind: Part["kind"] = "prose";
  let fence: string | undefined;
  const end = () => {
    const text = lines.join("\n").replace(/^\n+|\s+$/g, "");
    if (text) parts.push({ kind, text, level: 0 });
    lines = [];
    kind = "prose";
  };
  for (const line of markdown.split("\n")) {
    const opens = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      lines.push(line);
      if (opens?.startsWith(fence)) {
        fence = undefined;
        end();
      }
      continue;
    }
    const heading = /^(#{1,6})\s+(.*?)\s*#*\s*$/.exec(line);
    if (opens) {
      end();
      fence = opens;
      kind = "code";
      lines.push(line);
    } else if (heading) {
      end();
      if (heading[2]) parts.push({ kind: "heading", text: heading[2], level: heading[1]?.length ?? 1 });
    } else if (line.trim() === "") {
      end();
    } else {
      const next: Part["kind"] = /^\s*\|/.test(line) ? "table" : /^\s*(?:[-*+]|\d{1,3}[.)])\s/.test(line) ? "list" : "prose";
      // An item goes on in indented lines.
      if (lines.length > 0 && next !== kind && !(kind === "list" && next === "prose")) end();
      if (lines.length === 0) kind = next;
      lines.push(line);
    }
  }
  end();
  return parts;
}

function piecesOf(part: Part, maxChars: number, overlap: number): string[] {
  if (part.text.length <= maxChars) return [part.text];
  const lines = part.text.split("\n");
  if (part.kind === "table") {
    const ruled = /^\s*\|[\s:|-]+\|?\s*$/.test(lines[1] ?? "");
    const header = lines.slice(0, ruled ? 2 : 0);
    // A header as long as a passage is no header but data.
    const top = header.join("\n").length > maxChars / 2 ? [] : header;
    return packed(lines.slice(top.length), maxChars - top.join("\n").length - 1).map((rows) => [...top, rows].join("\n"));
  }
  if (part.kind === "code") {
    const [open = "```"] = lines;
    const inner = lines.slice(1, /^\s*[`~]{3,}/.test(lines.at(-1) ?? "") ? -1 : undefined);
    return packed(inner, maxChars - open.length - 5).map((piece) => `${open}\n${piece}\n\`\`\``);
  }
  if (part.kind === "list") return packed(lines, maxChars);
  return sentencePieces(part.text, maxChars, overlap);
}

/** Lines put together up to the size; a longer line is cut between words. */
function packed(lines: readonly string[], size: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const line of lines.flatMap((each) => (each.length > size ? wordPieces(each, size) : [each]))) {
    if (piece && piece.length + line.length + 1 > size) {
      pieces.push(piece);
      piece = line;
    } else piece = piece ? `${piece}\n${line}` : line;
  }
  if (piece) pieces.push(piece);
  return pieces;
}

function sentencePieces(text: string, size: number, overlap: number): string[] {
  const sentences = text
    .split(/(?<=[.!?…;])\s+(?=[\p{Lu}\p{N}«"(])|\n/u)
    .flatMap((each) => (each.length > size ? wordPieces(each, size) : [each]));
  const pieces: string[] = [];
  let piece: string[] = [];
  let length = 0;
  for (const sentence of sentences) {
    if (length > 0 && length + sentence.length + 1 > size) {
      pieces.push(piece.join(" "));
      const last = piece.at(-1) ?? "";
      piece = last.length <= overlap && last.length + sentence.length + 1 <= size ? [last] : [];
      length = piece.join(" ").length;
    }
    piece.push(sentence);
    length += sentence.length + 1;
  }
  if (piece.length > 0) pieces.push(piece.join(" "));
  return pieces;
}

function wordPieces(line: string, size: number): string[] {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > size) {
    const space = rest.lastIndexOf(" ", size);
    // A single endless word (a key, a picture as text) is the one thing that is cut within.
    const at = space > 0 ? space : size;
    pieces.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  if (rest) pieces.push(rest);
  return pieces;
}
