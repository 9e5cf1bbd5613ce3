/** How reading a file ended. "scan": pictures of text and no text; "timeout" also when the reader had to be killed. */
export type ExtractionStatus = "ok" | "empty" | "scan" | "password" | "corrupt" | "unsupported" | "too_large" | "timeout";

/** What was read out of a file. Everything but `status` and `format` may be empty when `status` is not "ok". */
export interface Extracted {
  readonly status: ExtractionStatus;
  /** What the bytes are, whatever the name says: "pdf", "docx", "html"; "unknown" where nothing fits. */
  readonly format: string;
  /** Plain text: lines, and table cells divided by tabs. */
  readonly text: string;
  /** The same with headings as `#` and tables as `|` rows, so that passages can be cut along them. */
  readonly markdown: string;
  /** Where the format has pages or slides: the text of each. */
  readonly pages?: readonly string[];
  readonly meta: { readonly title?: string; readonly author?: string; readonly sheets?: readonly string[] };
  /** Stable codes with details after a colon, for the log: "pages-without-text: 1, 4", "characters-cut". */
  readonly warnings: readonly string[];
}

/** An answer without text. */
export function nothing(status: ExtractionStatus, format: string, warnings: readonly string[] = []): Extracted {
  return { status, format, text: "", markdown: "", meta: {}, warnings };
}

/** A piece of a document, before it becomes Markdown or plain text. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly text: string }
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "item"; readonly depth: number; readonly text: string }
  | { readonly kind: "table"; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "code"; readonly text: string }
  /** The file's own Markdown, kept as it stands. */
  | { readonly kind: "markdown"; readonly text: string };

/** What a reader of one format hands over. */
export interface Reading {
  readonly blocks: readonly Block[];
  readonly pages?: readonly string[];
  readonly meta?: Extracted["meta"];
  readonly warnings?: readonly string[];
}

/** A reader gives up, and says how the file is to be called. Caught in `read.ts`; never leaves the worker. */
export class Unreadable extends Error {
  constructor(
    readonly status: Exclude<ExtractionStatus, "ok" | "empty" | "timeout">,
    readonly reason: string,
  ) {
    super(`${status}: ${reason}`);
    this.name = "Unreadable";
  }
}

/** Bounds that keep one file from costing more than it is worth. Sizes in bytes unless named otherwise. */
export const bounds = {
  fileBytes: 50 * 1024 * 1024,
  archiveEntries: 2_000,
  archiveBytes: 200 * 1024 * 1024,
  /** A ratio above this is refused once the whole is larger than `ratioFromBytes`. */
  archiveRatio: 100,
  ratioFromBytes: 20 * 1024 * 1024,
  /** The largest single XML part that is parsed. */
  partBytes: 64 * 1024 * 1024,
  pages: 500,
  characters: 2_000_000,
  sheets: 20,
  rowsPerSheet: 5_000,
  columns: 100,
  nesting: 200,
  mailDepth: 3,
  mailFiles: 50,
} as const;
