import { createHash } from "node:crypto";
import { Client, type Connection } from "pg";
import type { Entity } from "../src/domain/entity.js";
import type { FieldProtection } from "../src/domain/mirror.js";
import type { Database } from "../src/platform/database.js";
import { testDatabaseUrl } from "../test/support/database.js";

const columns = [
  "system_name",
  "entity_type",
  "external_id",
  "last_sync",
  "title",
  "url",
  "version",
  "updated_at",
  "digest",
  "acl_id",
  "owner",
  "keys",
  "relations",
  "fields",
] as const;

/** A row of the mirror as text, column by column; who may read it still as JSON. */
export type MirrorRow = readonly string[];

/** Everything ready to be written: encrypted, digested, as JSON. */
export function rowsOf(entities: readonly Entity[], protection: FieldProtection): readonly MirrorRow[] {
  return entities.map((entity) => {
    const { fields, keys } = protection.seal(entity);
    return [
      entity.ref.system,
      entity.ref.kind,
      entity.ref.id,
      "2026-11-20T09:00:00Z",
      entity.title,
      entity.url ?? "",
      entity.version ?? "",
      (entity.updatedAt ?? new Date(0)).toISOString(),
      createHash("sha256").update(entity.title).digest("hex"),
      JSON.stringify(entity.readers),
      JSON.stringify(entity.owner),
      JSON.stringify(keys),
      JSON.stringify(entity.relations),
      JSON.stringify(fields),
    ];
  });
}

/** Writes them all: with COPY where the engine has it, else with one plain statement a page. */
export async function copyRows(database: Database, rows: readonly MirrorRow[], page: number): Promise<void> {
  const acls = await aclsOf(database, rows);
  const ready = rows.map((row) => row.map((value, at) => (columns[at] === "acl_id" ? (acls.get(value) ?? "") : value)));
  if (database.engine === "pglite") return insertPages(database, ready, page);
  const { rows: names } = await database.query<{ name: string }>("select current_database() as name");
  const url = new URL(testDatabaseUrl ?? "");
  url.pathname = `/${names[0]?.name}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await copy(client, `copy system_integrations (${columns.join(", ")}) from stdin`, ready.map(asLine));
  } finally {
    await client.end();
  }
}

async function insertPages(database: Database, rows: readonly MirrorRow[], page: number): Promise<void> {
  const names = columns.map((_, at) => `c${at}`);
  const casts = ["", "", "", "::timestamptz", "", "", "", "::timestamptz", "", "::bigint", "::jsonb", "::jsonb", "::jsonb", "::jsonb"];
  for (let from = 0; from < rows.length; from += page) {
    const some = rows.slice(from, from + page);
    await database.query(
      `insert into system_integrations (${columns.join(", ")}) select ${names.map((name, at) => name + casts[at]).join(", ")}
       from unnest(${columns.map((_, at) => `$${at + 1}::text[]`).join(", ")}) as x (${names.join(", ")})`,
      columns.map((_, at) => some.map((row) => row[at])),
    );
  }
}

async function aclsOf(database: Database, rows: readonly MirrorRow[]): Promise<ReadonlyMap<string, string>> {
  const distinct = [...new Set(rows.map((row) => row[columns.indexOf("acl_id")] ?? ""))];
  const { rows: made } = await database.query<{ id: string; digest: string }>(
    `insert into acls (digest, kind, clauses) select d, 'clauses', d::jsonb from unnest($1::text[]) as d
     on conflict (digest) do update set kind = excluded.kind returning id, digest`,
    [distinct],
  );
  return new Map(made.map(({ id, digest }) => [digest, id]));
}

/** The text format of COPY: https://www.postgresql.org/docs/17/sql-copy.html */
function asLine(row: MirrorRow): string {
  return `${row.map((value) => value.replaceAll("\\", "\\\\").replaceAll("\t", "\\t").replaceAll("\n", "\\n")).join("\t")}\n`;
}

/** What node-postgres lets a query do that speaks the protocol itself. */
type CopyConnection = Connection & { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void };

function copy(client: Client, text: string, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query({
      submit: (connection: Connection) => connection.query(text),
      handleCopyInResponse(connection: CopyConnection) {
        for (let from = 0; from < lines.length; from += 1_000)
          connection.sendCopyFromChunk(Buffer.from(lines.slice(from, from + 1_000).join("")));
        connection.endCopyFrom();
      },
      handleRowDescription() {},
      handleDataRow() {},
      handleCommandComplete() {},
      handleEmptyQuery() {},
      handlePortalSuspended() {},
      handleReadyForQuery: () => resolve(),
      handleError: (error: Error) => reject(error),
    } as never);
  });
}
