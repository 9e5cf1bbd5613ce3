import { createSecretKey } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { OpenSystem, Systems } from "../src/domain/connector.js";
import type { Entity } from "../src/domain/entity.js";
import type { Cursor } from "../src/domain/listing.js";
import type { SyncSource } from "../src/domain/sync.js";
import { protectFields } from "../src/guard/field-protection.js";
import type { Database } from "../src/platform/database.js";
import { createSync } from "../src/sync/run.js";
import { createMetrics } from "../src/watch/metrics.js";
import { createFakeAudit } from "../test/fakes/audit.js";
import { quiet } from "../test/support/database.js";
import { copyRows, rowsOf } from "./mirror-rows.js";
import { compare, type Contender, type Figures, timed } from "./measure.js";
import type { Section } from "./section.js";

/** As many as 1C gives on a page. */
const batch = 1_000;
/** Every system has several, and Svyaz reads three of them side by side. */
const kinds: readonly string[] = ["client", "contact", "supplier"];
const protection = protectFields(createSecretKey(Buffer.alloc(32, 1)), () => ["phones", "emails"]);

/** A first synchronisation: rows a second against the database's own fastest way in, and what a twenty times longer one costs in memory. */
export const syncLoad: Section = {
  name: "sync",
  about: "rows a second of a first synchronisation against COPY of the same rows, and memory of a short and a long one",

  async *run({ quick, engines }) {
    for (const engine of engines) {
      const database = await engine.open();
      try {
        const rows = quick ? 200 : 50_000;
        const plain = engine.name === "PostgreSQL" ? "COPY" : "unnest";
        yield await compare({
          title: `sync, ${engine.name}: ${rows} clients into an empty mirror`,
          note:
            "Clients known by INN, telephone and e-mail (three keyed digests each), with an owner, readers and three fields; three kinds, pages of 1 000 from memory.\n" +
            `${plain} writes the same rows ready-made, JSON and digests done beforehand, into the same table and indexes; "making" times that too.`,
          contenders: [
            { name: plain, round: () => loadPlainly(database, rows) },
            { name: `making + ${plain}`, round: () => loadPlainly(database, rows, { making: true }) },
            {
              name: "Svyaz",
              round: async () => {
                const { "rows/s": speed = 0 } = await synchronise(database, rows);
                return { "rows/s": speed };
              },
            },
          ],
          against: [plain, `making + ${plain}`],
          rounds: quick ? 1 : 3,
          warmUp: 0,
        });
        const [short, long] = quick ? [100, 400] : [10_000, 200_000];
        const sized = (count: number): Contender => ({ name: `${count} rows`, round: () => synchronise(database, count, watchMemory()) });
        yield await compare({
          title: `sync, ${engine.name}: memory`,
          note: "The most that was in use after a collection, sampled every tenth page: heap with buffers, and the whole process (RSS), which on PGlite holds the database.",
          contenders: [sized(short), sized(long)],
          against: [`${short} rows`],
          rounds: 1,
          warmUp: 0,
        });
      } finally {
        await database.close();
      }
    }
  },
};

/** The product's own way: a run through the corridor, batch by batch, cursor included. */
async function synchronise(database: Database, count: number, memory?: Memory): Promise<Figures> {
  await empty(database);
  // A long pass is not held in memory as a whole: what it costs is the question there.
  const ready = memory ? undefined : new Map(kinds.map((kind) => [kind, entitiesOf(kind, count)]));
  let pages = 0;
  const source: SyncSource = {
    kinds,
    async *changes({ kind }) {
      const [first, end] = shareOf(kind, count);
      for (let from = first; from < end; from += batch) {
        const page =
          ready?.get(kind)?.slice(from - first, from - first + batch) ?? entitiesOf(kind, count, from, Math.min(end, from + batch));
        const changes = page.map((entity) => ({ kind: "upsert", entity }) as const);
        yield { changes, cursor: String(from) as Cursor };
        pages += 1;
        if (pages % 10 === 0) memory?.look();
      }
    },
    fetch: async () => [],
  };
  const opened: OpenSystem = { system: "bench", title: "Bench", sync: source, check: async () => {} };
  const systems: Systems = { for: async () => ({ ready: [], missing: [] }), forSvyaz: async () => opened, configured: [] };
  const alerts = { raise: async () => {}, resolve: async () => {} };
  const parts = {
    database,
    systems,
    audit: createFakeAudit(),
    alerts,
    language: "en" as const,
    protection,
    metrics: createMetrics(),
    log: quiet,
  };
  const sync = createSync({ ...parts, now: () => new Date() });
  const milliseconds = await timed(async () => {
    for (const { error } of await sync.run("bench", { full: true })) if (error) throw error;
  });
  memory?.look();
  await demand(database, count);
  return { "rows/s": count / (milliseconds / 1_000), ...memory?.most() };
}

interface Memory {
  look(): void;
  /** The most there was, MB. */
  most(): Figures;
}

function watchMemory(): Memory {
  // Without a collection the figure would tell when the last one was.
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  let heap = 0;
  let resident = 0;
  return {
    look() {
      collect();
      const { heapUsed, external, rss } = process.memoryUsage();
      heap = Math.max(heap, heapUsed + external);
      resident = Math.max(resident, rss);
    },
    most: () => ({ "heap, MB": heap / 2 ** 20, "RSS, MB": resident / 2 ** 20 }),
  };
}

async function loadPlainly(database: Database, count: number, { making = false } = {}): Promise<Figures> {
  await empty(database);
  const entities = kinds.flatMap((kind) => entitiesOf(kind, count));
  const ready = making ? undefined : rowsOf(entities, protection);
  const milliseconds = await timed(() => copyRows(database, ready ?? rowsOf(entities, protection), batch));
  await demand(database, count);
  return { "rows/s": count / (milliseconds / 1_000) };
}

/** Which of the records are of this kind: the first and the one after the last. */
function shareOf(kind: string, count: number): readonly [number, number] {
  const at = kinds.indexOf(kind);
  return [Math.floor((count * at) / kinds.length), Math.floor((count * (at + 1)) / kinds.length)];
}

function entitiesOf(kind: string, count: number, from = shareOf(kind, count)[0], end = shareOf(kind, count)[1]): readonly Entity[] {
  return Array.from({ length: end - from }, (_, at) => clientAt(from + at, kind));
}

function clientAt(at: number, kind: string): Entity {
  const owner = at % 20;
  return {
    ref: { system: "bench", kind, id: String(at) },
    title: `ООО «Клиент ${at}»`,
    url: `https://crm.example.com/companies/${at}`,
    updatedAt: new Date(1_700_000_000_000 + at * 1_000),
    version: String(at),
    readers: [[`bench:user:${owner}`, `bench:group:${owner % 4}`, "bench:sees:all"]],
    owner: { id: String(owner), name: `Сотрудник ${owner}`, groups: [`bench:group:${owner % 4}`] },
    keys: {
      inn: String(1_000_000_000 + at),
      phones: [`+7 900 ${String(at).padStart(7, "0")}`],
      emails: [`client-${at}@example.com`],
    },
    relations: [],
    fields: { createdAt: "2026-11-20T09:00:00.000Z", segment: "Розница", amount: `${at}.00` },
  };
}

async function empty(database: Database): Promise<void> {
  for (const table of ["system_integrations", "sync_cursors", "sync_runs"]) await database.query(`truncate ${table} cascade`);
}

async function demand(database: Database, count: number): Promise<void> {
  const { rows } = await database.query<{ count: string }>("select count(*) from system_integrations");
  if (Number(rows[0]?.count) !== count) throw new Error(`${rows[0]?.count} of ${count} rows were stored`);
}
