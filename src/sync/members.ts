import type { SyncSource } from "../domain/sync.js";
import type { Database } from "../platform/database.js";

/** Replaces a system's memberships by what it says now, in one step; a reading that breaks off changes nothing. */
export async function refreshMembers(database: Database, system: string, source: SyncSource, signal: AbortSignal): Promise<number> {
  if (!source.memberships) return 0;
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
  return members.length;
}
