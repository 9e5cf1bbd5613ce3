import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { StringDecoder } from "node:string_decoder";
import { createGunzip } from "node:zlib";
import { z } from "zod";
import { RequestRefused } from "../domain/errors.js";

export const backupFormat = "svyaz-backup-1";

const name = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);

/** The first line: what the file is, and the schema that its rows are of. */
export const BackupHeader = z.object({
  format: z.literal(backupFormat),
  at: z.iso.datetime(),
  engine: z.enum(["postgresql", "pglite"]),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })).readonly(),
});
export type BackupHeader = z.infer<typeof BackupHeader>;

const Table = z.object({ name, columns: z.array(name).min(1) });
export type Table = z.infer<typeof Table>;

/** The last line: a file without it was cut off. The digests are of a table's lines, each with its line end. */
export const BackupEnd = z.object({
  tables: z.record(name, z.object({ rows: z.number().int(), sha256: z.string() })),
  sequences: z.record(name, z.string().regex(/^-?\d+$/)),
});
export type BackupEnd = z.infer<typeof BackupEnd>;

const Marker = z.union([z.tuple([z.literal("table"), name, z.array(name).min(1)]), z.tuple([z.literal("end"), BackupEnd])]);

export interface BackupReader {
  header?(header: BackupHeader): Promise<void> | void;
  table?(table: Table): Promise<void> | void;
  /** One row as JSON text, of the table that was named last. */
  row?(line: string): Promise<void> | void;
  end?(end: BackupEnd): Promise<void> | void;
}

/**
 * Reads a backup: gzip of lines of JSON. First the header, an object; then each table, an array that names it and its columns, with
 * its rows after it, an object each; at the end an array with counts, digests and sequences. Checks the digests as it goes; throws
 * RequestRefused for a file that is no backup, was cut off or was changed.
 */
export async function readBackup(file: string, reader: BackupReader): Promise<BackupEnd> {
  const refuse = (what: string, cause?: unknown) => new RequestRefused(`restore: ${file}: ${what}`, { operation: "restore", cause });
  const seen = new Map<string, { rows: number; hash: ReturnType<typeof createHash> }>();
  let begun = false;
  let current: { rows: number; hash: ReturnType<typeof createHash> } | undefined;
  let end: BackupEnd | undefined;

  const takeLine = async (line: string): Promise<void> => {
    if (end) throw refuse("something stands behind its end");
    if (!begun) {
      const header = BackupHeader.safeParse(parsed(line));
      if (!header.success) throw refuse("it is not a backup of Svyaz");
      begun = true;
      return reader.header?.(header.data);
    }
    if (line.startsWith("{")) {
      if (!current) throw refuse("a row stands before its table");
      current.rows += 1;
      current.hash.update(line).update("\n");
      return reader.row?.(line);
    }
    const marker = Marker.safeParse(parsed(line));
    if (!marker.success) throw refuse("a line of it cannot be read");
    if (marker.data[0] === "end") {
      end = marker.data[1];
      return undefined;
    }
    const [, table, columns] = marker.data;
    if (seen.has(table)) throw refuse(`the table ${table} comes twice`);
    current = { rows: 0, hash: createHash("sha256") };
    seen.set(table, current);
    return reader.table?.({ name: table, columns });
  };

  // A pipeline that is left by an error tells of its own end instead.
  let first: unknown;
  try {
    await pipeline(createReadStream(file), createGunzip(), async (source: AsyncIterable<Buffer>) => {
      try {
        for await (const line of lines(source)) await takeLine(line);
      } catch (error) {
        first = error;
        throw error;
      }
    });
  } catch (error) {
    const cause = first ?? error;
    if (!isFileTrouble(cause)) throw cause;
    throw refuse(`it cannot be read, or was cut off (${cause.message})`, cause);
  }
  if (!end) throw refuse("its end is missing: the file was cut off");
  for (const [table, { rows, sha256 }] of Object.entries(end.tables)) {
    const found = seen.get(table);
    if (found?.rows !== rows || found.hash.digest("hex") !== sha256) throw refuse(`the table ${table} was changed or is not whole`);
  }
  if (seen.size !== Object.keys(end.tables).length) throw refuse("it has a table that its end does not name");
  await reader.end?.(end);
  return end;
}

/** Of the file system (ENOENT) and of gzip (Z_DATA_ERROR). */
function isFileTrouble(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" && /^(Z_|E[A-Z]+$)/.test(error.code);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function* lines(source: AsyncIterable<Buffer>): AsyncIterable<string> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  for await (const chunk of source) {
    const found = (rest + decoder.write(chunk)).split("\n");
    rest = found.pop() ?? "";
    yield* found;
  }
  if (rest !== "") yield rest;
}
