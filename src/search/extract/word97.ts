import WordExtractor from "word-extractor";
import { type Block, type Reading, Unreadable } from "./result.js";

/** DOC of Word 97–2003 to blocks. Only for OLE files: the library corrupts Cyrillic in DOCX. */
export async function readWord97(bytes: Uint8Array): Promise<Reading> {
  try {
    const document = await new WordExtractor().extract(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const text = [document.getBody(), document.getFootnotes(), document.getEndnotes()].join("\n");
    return { blocks: paragraphs(text) };
  } catch (error) {
    throw new Unreadable("corrupt", error instanceof Error ? error.message : "word-extractor failed");
  }
}

/** Cells of a row come divided by tabs, rows by line ends. */
function paragraphs(text: string): Block[] {
  return text.split(/\n+/).map((line) => ({ kind: "paragraph", text: line.trim().replaceAll("\t", " | ") }));
}
