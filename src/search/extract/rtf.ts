import { decodeEightBit, latin1 } from "./decode.js";
import { type Block, bounds, type Reading, Unreadable } from "./result.js";

/** Groups that hold no text of the document. */
const hiddenGroups = new Set(
  "fonttbl colortbl stylesheet info pict object themedata datastore listtable listoverridetable rsidtbl fldinst xmlnstbl generator header headerl headerr headerf footer footerl footerr footerf latentstyles".split(
    " ",
  ),
);

/** `\fcharset` numbers to encodings (RTF 1.9.1, font table). */
const charsets: Readonly<Record<string, string>> = {
  0: "windows-1252",
  77: "macintosh",
  161: "windows-1253",
  162: "windows-1254",
  163: "windows-1258",
  177: "windows-1255",
  178: "windows-1256",
  186: "windows-1257",
  204: "windows-1251",
  238: "windows-1250",
};

const signs: Readonly<Record<string, string>> = {
  emdash: "—",
  endash: "–",
  lquote: "‘",
  rquote: "’",
  ldblquote: "“",
  rdblquote: "”",
  bullet: "•",
  tab: "\t",
  line: "\n",
  emspace: " ",
  enspace: " ",
  "~": " ",
  _: "-",
};

interface Group {
  silent: boolean;
  /** Hidden by `\v`: not shown to people, so not read. */
  veiled: boolean;
  font: string;
  /** How many characters stand in for each `\uN`. */
  fallback: number;
}

/** RTF to blocks. Letters come as `\uN` with stand-ins to be skipped, or as bytes in the encoding of the font in force. */
export function readRtf(bytes: Uint8Array): Reading {
  const source = latin1(bytes);
  if (!source.startsWith("{\\rtf")) throw new Unreadable("corrupt", "does not begin with {\\rtf");
  const writer = new RtfWriter();
  const fonts = new Map<string, string>();
  let page = "windows-1252";
  let group: Group = { silent: false, veiled: false, font: "", fallback: 1 };
  const stack: Group[] = [];
  let fontGroup = -1;
  let namedFont = "";
  let skip = 0;
  let pending: number[] = [];

  const decodePending = () => {
    if (pending.length === 0) return;
    const data = Uint8Array.from(pending);
    pending = [];
    const encoding = fonts.get(group.font) ?? page;
    // Half of the Russian files in the wild name no Cyrillic font: bytes that are not ASCII are then judged by themselves.
    writer.add(encoding === "windows-1252" ? decodeEightBit(data) : new TextDecoder(encoding).decode(data));
  };
  const emit = (text: string) => {
    if (skip > 0) {
      skip -= 1;
      return;
    }
    if (group.silent || group.veiled) return;
    decodePending();
    writer.add(text);
  };

  const token = /[{}]|\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\([^a-zA-Z])|[\r\n]+|([^\\{}\r\n]+)|\\$/gy;
  for (let match = token.exec(source); match; match = token.exec(source)) {
    const [whole, hex, word, argument, symbol, plain] = match;
    if (whole === "{") {
      decodePending();
      stack.push(group);
      if (stack.length > bounds.nesting) throw new Unreadable("corrupt", "groups nested too deep");
      group = { ...group };
      skip = 0;
    } else if (whole === "}") {
      decodePending();
      if (stack.length === fontGroup) fontGroup = -1;
      group = stack.pop() ?? group;
      skip = 0;
      if (stack.length === 0) break;
    } else if (hex !== undefined) {
      if (skip > 0) skip -= 1;
      else if (!group.silent && !group.veiled) pending.push(Number.parseInt(hex, 16));
    } else if (plain !== undefined) {
      const kept = plain.slice(skip);
      skip = Math.max(0, skip - plain.length);
      if (kept) emit(kept);
    } else if (symbol !== undefined) {
      if (symbol === "*") group.silent = true;
      else if (symbol === "\r" || symbol === "\n") writer.endParagraph();
      else emit(signs[symbol] ?? ("\\{}".includes(symbol) ? symbol : ""));
    } else if (word !== undefined) {
      const number = argument === undefined ? undefined : Number(argument);
      if (word === "u" && number !== undefined) {
        decodePending();
        if (!group.silent && !group.veiled) writer.add(String.fromCharCode(number & 0xffff));
        skip = group.fallback;
        continue;
      }
      decodePending();
      if (word === "bin") token.lastIndex += Math.max(0, number ?? 0);
      else if (word === "uc") group.fallback = Math.min(8, Math.max(0, number ?? 1));
      else if (word === "ansicpg") page = encodingOf(number) ?? page;
      else if (word === "f" && argument !== undefined) {
        if (fontGroup >= 0) namedFont = argument;
        else group.font = argument;
      } else if (word === "fcharset" && argument !== undefined) {
        const encoding = charsets[argument];
        if (encoding && argument !== "0") fonts.set(namedFont, encoding);
      } else if (word === "v") group.veiled = number !== 0;
      else if (word === "plain") group.veiled = false;
      else if (hiddenGroups.has(word)) {
        if (word === "fonttbl") fontGroup = stack.length;
        group.silent = true;
      } else if (!group.silent) control(word, number, writer, emit);
    }
  }
  decodePending();
  writer.endParagraph();
  writer.endTable();
  if (stack.length > 0 && writer.blocks.length === 0) throw new Unreadable("corrupt", "groups are not closed");
  return { blocks: writer.blocks, ...(stack.length > 0 ? { warnings: ["file-cut-short"] } : {}) };
}

function control(word: string, number: number | undefined, writer: RtfWriter, emit: (text: string) => void): void {
  if (word === "par" || word === "sect" || word === "page") writer.endParagraph();
  else if (word === "cell" || word === "nestcell") writer.endCell();
  else if (word === "row" || word === "nestrow") writer.endRow();
  else if (word === "intbl") writer.inTable = true;
  else if (word === "pard") writer.resetParagraph();
  else if (word === "outlinelevel") writer.outline = number;
  else if (word in signs) emit(signs[word] ?? "");
}

class RtfWriter {
  readonly blocks: Block[] = [];
  inTable = false;
  outline: number | undefined;
  private line = "";
  private row: string[] = [];
  private rows: string[][] = [];

  add(text: string): void {
    this.line += text;
  }

  resetParagraph(): void {
    this.inTable = false;
    this.outline = undefined;
  }

  endParagraph(): void {
    if (this.inTable) {
      this.line += " ";
      return;
    }
    const text = this.line.trim();
    this.line = "";
    if (text === "") return;
    this.endTable();
    const level = this.outline;
    this.blocks.push(level !== undefined && level < 6 ? { kind: "heading", level: level + 1, text } : { kind: "paragraph", text });
  }

  endCell(): void {
    this.row.push(this.line.trim());
    this.line = "";
  }

  endRow(): void {
    if (this.row.some((cell) => cell !== "")) this.rows.push(this.row);
    this.row = [];
  }

  endTable(): void {
    this.endRow();
    if (this.rows.length > 0) this.blocks.push({ kind: "table", rows: this.rows });
    this.rows = [];
  }
}

function encodingOf(codePage: number | undefined): string | undefined {
  if (codePage === 866) return "ibm866";
  if (codePage === 20866) return "koi8-r";
  if (codePage === 65001) return "utf-8";
  return codePage !== undefined && codePage >= 1250 && codePage <= 1258 ? `windows-${codePage}` : undefined;
}
