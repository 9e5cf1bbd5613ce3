import { z } from "zod";
import type { Access, Family, Ruling } from "../domain/access.js";
import type { Systems } from "../domain/connector.js";
import type { Entity, EntityRef } from "../domain/entity.js";
import type { Cursor, Page, PageRequest } from "../domain/listing.js";
import type { FieldProtection, Mirror } from "../domain/mirror.js";
import type { Person } from "../domain/people.js";
import type { Database } from "../platform/database.js";
import { readAs } from "../platform/reader.js";

const pageSize = 50;
/** A system that names no families may be any. */
const families: readonly Family[] = ["crm", "erp", "documents", "analytics"];

const Row = z.object({
  id: z.string(),
  system_name: z.string(),
  entity_type: z.string(),
  external_id: z.string(),
  title: z.string(),
  url: z.string().nullable(),
  updated_at: z.date().nullable(),
  owner: z.object({ id: z.string(), groups: z.array(z.string()) }).nullable(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
type StoredRow = z.infer<typeof Row>;

/** Whether somebody with the principals $1 may read a row of the mirror. */
export const columns = "s.id, s.system_name, s.entity_type, s.external_id, s.title, s.url, s.updated_at, s.owner, s.fields";

/** A condition on rows of the mirror: the principals in $1 open them. */
export const opened = `acl_id in (select id from acls where kind = 'everyone' or (kind = 'clauses' and not exists (
  select 1 from jsonb_array_elements(clauses) clause
  where not exists (select 1 from jsonb_array_elements_text(clause) principal where principal = any($1::text[])))))`;

/** How a person may see one system: nothing, their own things, their department's, or all. */
type Scope = Ruling["scope"] | "none";

/**
 * What synchronisation has stored, seen with one person's rights: what they may not read is not there. A system's readers open a
 * thing, and the access policy as of now decides whether that system is read at all and how far, as it does at the gate.
 */
export function createMirrors({
  database,
  access,
  systems,
  open,
}: {
  readonly database: Database;
  readonly access: Pick<Access, "decide">;
  readonly systems: Pick<Systems, "configured">;
  readonly open: FieldProtection["open"];
}): (person: Person) => Mirror {
  return (person) => {
    async function scopesNow(): Promise<ReadonlyMap<string, Scope>> {
      const scopes = systems.configured.map(async ({ system, definition }) => {
        const rulings = await Promise.all(
          (definition.families ?? families).map((family) => access.decide(person, { system, family, verb: "read" })),
        );
        const allowed = rulings.flatMap(({ effect, scope }) => (effect === "deny" ? [] : [scope]));
        const widest = (["all", "department", "own"] as const).find((scope) => allowed.includes(scope));
        return [system, widest ?? "none"] as const;
      });
      return new Map(await Promise.all(scopes));
    }

    /** Rows that a query finds, and of each whether this person may be told of it. */
    async function read(text: string, values: readonly unknown[]): Promise<readonly { readonly row: StoredRow; readonly told: boolean }[]> {
      const scopes = await scopesNow();
      // Where a system keeps its rights to itself, its things are for those whom the policy lets see all of it.
      const whole = [...scopes].flatMap(([system, scope]) => (scope === "all" ? [`${system}:sees:all`] : []));
      const principals = [...person.principals, ...whole];
      const readable = [...scopes].flatMap(([system, scope]) => (scope === "none" ? [] : [system]));
      const { rows } = await readAs(database, principals, (tx) => tx.query(text, [principals, readable, ...values]));
      return rows.map((found) => {
        const row = Row.parse(found);
        return { row, told: sees(row, scopes.get(row.system_name), person) };
      });
    }

    async function related(ref: EntityRef, kind: string | undefined, { from, size = pageSize }: PageRequest = {}): Promise<Page<Entity>> {
      const found = await read(
        `select ${columns} from system_integrations s
         where s.system_name = any($2::text[]) and s.${opened} and relations @> $3::jsonb and ($4::text is null or entity_type = $4) and id > $5 order by id limit $6`,
        [JSON.stringify([{ to: ref }]), kind ?? null, from ?? "0", size + 1],
      );
      const page = found.slice(0, size);
      const last = page.at(-1);
      return {
        items: page.flatMap(({ row, told }) => (told ? [toEntity(row, open)] : [])),
        next: found.length > size && last ? (last.row.id as Cursor) : undefined,
      };
    }

    return {
      async whole() {
        return [...(await scopesNow())].flatMap(([system, scope]) => (scope === "all" ? [system] : []));
      },

      async same(ref) {
        // Whoever holds a ref has been told of it; what it belongs to is theirs to know as far as they may read that.
        const { rows } = await database.query<{ client: string | null }>(
          "select internal_id as client from system_integrations where system_name = $1 and entity_type = $2 and external_id = $3",
          [ref.system, ref.kind, ref.id],
        );
        const client = rows[0]?.client;
        if (!client) return [];
        const found = await read(
          `select ${columns} from system_integrations s
           where s.system_name = any($2::text[]) and s.${opened} and s.internal_id = $3 and s.system_name <> $4
           order by s.system_name, s.entity_type, s.external_id`,
          [client, ref.system],
        );
        return found.flatMap(({ row, told }) => (told ? [{ system: row.system_name, kind: row.entity_type, id: row.external_id }] : []));
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
  };
}

/** As the gate narrows: by whose it is. */
function sees({ system_name: system, owner }: StoredRow, scope: Scope | undefined, { principals }: Person): boolean {
  if (scope === "all") return true;
  if (owner === null) return false;
  return (
    principals.includes(`${system}:user:${owner.id}`) || (scope === "department" && owner.groups.some((one) => principals.includes(one)))
  );
}

function toEntity(row: StoredRow, open: FieldProtection["open"]): Entity {
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
