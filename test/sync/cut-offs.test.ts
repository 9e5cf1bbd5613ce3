import { afterEach, describe, expect, it } from "vitest";
import { amocrm } from "../../src/connectors/amocrm/index.js";
import { confluence } from "../../src/connectors/confluence/index.js";
import type { OpenSystem, Systems } from "../../src/domain/connector.js";
import { SystemUnavailable } from "../../src/domain/errors.js";
import type { SyncSource } from "../../src/domain/sync.js";
import { protectFields } from "../../src/guard/field-protection.js";
import { startAmocrm } from "../../src/sandbox/amocrm/index.js";
import { createCompany } from "../../src/sandbox/company.js";
import { SERVICE_ACCOUNT, startConfluence } from "../../src/sandbox/confluence/index.js";
import { createLibrary } from "../../src/sandbox/library.js";
import { createRandom, type Random } from "../../src/sandbox/random.js";
import { createSync } from "../../src/sync/run.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { openHarness } from "../connectors/harness.js";
import { openBase } from "../connectors/onec-erp/base.js";
import { createFakeAudit } from "../fakes/audit.js";
import { openTestDatabase, quiet } from "../support/database.js";

const company = createCompany({ anchor: "2026-11-20" });
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A system, what somebody may change in it meanwhile, and the clock that all go by. */
interface World {
  readonly system: string;
  readonly source: SyncSource;
  readonly kinds: readonly string[];
  change(random: Random): Promise<void>;
}
type Open = (now: () => Date) => Promise<World>;

async function sourceOf(definition: Parameters<typeof openHarness>[0][number], environment: Record<string, string>, now: () => Date) {
  const harness = openHarness([definition], environment, { now });
  closing.push(() => harness.systems.close());
  const { sync } = await harness.systems.forSvyaz(definition.id);
  if (!sync) throw new Error("it is mirrored");
  return sync;
}

const openAmocrm: Open = async (now) => {
  const server = await startAmocrm({ company, token: "t", perSecond: 1_000, now });
  closing.push(() => server.close());
  const environment = { AMOCRM_BASE_URL: server.url, AMOCRM_TOKEN: "t", AMOCRM_REQUESTS_PER_SECOND: "50" };
  const source = await sourceOf(amocrm, environment, now);
  return {
    system: "amocrm",
    source,
    kinds: ["contact", "company"],
    async change(random) {
      const table = random.pick(["contacts", "companies"] as const);
      const row = random.pick(server.store.all(table).filter((one) => !one.is_deleted));
      if (random.chance(0.4)) return server.remove(table, row.id);
      const updated_at = Math.floor(now().getTime() / 1_000);
      server.store.put(table, { ...row, name: `Изменено ${updated_at}`, updated_at });
    },
  };
};

const openConfluence: Open = async (now) => {
  const server = await startConfluence({
    company,
    library: createLibrary(company),
    edition: "data-center",
    tokens: { [SERVICE_ACCOUNT]: "service-token" },
    now,
    perSecond: 1_000,
  });
  closing.push(() => server.close());
  const environment = {
    CONFLUENCE_BASE_URL: server.url,
    CONFLUENCE_EDITION: "data-center",
    CONFLUENCE_TOKEN: "service-token",
    CONFLUENCE_REQUESTS_PER_SECOND: "100",
  };
  const source = await sourceOf({ ...confluence, redirects: [...(confluence.redirects ?? []), "127.0.0.1"] }, environment, now);
  return {
    system: "confluence",
    source,
    kinds: ["page"],
    async change(random) {
      const page = random.pick([...server.store.pages.values()].filter(({ status }) => status === "current"));
      if (random.chance(0.4)) return server.store.trash(page.id);
      if (random.chance(0.7)) return server.store.edit(page.id, { title: `Изменено ${now().getTime()}` });
      const at = now().toISOString();
      const id = server.store.newId();
      await server.store.put({ kind: "page", thing: { ...page, id, title: `Новая ${id}`, version: 1, createdAt: at, updatedAt: at } });
    },
  };
};

const openOnec: Open = async () => {
  const base = await openBase();
  closing.push(() => base.close());
  const { sync: source } = base.connector;
  if (!source) throw new Error("1C is mirrored");
  const ids: string[] = [];
  for await (const { changes } of source.changes({ kind: "client", mode: "full", signal: AbortSignal.timeout(20_000) }))
    ids.push(...changes.flatMap((one) => (one.kind === "upsert" ? [one.entity.ref.id] : [])));
  return {
    system: "onec-erp",
    source,
    kinds: ["client"],
    async change(random) {
      const body = random.chance(0.4) ? { DeletionMark: true } : { Description: `Изменено ${random.integer(1, 1_000_000)}` };
      const path = `odata/standard.odata/${encodeURI(`Catalog_Партнеры(guid'${random.pick(ids)}')`)}?$format=json`;
      const answer = await fetch(new URL(path, `${base.server.url}/`), {
        method: "PATCH",
        headers: {
          authorization: `Basic ${Buffer.from("Служебный Связь:pass:слово").toString("base64")}`,
          "content-type": "application/json",
        },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`the base answered ${answer.status}`);
    },
  };
};

/** The source until so many of its batches are stored; then the run breaks off, also right behind its last one. */
function cutAfter(source: SyncSource, batches: () => number, between: () => Promise<void>): SyncSource {
  return {
    ...source,
    async *changes(request) {
      let left = batches();
      for await (const batch of source.changes(request)) {
        yield batch;
        await between();
        left -= 1;
        if (left <= 0) throw new SystemUnavailable("cut off", { system: "x" });
      }
    },
  };
}

/** What one undisturbed pass gives: the truth that the mirror is held against. */
async function whole(source: SyncSource, kind: string): Promise<readonly string[]> {
  const found = new Map<string, string>();
  for await (const { changes } of source.changes({ kind, mode: "full", signal: AbortSignal.timeout(60_000) }))
    for (const change of changes)
      if (change.kind === "upsert")
        found.set(change.entity.ref.id, `${change.entity.ref.id} ${change.entity.title} @${change.entity.version}`);
      else found.delete(change.ref.id);
  return [...found.values()].toSorted();
}

describe("runs that are cut off while the source changes", () => {
  it.each([
    ["amoCRM", openAmocrm, 101],
    ["amoCRM, otherwise", openAmocrm, 102],
    ["Confluence", openConfluence, 201],
    ["Confluence, otherwise", openConfluence, 202],
    ["1C:ERP", openOnec, 301],
    ["1C:ERP, otherwise", openOnec, 302],
  ] as const)("come to exactly the source in the end, deletions too: %s", async (_name, open, seed) => {
    const random = createRandom(`cut-offs-${seed}`);
    let now = new Date("2026-11-20T09:00:00Z");
    const world = await open(() => now);
    const database = await openTestDatabase();
    closing.push(() => database.close());
    const { kinds, system } = world;
    const sync = (source: SyncSource) => {
      const opened = { system, title: system, sync: { ...source, kinds }, check: async () => {} } as OpenSystem;
      const systems: Systems = { for: async () => ({ ready: [], missing: [] }), forSvyaz: async () => opened, configured: [] };
      return createSync({
        database,
        systems,
        audit: createFakeAudit(),
        alerts: { raise: async () => {}, resolve: async () => {} },
        language: "en",
        protection: protectFields(undefined, () => []),
        metrics: createMetrics(),
        log: quiet,
        now: () => now,
      });
    };
    const later = () => {
      now = new Date(now.getTime() + random.integer(60, 240) * 1_000);
    };
    const some = async (most: number) => {
      for (let left = random.integer(0, most); left > 0; left -= 1) await world.change(random);
    };
    const mirror = async (kind: string) =>
      (
        await database.query<{ external_id: string; title: string; version: string | null }>(
          "select external_id, title, version from system_integrations where entity_type = $1",
          [kind],
        )
      ).rows
        .map(({ external_id, title, version }) => `${external_id} ${title} @${version ?? undefined}`)
        .toSorted();
    const errors = (reports: Awaited<ReturnType<ReturnType<typeof sync>["run"]>>) => reports.map(({ error }) => error?.message);

    let cuts = 0;
    for (let round = 0; round < 10; round += 1) {
      const source = cutAfter(
        world.source,
        () => random.integer(1, 3),
        async () => {
          await some(1);
          now = new Date(now.getTime() + 2_000);
        },
      );
      const reports = await sync(source).run(system, { full: random.chance(0.4) });
      cuts += reports.filter(({ error }) => error).length;
      later();
      await some(3);
      later();
    }
    expect(cuts).toBeGreaterThan(2);
    // The first goes on with what was cut off, the second brings what came after that had begun.
    expect(errors(await sync(world.source).run(system))).toEqual(kinds.map(() => undefined));
    later();
    expect(errors(await sync(world.source).run(system))).toEqual(kinds.map(() => undefined));
    for (const kind of kinds) expect(await mirror(kind), kind).toEqual(await whole(world.source, kind));
  });
});
