import { openArchive } from "./archive.js";
import { toMarkdown, toText } from "./blocks.js";
import { cleanText, lettersIn } from "./clean.js";
import { decodeText } from "./decode.js";
import { readDelimited } from "./delimited.js";
import { kindOf, officeKind } from "./kind.js";
import { readOle } from "./ole.js";
import { bounds, type Extracted, nothing, type Reading, Unreadable } from "./result.js";

/** A file as it came. Name and media type are hints; the content decides. */
export interface FileInput {
  readonly bytes: Uint8Array;
  readonly fileName?: string;
  readonly mediaType?: string;
}

/** Reads one file in this thread, whatever it is; failures are statuses. `depth` counts letters inside letters. */
export async function readFile(input: FileInput, depth = 0): Promise<Extracted> {
  let format = "unknown";
  const named = (kind: string) => {
    format = kind;
  };
  try {
    if (input.bytes.byteLength === 0) return nothing("empty", format);
    const reading = await dispatch(input, depth, named);
    const markdown = toMarkdown(reading.blocks);
    const cut = markdown.length > bounds.characters;
    const warnings = [...(reading.warnings ?? []), ...(cut ? [`characters-cut: ${bounds.characters} of ${markdown.length}`] : [])];
    return {
      status: lettersIn(markdown.slice(0, 100_000)) === 0 && !/\d/.test(markdown) ? "empty" : "ok",
      format,
      text: toText(reading.blocks).slice(0, bounds.characters),
      markdown: markdown.slice(0, bounds.characters),
      ...(reading.pages ? { pages: reading.pages } : {}),
      meta: reading.meta ?? {},
      warnings,
    };
  } catch (error) {
    if (error instanceof Unreadable) return nothing(error.status, format, [error.reason]);
    return nothing("corrupt", format, [error instanceof Error ? `${error.name}: ${error.message}` : "unknown failure"]);
  }
}

// Readers are loaded when first needed: a worker that meets only PDF never pays for the rest.
async function dispatch({ bytes, fileName, mediaType }: FileInput, depth: number, named: (format: string) => void): Promise<Reading> {
  const kind = await kindOf(bytes, fileName, mediaType);
  named(kind);
  const charset = /charset\s*=\s*"?([\w-]+)/i.exec(mediaType ?? "")?.[1];
  const text = () => decodeText({ bytes, ...(charset ? { charset } : {}) });
  switch (kind) {
    case "zip":
      return readOffice(bytes, named);
    case "ole":
      return readOleFile(bytes, named);
    case "pdf":
      return (await import("./pdf.js")).readPdf(bytes);
    case "rtf":
      return (await import("./rtf.js")).readRtf(bytes);
    case "html":
      return (await import("./html.js")).readHtml(text());
    case "md":
      return { blocks: [{ kind: "markdown", text: cleanText(text()) }] };
    case "csv":
      return readDelimited(text());
    case "txt":
      return {
        blocks: text()
          .split(/\n\s*\n/)
          .map((each) => ({ kind: "paragraph", text: each.trimEnd() })),
      };
    case "eml": {
      if (depth >= bounds.mailDepth) throw new Unreadable("too_large", "letters within letters");
      const { readMail } = await import("./mail.js");
      return readMail(bytes, (file) => readFile(file, depth + 1));
    }
    case "png":
    case "jpg":
    case "tif":
    case "bmp":
    case "gif":
    case "webp":
    case "heic":
      throw new Unreadable("scan", "a picture");
    default:
      throw new Unreadable("unsupported", kind);
  }
}

async function readOffice(bytes: Uint8Array, named: (format: string) => void): Promise<Reading> {
  const archive = await openArchive(bytes);
  const mimetype = await archive.bytes("mimetype");
  const kind = officeKind(archive, mimetype && Buffer.from(mimetype).toString("latin1"));
  named(kind);
  switch (kind) {
    case "docx":
      return (await import("./docx.js")).readDocx(archive);
    case "xlsx":
      return (await import("./xlsx.js")).readXlsx(archive);
    case "pptx":
      return (await import("./pptx.js")).readPptx(archive);
    case "odt":
    case "ods":
    case "odp":
      return (await import("./opendocument.js")).readOpenDocument(archive);
    default:
      throw new Unreadable("unsupported", "an archive");
  }
}

async function readOleFile(bytes: Uint8Array, named: (format: string) => void): Promise<Reading> {
  const { kind, locked } = readOle(bytes);
  if (kind !== "unknown" && kind !== "encrypted") named(kind);
  if (kind === "encrypted" || locked) throw new Unreadable("password", "encrypted");
  if (kind === "doc") return (await import("./word97.js")).readWord97(bytes);
  throw new Unreadable("unsupported", kind);
}
