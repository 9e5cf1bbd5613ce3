import { fileTypeFromBuffer } from "file-type";
import type { Archive } from "./archive.js";
import { latin1 } from "./decode.js";

/** The beginning of the file decides, then its name: a ".doc" is often RTF, HTML or ODT. */
export async function kindOf(bytes: Uint8Array, fileName = "", mediaType = ""): Promise<string> {
  const head = latin1(bytes.subarray(0, 4_096));
  if (head.startsWith("PK\u0003\u0004") || head.startsWith("PK\u0005\u0006")) return "zip";
  if (head.startsWith("\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1")) return "ole";
  // Readers take a PDF whose header stands within the first kilobyte.
  if (head.slice(0, 1_029).includes("%PDF-")) return "pdf";
  if (head.startsWith("{\\rtf")) return "rtf";
  // A byte order mark of UTF-16 begins some sound files as well.
  const marked = /^(?:\u00ff\u00fe|\u00fe\u00ff|\u00ef\u00bb\u00bf)/.test(head);
  const binary = marked ? undefined : await fileTypeFromBuffer(bytes.subarray(0, 16_384)).catch(() => undefined);
  if (binary && !["application/xml", "text/html", "text/vcard", "text/calendar"].includes(binary.mime)) return binary.ext;
  const text = head.replace(/^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/, "").replaceAll("\u0000", "");
  const extension = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? "";
  if (/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|div|p|h[1-6]|meta|title)\b/i.test(text))
    return "html";
  if (extension === "md" || extension === "markdown" || mediaType.startsWith("text/markdown")) return "md";
  if (["csv", "tsv"].includes(extension) || /^text\/(?:csv|tab-separated-values)/.test(mediaType)) return "csv";
  if (isMail(text)) return "eml";
  if (extension === "htm" || extension === "html" || mediaType.startsWith("text/html")) return "html";
  return looksLikeText(bytes) ? "txt" : "unknown";
}

/** Which office format a ZIP is, by the parts it has. */
export function officeKind({ names }: Archive, mimetype: string | undefined): string {
  if (names.includes("word/document.xml") || names.some((name) => /^word\/document\d*\.xml$/.test(name))) return "docx";
  if (names.includes("xl/workbook.xml")) return "xlsx";
  if (names.includes("ppt/presentation.xml")) return "pptx";
  const kind = /^application\/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)/.exec(mimetype ?? "")?.[1];
  if (kind) return { text: "odt", spreadsheet: "ods", presentation: "odp" }[kind] ?? "zip";
  return "zip";
}

function isMail(text: string): boolean {
  const lines = text.slice(0, 4_096).split(/\r?\n/);
  const end = lines.findIndex((line) => line.trim() === "");
  const headers = lines.slice(0, end < 0 ? lines.length : end).filter((line) => !/^\s/.test(line));
  const known = headers.filter((line) =>
    /^(?:from|to|subject|date|message-id|mime-version|received|return-path|delivered-to|content-type):/i.test(line),
  ).length;
  return known >= 2 && headers.every((line) => /^(?:[\w-]+:|From )/.test(line));
}

/** Texts hold few control characters; UTF-16 has its zeros in every second place, or a mark. */
function looksLikeText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 4_096);
  if ((sample[0] === 0xff && sample[1] === 0xfe) || (sample[0] === 0xfe && sample[1] === 0xff)) return true;
  let controls = 0;
  let zeros = 0;
  for (const byte of sample) {
    if (byte === 0) zeros += 1;
    else if (byte < 32 && ![9, 10, 12, 13, 27].includes(byte)) controls += 1;
  }
  return controls + zeros <= sample.length * 0.02 || (zeros > sample.length * 0.3 && controls === 0);
}
