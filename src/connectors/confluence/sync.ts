import { z } from "zod";
import type { EntityRef } from "../../domain/entity.js";
import { AccessDenied, NotFound, RequestRefused, SignInNeeded, SystemUnavailable } from "../../domain/errors.js";
import type { Cursor } from "../../domain/listing.js";
import type { Log } from "../../domain/log.js";
import type { Change, ChangeBatch, SyncSource } from "../../domain/sync.js";
import { asCursor, readCursor } from "../kit/listing.js";
import type { Bodies } from "./bodies.js";
import { changedWithin, inSpaces } from "./cql.js";
import { refOf, toEntity } from "./map.js";
import type { Rights } from "./restrictions.js";
import { type ContentKind, type Found, type FoundPage, type Paging, type Site, type SiteContent, type Space, stepBack } from "./site.js";

const kinds: readonly ContentKind[] = ["page", "blogpost", "attachment"];
/** How far a run reaches back before the last one: clocks differ, CQL knows whole minutes, and the search index lags. */
const overlapMinutes = 15;
/** Bodies make big answers; Confluence's own cap is near. */
const pageSize = 50;
const smallestPage = 5;
/** Without bodies; both editions give so many. */
const rightsPageSize = 100;

/** Between two pages, and after a pass was cut off, so many things may be thrown away without another one being passed over. */
const rowsBack = 5;
const rowsBackAfterCut = 100;

const Trash = z.array(z.string());
const Place = z.object({
  of: z.literal("sync"),
  kind: z.string(),
  mode: z.enum(["full", "since", "done"]),
  /** When the run began, milliseconds; where the next one starts from. */
  began: z.number(),
  /** What the last run ended with: since when to read, what of the overlap is known ("id:version"), what was in the trash. */
  since: z.number().optional(),
  known: z.array(z.string()).optional(),
  trash: Trash.optional(),
  /** Position: the space and the page in it. */
  space: z.string().optional(),
  next: z.string().optional(),
});
type Place = z.infer<typeof Place>;

/**
 * "full" walks every space with bodies and rights; restrictions and moves leave no trace in dates, so it sees them, and "audiences" the restrictions besides.
 * "since" asks CQL for what changed, and looks into the trash, because what is there vanishes from every search.
 */
export function createSync({
  site,
  system,
  bodies,
  rights,
  spaceKeys,
  now,
  log,
}: {
  readonly site: Site;
  readonly system: string;
  readonly bodies: Bodies;
  readonly rights: () => Rights;
  /** Only these; empty for all. */
  readonly spaceKeys: readonly string[];
  readonly now: () => Date;
  readonly log: Log;
}): SyncSource {
  const inside = inSpaces(spaceKeys);
  const cursorOf = (place: Place) => asCursor(place) as Cursor;

  async function* changes({ kind, mode, from, signal }: Parameters<SyncSource["changes"]>[0]): AsyncIterable<ChangeBatch> {
    const content = kindOf(kind);
    const known =
      from &&
      readCursor(
        from,
        Place.refine((place) => place.kind === kind),
        { system, operation: "sync.changes" },
      );
    // It was read to its end, and only the end was not noted.
    if (mode === "full" && known?.mode === "done") return;
    const going = known && known.mode === mode ? known : undefined;
    const began = now().getTime();
    if (mode === "full") yield* full(content, going ?? { of: "sync", kind, mode, began }, signal);
    else {
      // Without a run before it there is nothing to start from: a day back, and the nightly run sees the rest.
      const since = known?.mode === "done" || known?.mode === "full" ? known.began : began - 86_400_000;
      yield* recent(content, going ?? { of: "sync", kind, mode, began, since, known: known?.known, trash: known?.trash }, signal);
    }
  }

  async function* full(kind: ContentKind, start: Place, signal: AbortSignal): AsyncIterable<ChangeBatch> {
    const asked = rights();
    // What is thrown away while a pass is cut off was not in the trash when it began, so the next run takes it for news.
    const trash = start.trash ?? [...(await trashOf(kind))];
    let place: Place = { ...start, trash };
    for (const space of await wholeSpaces(kind, signal)) {
      // Spaces go by their key, so that a run cut off finds its place again although spaces came and went.
      if (place.space !== undefined && space.key < place.space) continue;
      let from = place.space === space.key ? stepBack(place.next, rowsBackAfterCut) : undefined;
      do {
        const page = await read(kind, space, { from, size: pageSize, signal });
        const batch = await toChanges(kind, page.items, asked, signal);
        from = overlapping(page);
        place = { ...place, space: space.key, next: from };
        yield { changes: batch, cursor: cursorOf(from === undefined ? { ...place, space: `${space.key}\u0000` } : place) };
      } while (from !== undefined);
    }
    yield { changes: [], cursor: cursorOf({ of: "sync", kind, mode: "done", began: start.began, trash }) };
  }

  async function* recent(kind: ContentKind, start: Place, signal: AbortSignal): AsyncIterable<ChangeBatch> {
    const asked = rights();
    const minutes = Math.max(1, Math.ceil((now().getTime() - (start.since ?? start.began)) / 60_000)) + overlapMinutes;
    const cql = changedWithin(kind, minutes, inside);
    const known = new Set(start.known);
    const seen: string[] = [];
    let place = start;
    do {
      const page = await site.search(cql, { from: place.next, size: pageSize, signal });
      const fresh = page.items.filter((item) => {
        if (!("content" in item)) return true;
        const mark = markOf(item.content);
        if (item.content.updatedAt.getTime() >= start.began - overlapMinutes * 2 * 60_000) seen.push(mark);
        if (known.has(mark)) return false;
        known.add(mark);
        return true;
      });
      const batch = await toChanges(kind, await Promise.all(fresh.map(withBody)), asked, signal);
      place = { ...place, next: overlapping(page) };
      yield { changes: batch, cursor: cursorOf({ ...place, known: [...known] }) };
    } while (place.next !== undefined);
    const trash = await trashOf(kind);
    const before = new Set(start.trash);
    const thrown = [...trash].filter((id) => !before.has(id)).map((id): Change => ({ kind: "remove", ref: { system, kind, id } }));
    // What left the trash was brought back, perhaps with its old date, or is gone for good.
    const back = [...before].filter((id) => !trash.has(id)).map((id): EntityRef => ({ system, kind, id }));
    const settled = [...thrown, ...(await fetchAll(back, asked))];
    yield { changes: settled, cursor: cursorOf({ of: "sync", kind, mode: "done", began: start.began, known: seen, trash: [...trash] }) };
  }

  /** Where the next page begins: a little earlier, as rows may have gone or moved to the end. Of a short page less, or it would never end. */
  function overlapping({ next, items }: FoundPage): string | undefined {
    return stepBack(next, Math.min(rowsBack, Math.floor(items.length / 4)));
  }

  /** Attachments are found by search alone, all spaces in one list. */
  async function wholeSpaces(kind: ContentKind, signal: AbortSignal): Promise<readonly Space[]> {
    if (kind === "attachment") return [{ id: "", key: "" }];
    const all = await site.spaces(signal);
    const wanted = spaceKeys.length === 0 ? all : all.filter(({ key }) => spaceKeys.includes(key));
    return [...wanted].sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  /** One page of a full run; a server that breaks under its size is asked for less. */
  async function read(kind: ContentKind, space: Space, paging: Paging): Promise<FoundPage> {
    for (let size = paging.size; ; size = Math.max(smallestPage, Math.floor(size / 2))) {
      try {
        if (kind !== "attachment") return await site.contents(kind, space, { ...paging, size });
        return await site.search(`type = attachment${inside} order by created asc`, { ...paging, size });
      } catch (error) {
        if (!(error instanceof SystemUnavailable) || size === smallestPage) throw error;
        log.warn("a page of contents was too much, asking for less", { system, kind, space: space.key, size });
      }
    }
  }

  async function withBody(item: Found): Promise<Found> {
    if (!("content" in item) || item.content.kind === "attachment") return item;
    try {
      return { content: await site.content(item.content.id, { body: true }) };
    } catch (error) {
      return { id: item.content.id, error: error as Error };
    }
  }

  async function toChanges(kind: ContentKind, items: readonly Found[], asked: Rights, signal?: AbortSignal): Promise<readonly Change[]> {
    return Promise.all(
      items.map(async (item) => {
        if (!("content" in item)) return gone({ system, kind, id: item.id }, item.error, signal);
        const { content } = item;
        try {
          const attachment = content.kind === "attachment";
          const [readers, markdown, author, space] = await Promise.all([
            asked.readersOf(content),
            attachment ? undefined : bodies.markdownOf(content),
            bodies.authorOf(content),
            bodies.spaceOf(content),
          ]);
          return {
            kind: "upsert",
            entity: toEntity(content, { system, webAddress: site.webAddress, readers, author, space }, markdown),
          } as const;
        } catch (error) {
          return unreadable(refOf(system, content), error, signal);
        }
      }),
    );
  }

  /** A sign-in that ended is the run's end, not one page's. */
  function unreadable(ref: EntityRef, error: unknown, signal?: AbortSignal): Change {
    signal?.throwIfAborted();
    if (error instanceof SignInNeeded) throw error;
    return { kind: "unreadable", ref, error: error instanceof Error ? error : new Error(String(error)) };
  }

  /** It was asked for by its id: hidden from the account is as good as gone. */
  function gone(ref: EntityRef, error: unknown, signal?: AbortSignal): Change {
    return error instanceof NotFound || error instanceof AccessDenied ? { kind: "remove", ref } : unreadable(ref, error, signal);
  }

  async function fetchAll(refs: readonly EntityRef[], asked: Rights): Promise<readonly Change[]> {
    const changed = await Promise.all(
      refs.map(async (ref) => {
        try {
          const content = await site.content(ref.id, { body: true });
          return await toChanges(content.kind, [{ content }], asked);
        } catch (error) {
          return [gone(ref, error)];
        }
      }),
    );
    return changed.flat();
  }

  async function trashOf(kind: ContentKind): Promise<ReadonlySet<string>> {
    try {
      return new Set(await site.trashed(kind));
    } catch (error) {
      // Some accounts may not look into the trash: the nightly run removes what it does not see.
      if (!(error instanceof AccessDenied || error instanceof NotFound || error instanceof RequestRefused)) throw error;
      log.debug("the trash cannot be read", { system, kind, reason: error.message });
      return new Set();
    }
  }

  function kindOf(kind: string): ContentKind {
    const found = kinds.find((one) => one === kind);
    if (!found) throw new RequestRefused(`${system}: there is no kind ${kind}`, { system, operation: "sync.changes" });
    return found;
  }

  return {
    kinds,
    changes,
    fetch: (refs) => fetchAll(refs, rights()),
    async count(kind) {
      const { total } = await site.search(`type = ${kindOf(kind)}${inside}`, { size: 1 });
      return total ?? 0;
    },
    // On Data Center so many pages a call, and one for each space; on Cloud also one for each page below another, because only that
    // names folders. Attachments come last: their pages' rights are known by then.
    async *audiences(signal) {
      const asked = rights();
      for (const kind of kinds) {
        let from: string | undefined;
        do {
          const page = await site.places(`type = ${kind}${inside} order by created asc`, { from, size: rightsPageSize, signal });
          const contents = page.items.flatMap((item) => ("content" in item ? [item.content] : []));
          yield await Promise.all(
            contents.map(async (content) => ({ ref: refOf(system, content), readers: await asked.readersOf(content) })),
          );
          from = page.next;
        } while (from !== undefined);
      }
    },
    async *memberships(signal) {
      const groups = new Map<string, string[]>();
      for await (const { group, users } of site.groupMembers(signal)) {
        for (const user of users) groups.set(user, [...(groups.get(user) ?? []), `${system}:group:${group}`]);
      }
      for (const [user, of] of groups) yield { member: `${system}:user:${user}`, of };
    },
  };
}

function markOf({ id, version }: SiteContent): string {
  return `${id}:${version}`;
}
