import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { extname, join, relative, resolve, sep } from "node:path";
import { bounds } from "./extract/result.js";

/** A file worth reading, or why one was passed by. */
export type WalkedFile =
  | {
      readonly kind: "file";
      readonly path: string /** Below the folder, with "/". */;
      readonly name: string;
      readonly bytes: number;
      readonly updatedAt: Date;
    }
  | { readonly kind: "skipped"; readonly path: string; readonly name: string; readonly reason: SkipReason };

/** "link": symbolic links are not followed, they may lead out of the folder or round in a circle. */
export type SkipReason = "hidden" | "too-large" | "empty" | "unsupported" | "link" | "unreadable";

// What extract.ts can read. A file without an extension is judged by its content; programs, pictures and archives are not worth opening.
const readable = new Set(
  "pdf docx xlsx pptx odt ods odp doc rtf html htm md markdown txt log csv tsv eml".split(" ").map((each) => `.${each}`),
);
const passedBy = new Set(["node_modules", "__MACOSX", "$RECYCLE.BIN", "System Volume Information"]);

/**
 * Every file below `folder`, in the order of names, with its size in bytes; hidden, huge, empty and foreign ones come as "skipped".
 * Throws only when `folder` itself cannot be read.
 */
export async function* walkFiles(folder: string, options: { readonly maxBytes?: number } = {}): AsyncGenerator<WalkedFile> {
  const root = resolve(folder);
  yield* walk(root, root, options.maxBytes ?? bounds.fileBytes, await readdir(root, { withFileTypes: true }));
}

async function* walk(root: string, folder: string, maxBytes: number, entries: readonly Dirent[]): AsyncGenerator<WalkedFile> {
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const name = relative(root, path).split(sep).join("/");
    const skipped = (reason: SkipReason): WalkedFile => ({ kind: "skipped", path, name, reason });
    // "~$report.docx" is the lock that Word leaves beside an open file.
    if (entry.name.startsWith(".") || entry.name.startsWith("~$") || passedBy.has(entry.name)) yield skipped("hidden");
    else if (entry.isSymbolicLink()) yield skipped("link");
    else if (entry.isDirectory()) {
      const inside = await readdir(path, { withFileTypes: true }).catch(() => undefined);
      if (inside) yield* walk(root, path, maxBytes, inside);
      else yield skipped("unreadable");
    } else if (!entry.isFile()) yield skipped("unsupported");
    else yield await judge(path, name, maxBytes, skipped);
  }
}

async function judge(path: string, name: string, maxBytes: number, skipped: (reason: SkipReason) => WalkedFile): Promise<WalkedFile> {
  const extension = extname(name).toLowerCase();
  if (extension !== "" && !readable.has(extension)) return skipped("unsupported");
  const found = await stat(path).catch(() => undefined);
  if (!found) return skipped("unreadable");
  if (found.size === 0) return skipped("empty");
  if (found.size > maxBytes) return skipped("too-large");
  return { kind: "file", path, name, bytes: found.size, updatedAt: found.mtime };
}
