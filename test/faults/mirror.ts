import { setTimeout as delay } from "node:timers/promises";
import { createRandom, type Random } from "../../src/sandbox/random.js";
import type { Proving } from "./company.js";
import type { MirrorFacts } from "./facts.js";
import type { Death } from "./orders.js";
import { Died } from "./svyaz.js";

export interface MirrorReport {
  readonly seed: number;
  readonly seconds: number;
  readonly violations: readonly string[];
  /** How often the process died in the middle of a run. */
  readonly deaths: number;
  /** Changes in the CRM while it was read. */
  readonly changes: number;
}

const tables = { deal: "leads", contact: "contacts", company: "companies" } as const;
const kinds = Object.keys(tables) as (keyof typeof tables)[];
/** What is written down about those: it is changed and compared, not deleted, which the vendor's screens alone can do. */
const remarks = { task: "tasks", note: "notes" } as const;
type Kind = keyof typeof tables | keyof typeof remarks;
/** After it a dead process's hold on a run is over. */
const leaseMs = 130_000;
const mostRuns = 6;

/** One seed: the CRM changes while Svyaz reads it and is killed on the way, once or more; then it reads in peace and is judged. */
export async function runMirrorSeed(proving: Proving, seed: number): Promise<MirrorReport> {
  const began = performance.now();
  const random = createRandom(`mirror-${seed}`);
  const violations: string[] = [];
  let deaths = 0;
  let changes = 0;
  for (let life = 0, lives = random.integer(1, 3); life < lives; life += 1) {
    const { svyaz } = proving;
    const running = { yet: true };
    changes += change(proving, random, random.integer(1, 40));
    const death = deathOf(random);
    if (death) await svyaz.order({ act: "die", death });
    else void delay(random.integer(0, 1_500)).then(() => svyaz.kill());
    const run = svyaz.order({ act: "sync", full: random.chance(0.6) }).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Died) return true;
        throw error;
      },
    );
    void run.finally(() => (running.yet = false)).catch(() => undefined);
    while (running.yet) {
      changes += change(proving, random, random.integer(0, 3));
      await delay(20);
    }
    if (await run) deaths += 1;
    proving.putForward(leaseMs);
    await proving.restart();
    const found = await proving.svyaz.order<MirrorFacts>({ act: "mirror" });
    violations.push(...ahead(found, proving).map((what) => `after ${death ? `${death.at} ${death.hit}` : "a moment"}: ${what}`));
  }
  violations.push(...(await wholeRuns(proving, false)));
  violations.push(...differences(await proving.svyaz.order<MirrorFacts>({ act: "mirror" }), proving, "after reading what changed"));
  violations.push(...(await wholeRuns(proving, true)));
  violations.push(...differences(await proving.svyaz.order<MirrorFacts>({ act: "mirror" }), proving, "after reading everything"));
  return { seed, seconds: (performance.now() - began) / 1_000, violations, deaths, changes };
}

/** Nothing: it dies at some moment instead. */
function deathOf(random: Random): Death | undefined {
  return random.weighted<Death | undefined>([
    [{ at: "mirror-statement", hit: random.integer(1, 120) }, 4],
    [{ at: "statement-done", hit: random.integer(1, 60) }, 2],
    [{ at: "committing", hit: random.integer(1, 20) }, 3],
    [{ at: "committed", hit: random.integer(1, 20) }, 2],
    [undefined, 2],
  ]);
}

/** Edits, makes and removes some things in the CRM; how many. */
function change(proving: Proving, random: Random, count: number): number {
  const { crm } = proving;
  const updated_at = Math.floor(proving.now().getTime() / 1_000);
  for (let one = 0; one < count; one += 1) {
    if (random.chance(0.2)) {
      remark(proving, random, updated_at);
      continue;
    }
    const table = tables[random.pick(kinds)];
    const there = crm.store.all(table).filter((row) => !row.is_deleted);
    const row = random.pick(there);
    const name = `Изменено ${updated_at}-${random.integer(1, 1_000_000)}`;
    if (random.chance(0.1)) void crm.remove(table, row.id);
    else if (random.chance(0.2)) {
      const id = 1 + Math.max(...crm.store.all(table).map((other) => other.id));
      put(crm, table, { ...row, id, name, created_at: updated_at, updated_at });
    } else put(crm, table, { ...row, name, updated_at });
  }
  return count;
}

function remark({ crm: { store } }: Proving, random: Random, updated_at: number): void {
  const table = random.pick(Object.values(remarks));
  const rows = store.all(table);
  const id = random.chance(0.3) ? 1 + Math.max(...rows.map((row) => row.id)) : random.pick(rows).id;
  const text = `Изменено ${updated_at}-${random.integer(1, 1_000_000)}`;
  if (table === "tasks") store.put(table, { ...random.pick(store.all(table)), ...store.get(table, id), id, text, updated_at });
  else store.put(table, { ...random.pick(store.all(table)), ...store.get(table, id), id, params: { text }, updated_at });
}

function put({ store }: Proving["crm"], table: (typeof tables)[keyof typeof tables], row: object): void {
  store.put(table, row as never);
}

/** Reads until two runs in a row have nothing to complain of: the first ends what was cut off, the second brings what came after its beginning. */
async function wholeRuns({ svyaz }: Proving, full: boolean): Promise<readonly string[]> {
  let unread: readonly string[] = [];
  for (let run = 0, whole = 0; run < mostRuns && whole < (full ? 1 : 2); run += 1) {
    unread = await svyaz.order<readonly string[]>({ act: "sync", full });
    if (unread.length === 0) whole += 1;
  }
  return unread.map((what) => `the CRM is not read: ${what}`);
}

/** A place that was read past, of which something stands in the CRM and not in the mirror. */
function ahead({ rows, cursors }: MirrorFacts, proving: Proving): readonly string[] {
  const mirror = new Map(rows.map((row) => [`${row.kind} ${row.id}`, row]));
  return cursors.flatMap(({ kind, cursor, mode, run }) => {
    if (kind !== "deal" && kind !== "contact" && kind !== "company") return [];
    const place = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")) as { from?: number; began: number; source?: number };
    // What is of the very second may come with the next page, and what is newer than the beginning with the next run.
    const until = place.source === 0 ? (place.from ?? 0) : place.began;
    return source(proving, kind)
      .filter((row) => row.updatedAt < until)
      .filter(({ key, updatedAt }) => {
        const found = mirror.get(key);
        // In a full pass a row that was not seen again counts as gone at its end.
        return found?.version !== String(updatedAt) || (mode === "full" && place.source === 0 && found.run !== run);
      })
      .map(({ key }) => `the cursor has gone past ${key}`);
  });
}

/** Mirror and CRM row by row: id, title, version. */
function differences({ rows }: MirrorFacts, proving: Proving, when: string): readonly string[] {
  return ([...kinds, "task", "note"] as const).flatMap((kind) => {
    const wanted = new Map<string, string>(source(proving, kind).map(({ key, title, updatedAt }) => [key, `${title} @${updatedAt}`]));
    const found = new Map<string, string>(
      rows.flatMap((row) =>
        row.kind === kind ? [[`${kind} ${row.id}`, `${kind === "note" ? "" : row.title} @${row.version}`] as const] : [],
      ),
    );
    return [...new Set([...wanted.keys(), ...found.keys()])].flatMap((key) =>
      wanted.get(key) === found.get(key)
        ? []
        : [`${when}: ${key} is «${found.get(key) ?? "nothing"}» in the mirror, and «${wanted.get(key) ?? "nothing"}» in the CRM`],
    );
  });
}

function source(
  { crm: { store } }: Proving,
  kind: Kind,
): readonly { readonly key: string; readonly title: string; readonly updatedAt: number }[] {
  if (kind === "task")
    return store.all("tasks").map(({ id, text, updated_at }) => ({ key: `task ${id}`, title: text, updatedAt: updated_at }));
  // A call's title is put together of its fields, so a note is told by its version alone.
  if (kind === "note")
    return store
      .all("notes")
      .map(({ id, entity_type, updated_at }) => ({ key: `note ${entity_type}-${id}`, title: "", updatedAt: updated_at }));
  return store
    .all(tables[kind])
    .filter((row) => !row.is_deleted)
    .map(({ id, name, updated_at }) => ({ key: `${kind} ${kind === "contact" ? "c" : ""}${id}`, title: name, updatedAt: updated_at }));
}
