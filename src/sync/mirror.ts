import { z } from "zod";
import type { Entity, EntityRef } from "../domain/entity.js";
import type { Cursor, Page, PageRequest } from "../domain/listing.js";
import type { FieldProtection, Mirror } from "../domain/mirror.js";
import type { Person } from "../domain/people.js";
import type { Database } from "../platform/database.js";
import { readAs } from "../platform/reader.js";

const pageSize = 50;

const Row = z.object({
  id: z.string(),
  system_name: z.string(),
  entity_type: z.string(),
  external_id: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  updated_at: z.date().nullable(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

const opened = `acl_id in (select id from acls where kind = 'everyone' or (kind = 'clauses' and not exists (
  select 1 from jsonb_array_elements(clauses) clause
  where not exists (select 1 from jsonb_array_elements_text(clause) principal where principal = any($1::text[])))))`;

/** What synchronisation has stored, seen with one person's rights: what they may not read is not there. */
export function createMirror(database: Database, person: Person, open: FieldProtection["open"]): Mirror {
  const query = (text: string, values: readonly unknown[]) => readAs(database, person.principals, (tx) => tx.query(text, values));
  const related = async (ref: EntityRef, kind: string | undefined, { from, size = pageSize }: PageRequest = {}): Promise<Page<Entity>> => {
    const { rows } = await query(
      `select id, system_name, entity_type, external_id, title, url, updated_at, fields from system_integrations
       where relations @> $2::jsonb and ($3::text is null or entity_type = $3) and id > $4 and ${opened} order by id limit $5`,
      [person.principals, JSON.stringify([{ to: ref }]), kind ?? null, from ?? "0", size + 1],
    );
    const items = rows.map((row) => Row.parse(row));
    const last = items[size - 1];
    return {
      items: items.slice(0, size).map((row) => toEntity(row, open)),
      next: items.length > size && last ? (last.id as Cursor) : undefined,
    };
  };

  return {
    async same(ref) {
      const { rows } = await query(
        `select s.system_name, s.entity_type, s.external_id from system_integrations r join system_integrations s on s.internal_id = r.internal_id and s.id <> r.id
         where r.system_name = $2 and r.entity_type = $3 and r.external_id = $4 and s.${opened}`,
        [person.principals, ref.system, ref.kind, ref.id],
      );
      return rows.map((row) => ({ system: String(row.system_name), kind: String(row.entity_type), id: String(row.external_id) }));
    },

    related: (ref, kind) => ({
      page: (request) => related(ref, kind, request),
      async *[Symbol.asyncIterator]() {
        let from: Cursor | undefined;
        do {
          const page: Page<Entity> = await related(ref, kind, { from });
          yield* page.items;
          from = page.next;
        } while (from);
      },
    }),
  };
}

function toEntity(row: z.infer<typeof Row>, open: FieldProtection["open"]): Entity {
  const ref = { system: row.system_name, kind: row.entity_type, id: row.external_id };
  return {
    ref,
    title: row.title,
    url: row.url ?? undefined,
    updatedAt: row.updated_at ?? undefined,
    // Already checked by the query.
    readers: "everyone",
    relations: [],
    fields: open(ref, row.fields),
  };
}
