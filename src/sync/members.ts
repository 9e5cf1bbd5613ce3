import { setTimeout as delay } from "node:timers/promises";
import type { Alerts } from "../domain/alert.js";
import type { Systems } from "../domain/connector.js";
import type { Log } from "../domain/log.js";
import type { Language } from "../domain/people.js";
import type { SyncSource } from "../domain/sync.js";
import type { Database } from "../platform/database.js";
import { texts } from "../text/texts.js";
import { storeAudiences } from "./apply.js";

/** So many misses in a row, at one every five minutes, are worth an alert: meanwhile old rights hold. */
const missesToTell = 3;
/** So long the very first start waits for the groups of a large company. */
const firstMs = 3_000;

interface Refreshing {
  readonly systems?: readonly string[];
  readonly signal?: AbortSignal;
}

/** Keeps rights true between the runs of the content. One system's failure stops no other and changes nothing of it. */
export interface RightsMirror {
  /** Reads who belongs to which groups. */
  members(options?: Refreshing): Promise<void>;
  /** Reads the groups of systems with documents of which none was ever read, and waits for it a little: without them nobody sees a page. */
  membersAtFirst(signal: AbortSignal): Promise<void>;
  /** Reads who may read what, where the system says that apart from the texts; takes longer and so has a rhythm of its own. */
  audiences(options?: Refreshing): Promise<void>;
}

export function createRightsMirror({
  database,
  systems,
  alerts,
  language,
  log,
}: {
  readonly database: Database;
  readonly systems: Systems;
  readonly alerts: Alerts;
  /** The admins'. */
  readonly language: Language;
  readonly log: Log;
}): RightsMirror {
  const misses = new Map<string, number>();
  const words = texts(language).alerts;

  async function each(
    what: "memberships" | "audiences",
    { systems: only, signal = new AbortController().signal }: Refreshing,
    act: (system: string, source: SyncSource, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    for (const { system, definition } of systems.configured) {
      signal.throwIfAborted();
      if (only && !only.includes(system)) continue;
      const key = `${what}:${system}`;
      try {
        const { sync } = await systems.forSvyaz(system);
        if (sync) await act(system, sync, signal);
        if ((misses.get(key) ?? 0) >= missesToTell) await alerts.resolve(key);
        misses.delete(key);
      } catch (error) {
        signal.throwIfAborted();
        const missed = (misses.get(key) ?? 0) + 1;
        misses.set(key, missed);
        log.warn("rights were not refreshed", { system, what, missed, error });
        if (missed !== missesToTell) continue;
        await alerts.raise({
          key,
          level: "warning",
          title: words.rightsTitle(definition.title),
          text: words.rightsText(what, missed),
          system,
        });
      }
    }
  }

  async function never(): Promise<readonly string[]> {
    const { rows } = await database.query<{ system: string }>("select distinct system from memberships");
    const read = new Set(rows.map(({ system }) => system));
    const withDocuments = systems.configured.filter(({ definition }) => definition.families?.includes("documents"));
    return withDocuments.map(({ system }) => system).filter((system) => !read.has(system));
  }

  const mirror: RightsMirror = {
    async membersAtFirst(signal) {
      const unread = await never();
      if (unread.length === 0) return;
      const reading = mirror.members({ systems: unread, signal }).catch((error: unknown) => {
        if (!signal.aborted) log.warn("groups were not read", { error });
      });
      const enough = new AbortController();
      await Promise.race([reading, delay(firstMs, undefined, { signal: enough.signal }).catch(() => undefined)]);
      enough.abort();
    },
    members: (options = {}) => each("memberships", options, (system, source, signal) => refreshMembers(database, system, source, signal)),
    audiences: (options = {}) => each("audiences", options, (_system, source, signal) => refreshAudiences(database, source, signal)),
  };
  return mirror;
}

/** Replaces a system's memberships by what it says now, in one step; a reading that breaks off changes nothing. */
async function refreshMembers(database: Database, system: string, source: SyncSource, signal: AbortSignal): Promise<void> {
  if (!source.memberships) return;
  const members: string[] = [];
  const groups: string[] = [];
  for await (const { member, of } of source.memberships(signal)) {
    for (const group of of) {
      members.push(member);
      groups.push(group);
    }
  }
  await database.transaction(async (tx) => {
    await tx.query("delete from memberships where system = $1", [system]);
    await tx.query(
      "insert into memberships (system, member, of_group) select $1, m, g from unnest($2::text[], $3::text[]) as x (m, g) on conflict do nothing",
      [system, members, groups],
    );
  });
}

/** Batch by batch: each is true as soon as it is read. */
async function refreshAudiences(database: Database, source: SyncSource, signal: AbortSignal): Promise<void> {
  if (!source.audiences) return;
  for await (const batch of source.audiences(signal)) await database.transaction((tx) => storeAudiences(tx, batch));
}
