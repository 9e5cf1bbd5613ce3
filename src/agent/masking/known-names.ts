import type { Database } from "../../platform/database.js";
import { type KnownNames, learnNames } from "./names.js";

const freshMs = 5 * 60_000;
/** The newest so many contacts; what is beyond is still found by the patterns. */
const mostNames = 20_000;

/** Names of Svyaz's people, of the mirror's contacts and of the records' owners; read again every five minutes. */
export function createKnownNames({ database, now }: { readonly database: Database; readonly now: () => Date }): () => Promise<KnownNames> {
  let kept: { readonly at: number; readonly names: Promise<KnownNames> } | undefined;
  const read = async () => {
    const { rows } = await database.query<{ name: string }>(
      `select name from people
       union select distinct owner->>'name' from system_integrations where owner is not null
       union select title from (
         select title from system_integrations where entity_type in ('contact', 'person', 'user', 'employee') order by id desc limit ${mostNames}
       ) contacts`,
    );
    return learnNames(rows.map(({ name }) => name));
  };
  return () => {
    const at = now().getTime();
    if (!kept || at - kept.at > freshMs) {
      const names = read();
      kept = { at, names };
      names.catch(() => (kept = undefined));
    }
    return kept.names;
  };
}
