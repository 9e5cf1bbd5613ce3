import { z } from "zod";
import type { EntityRef } from "../../domain/entity.js";
import { AnswerUnexpected } from "../../domain/errors.js";
import type { Change, ChangeBatch, SyncSource } from "../../domain/sync.js";
import { issuesOf } from "../kit/body.js";
import { asCursor, readCursor } from "../kit/listing.js";
import { Companies, Contacts, Event, Events, Lead, Leads, Note, Party, Task, rows } from "./answers.js";
import { dealEntity, membershipOf, noteEntity, partyEntity, taskEntity } from "./entities.js";
import type { EntityContext } from "./entities.js";
import { clientPath, clientRef, holderRef, noteRef } from "./map.js";
import type { HolderPath } from "./map.js";
import { dealRef } from "./directory.js";
import { eventPage, many, parts, wholePage } from "./reading.js";
import type { Pairs, Reader } from "./reading.js";

/** How far a run reaches back before the last one: clocks differ, and a change may be listed a moment late. */
const overlapSeconds = 60;
const idsAtOnce = 100;

/** A row before it is checked as what it should be. */
type Row = { readonly id: string; readonly [field: string]: unknown };

/** One of the vendor's lists that a kind is read from. */
interface Source {
  readonly path: string;
  /** The list's name in `_embedded`. */
  readonly key: string;
  readonly holder?: HolderPath;
  readonly with?: string;
  /** Tasks cannot be sorted by change; by id an edit moves no row, though a deletion does. */
  readonly byId?: boolean;
}

const sources: Readonly<Record<string, readonly Source[]>> = {
  deal: [{ path: "/leads", key: "leads", with: "contacts,loss_reason" }],
  contact: [{ path: "/contacts", key: "contacts" }],
  company: [{ path: "/companies", key: "companies" }],
  task: [{ path: "/tasks", key: "tasks", byId: true }],
  note: (["leads", "contacts", "companies"] as const).map((holder) => ({ path: `/${holder}/notes`, key: "notes", holder })),
};

const deletions: Readonly<Record<string, string>> = {
  deal: "lead_deleted",
  contact: "contact_deleted",
  company: "company_deleted",
  task: "task_deleted",
  note: "common_note_deleted",
};

const Running = z.object({
  of: z.literal("sync"),
  kind: z.string(),
  mode: z.enum(["full", "since"]),
  /** When the run began, and since when it reads; Unix seconds. */
  began: z.number(),
  since: z.number(),
  source: z.number(),
  /** The newest change read so far, and rows of that very second already read. */
  from: z.number(),
  offset: z.number(),
  limit: z.number(),
});
const Finished = z.object({ of: z.literal("sync"), kind: z.string(), began: z.number(), source: z.undefined().optional() });
type Running = z.infer<typeof Running>;

/**
 * Changes by `updated_at`, oldest first. Each page begins at the moment where the last one ended instead of at the
 * next page number: rows that are edited or deleted meanwhile would shift pages, and some would never be seen.
 */
export function createSync(context: EntityContext & { readonly reader: Reader; readonly now: () => Date }): SyncSource {
  const { reader, directory, system } = context;

  async function* changes({ kind, mode, from, signal }: Parameters<SyncSource["changes"]>[0]): AsyncIterable<ChangeBatch> {
    const own = sources[kind] ?? [];
    const known =
      from &&
      readCursor(
        from,
        z.union([Running, Finished]).refine((one) => one.kind === kind),
        { system, operation: "sync.changes" },
      );
    // It was read to its end, and only the end was not noted: read again it would forget when it began, and what went since.
    if (mode === "full" && known && !("mode" in known)) return;
    const going = known && "mode" in known && known.mode === mode ? known : undefined;
    const began = Math.floor(context.now().getTime() / 1_000);
    const since = mode === "since" && known ? Math.max(1, known.began - overlapSeconds) : 1;
    let at: Running | undefined = going ?? { of: "sync", kind, mode, began, since, source: 0, from: since, offset: 0, limit: wholePage };
    const run = at;
    while (at) {
      const source = own[at.source];
      if (!source) break;
      const { changes, next } = await pageOf(source, at, signal);
      at = next ?? { ...at, source: at.source + 1, from: at.since, offset: 0, limit: wholePage };
      yield { changes, cursor: cursorOf(at) };
    }
    // A full run is followed by a sweep of what it did not see; what went since the last run is named by events.
    const removed = run.since > 1 ? await removals(kind, run.since) : [];
    yield { changes: removed, cursor: cursorOf({ of: "sync", kind, began: run.began }) };
  }

  async function pageOf(source: Source, at: Running, signal: AbortSignal) {
    const filters = await directory.filters();
    const query: Pairs = [
      ...(filters ? ([["filter[updated_at][from]", String(at.from)]] as const) : []),
      [source.byId ? "order[id]" : "order[updated_at]", "asc"],
      ...(source.with === undefined ? [] : ([["with", source.with]] as const)),
    ];
    const { rows: found, next } = await reader.page(source.path, rows(source.key), query, { offset: at.offset, limit: at.limit }, signal);
    const changes = await toChanges(source, found);
    const last = Math.max(0, ...found.map((row) => (typeof row.updated_at === "number" ? row.updated_at : 0)));
    if (!next) return { changes };
    const further = filters && !source.byId && last > at.from ? { ...at, from: last, offset: 0, limit: wholePage } : { ...at, ...next };
    return { changes, next: further };
  }

  /** Rows are checked one by one: a broken one is reported and the others go on. */
  async function toChanges(source: Source, found: readonly Row[]): Promise<readonly Change[]> {
    const owners = source.holder ? await ownersOf(source.holder, found) : new Map<string, string>();
    return Promise.all(found.map((row) => toChange(source, row, owners)));
  }

  async function toChange(source: Source, row: Row, owners: ReadonlyMap<string, string>): Promise<Change> {
    const raw = { ...row, id: Number(row.id) };
    const unreadable = (error: z.ZodError): Change => ({
      kind: "unreadable",
      ref: refOf(source, row.id),
      error: new AnswerUnexpected(`${system}: ${source.path}: ${row.id}: ${issuesOf(error)}`, { system, operation: `GET ${source.path}` }),
    });
    if (source.holder) {
      const note = Note.safeParse(raw);
      if (!note.success) return unreadable(note.error);
      return { kind: "upsert", entity: await noteEntity(context, source.holder, note.data, owners.get(note.data.entity_id)) };
    }
    if (source.key === "tasks") {
      const task = Task.safeParse(raw);
      return task.success ? { kind: "upsert", entity: await taskEntity(context, task.data) } : unreadable(task.error);
    }
    if (source.key === "leads") {
      const lead = Lead.safeParse(raw);
      if (!lead.success) return unreadable(lead.error);
      if (lead.data.is_deleted === true) return { kind: "remove", ref: refOf(source, row.id) };
      return { kind: "upsert", entity: await dealEntity(context, lead.data) };
    }
    const party = Party.safeParse(raw);
    if (!party.success) return unreadable(party.error);
    if (party.data.is_deleted === true) return { kind: "remove", ref: refOf(source, row.id) };
    return { kind: "upsert", entity: await partyEntity(context, source.key === "companies" ? "companies" : "contacts", party.data) };
  }

  function refOf(source: Source, id: string): EntityRef {
    if (source.holder) return noteRef(system, source.holder, id);
    if (source.key === "tasks") return { system, kind: "task", id };
    return source.key === "leads" ? dealRef(system, id) : clientRef(system, source.key === "companies" ? "companies" : "contacts", id);
  }

  /** Notes name their holder only; whose it is stands in the holder. */
  async function ownersOf(holder: HolderPath, notes: readonly Row[]): Promise<ReadonlyMap<string, string>> {
    const ids = [...new Set(notes.map((note) => String(note.entity_id)))].filter((id) => /^\d+$/.test(id));
    const answer = { leads: Leads, contacts: Contacts, companies: Companies }[holder];
    const found = await Promise.all(
      parts(ids, idsAtOnce).map((some) => reader.all<Lead | Party>(`/${holder}`, answer, many("filter[id]", some))),
    );
    return new Map(found.flat().map((one) => [one.id, one.responsible_user_id]));
  }

  /** What events say was deleted is read once more: it may have been restored since. */
  async function removals(kind: string, since: number): Promise<readonly Change[]> {
    const type = deletions[kind] ?? "";
    const events = await reader.all(
      "/events",
      Events,
      [
        ["filter[type]", type],
        ["filter[created_at][from]", String(since)],
      ],
      eventPage,
    );
    return fetch(events.flatMap((event) => (event.type === type ? (removedRef(kind, event) ?? []) : [])));
  }

  function removedRef(kind: string, event: Event): EntityRef | undefined {
    const value = event.value_before[0] ?? event.value_after[0];
    if (kind === "task") return { system, kind: "task", id: value?.task?.id ?? event.entity_id };
    if (kind !== "note") return holderRef(system, event.entity_type, event.entity_id);
    const holder = ({ lead: "leads", contact: "contacts", company: "companies" } as const)[event.entity_type];
    return holder && value?.note ? noteRef(system, holder, value.note.id) : undefined;
  }

  /** Where a ref is read from, and its number there. */
  function whereOf(ref: EntityRef): { readonly source: Source; readonly id: string } | undefined {
    const note = ref.kind === "note" ? /^(\w+)-(\d{1,18})$/.exec(ref.id) : undefined;
    const id = note ? note[2] : ref.kind === "contact" || ref.kind === "company" ? clientPath(system, ref.id).id : ref.id;
    const source = sources[ref.kind]?.find((one) => one.holder === undefined || one.holder === note?.[1]);
    return source && id !== undefined && /^\d{1,18}$/.test(id) ? { source, id } : undefined;
  }

  async function fetchFrom(source: Source, ids: readonly string[]): Promise<readonly Change[]> {
    const shown: Pairs = source.with === undefined ? [] : [["with", source.with]];
    const found = await Promise.all(
      parts(ids, idsAtOnce).map((some) => reader.all(source.path, rows(source.key), [...many("filter[id]", some), ...shown])),
    );
    const asked = found.flat().filter((row) => ids.includes(row.id));
    const gone = ids.filter((id) => !asked.some((row) => row.id === id));
    return [...(await toChanges(source, asked)), ...gone.map((id) => ({ kind: "remove", ref: refOf(source, id) }) as const)];
  }

  async function fetch(refs: readonly EntityRef[]): Promise<readonly Change[]> {
    const bySource = new Map<Source, Set<string>>();
    const unknown: Change[] = [];
    for (const ref of refs) {
      const where = whereOf(ref);
      if (where) bySource.set(where.source, (bySource.get(where.source) ?? new Set()).add(where.id));
      else unknown.push({ kind: "remove", ref });
    }
    const found = await Promise.all([...bySource].map(([source, ids]) => fetchFrom(source, [...ids])));
    return [...found.flat(), ...unknown];
  }

  return {
    kinds: Object.keys(sources),
    changes,
    fetch,
    async *memberships() {
      for (const user of (await directory.users()).values()) if (user.rights.is_active !== false) yield membershipOf(system, user);
    },
  };
}

function cursorOf(position: z.infer<typeof Running> | z.infer<typeof Finished>): ChangeBatch["cursor"] {
  return asCursor(position) as ChangeBatch["cursor"];
}
