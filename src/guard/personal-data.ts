import { randomBytes, scryptSync } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { RequestRefused } from "../domain/errors.js";
import type { EntityRef } from "../domain/entity.js";
import type { ClientKey } from "../domain/mirror.js";
import type { Database, Queryable } from "../platform/database.js";
import { storableJson } from "../platform/database.js";
import type { AuditService } from "./audit.js";
import { type DataClass, type DataPlace, dataPlaces } from "./data-places.js";
import { erasedMark, type PersonalValue, personalValue } from "./personal-value.js";

/** Rows of one statement: a slice of a fifth of a second at most. */
const slice = 200;

/** Where a person's data stand. `refs`: the mirrored records, so that it can be erased at their source as well. */
export interface Findings {
  readonly places: readonly { readonly place: string; readonly class: DataClass | "pictures"; readonly count: number }[];
  readonly refs: readonly EntityRef[];
  /** Cards that are being written this moment, and so cannot be touched. */
  readonly busy: number;
}

export interface PersonalDataParts {
  readonly database: Database;
  readonly audit: AuditService;
  /** What the mirror's sensitive keys are looked up by, since they themselves are encrypted. */
  readonly blindIndex: (kind: ClientKey, value: string) => string | undefined;
  /** Made for the terminal and needed by nothing else. */
  readonly pictures: string;
  readonly now: () => Date;
}

export interface PersonalData {
  /** Every place that holds one of these values: phones, e-mails, names. */
  find(values: readonly string[]): Promise<Findings>;
  /** Takes the values out of every place, and returns what was found before and what is left. Refuses for the people Svyaz works for. */
  erase(
    values: readonly string[],
    by: { readonly actor: string; readonly trace: string },
  ): Promise<{ readonly erased: Findings; readonly left: Findings }>;
}

type Row = Record<string, unknown>;

export function createPersonalData(parts: PersonalDataParts): PersonalData {
  const { database, audit, now } = parts;

  const find = async (values: readonly PersonalValue[]): Promise<Findings> => {
    const places: { place: string; class: DataClass | "pictures"; count: number }[] = [];
    const refs = new Map<string, EntityRef>();
    for (const place of searched) {
      let count = 0;
      for await (const row of matching(place, values)) {
        count += 1;
        const ref = await refOf(place, row);
        if (ref) refs.set(`${ref.system}:${ref.kind}:${ref.id}`, ref);
      }
      if (count > 0) places.push({ place: place.table, class: place.class, count });
    }
    const files = await pictureNames();
    // Nobody can search a picture: each may show a name.
    if (places.length > 0 && files.length > 0) places.push({ place: "pictures", class: "pictures", count: files.length });
    return { places, refs: [...refs.values()], busy: await busyCards(values) };
  };

  return {
    find: (given) => find(given.map(personalValue)),

    async erase(given, { actor, trace }) {
      const values = given.map(personalValue);
      await refuseEmployees(values);
      const erased = await find(values);
      const marks = values.map(({ kind, identity }) => ({ kind, mark: slowDigest(identity) }));
      const left = await audit.during(
        { name: "personal-data.erased", actor, trace, payload: { values: marks, places: erased.places } },
        async () => {
          await rejectOpenCards(values, actor, trace);
          for (const place of searched)
            for await (const row of matching(place, values)) await eraseRow(place, row, values, { actor, trace });
          for (const name of await pictureNames()) await rm(join(parts.pictures, name), { force: true });
          return find(values);
        },
      );
      return { erased, left };
    },
  };

  /** The rows of a place in which a value really stands, in the order of the key. */
  async function* matching(place: DataPlace, values: readonly PersonalValue[]): AsyncGenerator<Row> {
    const keys = place.key.map((column) => `${column}::text collate "C"`);
    const text = `concat_ws(' ', ${place.holds.map((column) => `${column}::text`).join(", ")})`;
    const marks = place.table === "system_integrations" ? values.flatMap(({ kind, identity }) => blindMarks(kind, identity)) : [];
    const lexicon = place.erasing === "lexicon";
    const conditions = values.map(({ candidate }, at) => (lexicon ? `word ~ $${at + 1}` : candidate(text, `$${at + 1}`)));
    const marked =
      marks.length > 0
        ? ` or exists (select from jsonb_each(keys->'match') kind, jsonb_array_elements_text(kind.value) mark where mark = any($${values.length + 1}))`
        : "";
    const parameters = [
      ...values.map(({ pattern, wordPattern }) => (lexicon ? wordPattern : pattern)),
      ...(marks.length > 0 ? [marks] : []),
    ];
    let after: readonly string[] | undefined;
    for (;;) {
      const from = after ? ` and (${keys.join(", ")}) > (${after.map((_, at) => `$${parameters.length + at + 1}`).join(", ")})` : "";
      const { rows } = await database.query<Row>(
        `select ${[...new Set([...place.key, ...place.holds, ...(extras[place.table] ?? [])])].join(", ")}, array[${keys.join(", ")}] as place_key
         from ${place.table} where (${conditions.join(" or ")}${marked}) ${from} order by ${keys.join(", ")} limit ${slice}`,
        [...parameters, ...(after ?? [])],
      );
      for (const row of rows) if (holdsAny(place, row, values) || hasMark(row, marks)) yield row;
      if (rows.length < slice) return;
      after = rows.at(-1)?.["place_key"] as readonly string[];
    }
  }

  async function eraseRow(
    place: DataPlace,
    row: Row,
    values: readonly PersonalValue[],
    by: { actor: string; trace: string },
  ): Promise<void> {
    if (place.table === "approvals" && !settled.has(String(row["state"]))) return;
    switch (place.erasing) {
      case "payload":
        await audit.erase(String(row["event_id"]), by);
        return;
      case "lexicon":
        await database.query("delete from passage_words where word = $1", [row["word"]]);
        return;
      case "passage":
        await eraseRecord(database, String(row["entity"]), "record", now());
        return;
      case "record": {
        const ownerAlone = holdsAny({ ...place, holds: ["owner"] }, row, values);
        const rest = holdsAny({ ...place, holds: place.holds.filter((column) => column !== "owner") }, row, values) || !ownerAlone;
        if (rest) await eraseRecord(database, String(row["id"]), "record", now());
        if (ownerAlone) await eraseRecord(database, String(row["id"]), "owner", now());
        return;
      }
      case "words": {
        const changed = place.holds.filter((column) => row[column] !== null);
        const cleaned = changed.map((column) => {
          const value = row[column];
          return typeof value === "string" ? without(value, values) : storableJson(withoutDeep(value, values));
        });
        const set = changed.map((column, at) => `${column} = $${at + 1}`).join(", ");
        const where = place.key.map((column, at) => `${column} = $${changed.length + at + 1}`).join(" and ");
        await database.query(`update ${place.table} set ${set} where ${where}`, [...cleaned, ...place.key.map((column) => row[column])]);
      }
    }
  }

  function blindMarks(kind: PersonalValue["kind"], identity: string): string[] {
    if (kind === "name") return [];
    const mark = parts.blindIndex(kind === "phone" ? "phones" : "emails", identity);
    return mark === undefined ? [] : [mark];
  }

  /** Whom Svyaz works for is removed first; only then may the row lose its name. */
  async function refuseEmployees(values: readonly PersonalValue[]): Promise<void> {
    const { rows } = await database.query<{ id: string; name: string; email: string | null }>(
      "select id, name, email from people where active",
    );
    const one = rows.find(({ name, email }) =>
      values.some((value) => value.find(name).length > 0 || (email && value.find(email).length > 0)),
    );
    if (one)
      throw new RequestRefused(`pii: this is ${one.id}, for whom Svyaz works; first: svyaz people remove ${one.id}`, {
        operation: "pii.erase",
      });
  }

  /** What waits for somebody's yes shows the value on a card: it is withdrawn, and its words go like those of any settled one. */
  async function rejectOpenCards(values: readonly PersonalValue[], actor: string, trace: string): Promise<void> {
    const place = cards;
    for await (const row of matching(place, values)) {
      if (row["state"] !== "waiting") continue;
      await audit.during({ name: "approval.rejected", actor, trace, payload: { approval: String(row["id"]), why: "erased" } }, () =>
        database.query(
          "update approvals set state = 'rejected', reason = 'personal data erased', settled_at = $2 where id = $1 and state = 'waiting'",
          [row["id"], now()],
        ),
      );
    }
  }

  async function busyCards(values: readonly PersonalValue[]): Promise<number> {
    let busy = 0;
    for await (const row of matching(cards, values)) if (["agreed", "running"].includes(String(row["state"]))) busy += 1;
    return busy;
  }

  async function refOf(place: DataPlace, row: Row): Promise<EntityRef | undefined> {
    const entity = place.erasing === "record" ? row["id"] : place.erasing === "passage" ? row["entity"] : undefined;
    if (entity === undefined) return undefined;
    const { rows } = await database.query<{ system: string; kind: string; id: string }>(
      "select system_name as system, entity_type as kind, external_id as id from system_integrations where id = $1",
      [entity],
    );
    return rows[0];
  }

  async function pictureNames(): Promise<readonly string[]> {
    return readdir(parts.pictures).catch(() => []);
  }
}

const settled = new Set(["rejected", "expired", "done", "failed", "unknown"]);
const searched = dataPlaces.filter(({ holds }) => holds.length > 0);
const cards = dataPlaces.find(({ table }) => table === "approvals") as DataPlace;
const extras: Readonly<Record<string, readonly string[]>> = { approvals: ["state"], passages: ["entity"] };

/**
 * Empties a mirrored record and keeps it empty while its source has it in this state. What comes from a folder and no system goes
 * altogether, since its very id is a path.
 */
async function eraseRecord(database: Database, entity: string, part: "record" | "owner", at: Date): Promise<void> {
  await database.transaction(async (tx: Queryable) => {
    const folder = await tx.query("delete from system_integrations where id = $1 and system_name = 'files'", [entity]);
    if (folder.rowCount > 0) return;
    await tx.query(
      `insert into erased_records (system_name, entity_type, external_id, digest, part, erased_at)
       select system_name, entity_type, external_id, digest, $2, $3 from system_integrations where id = $1
       on conflict (system_name, entity_type, external_id, part) do update set digest = excluded.digest, erased_at = excluded.erased_at`,
      [entity, part, at],
    );
    if (part === "record") await tx.query("delete from passages where entity = $1", [entity]);
    // The trigger empties it.
    await tx.query("update system_integrations set digest = digest where id = $1", [entity]);
  });
}

function holdsAny(place: Pick<DataPlace, "holds" | "erasing">, row: Row, values: readonly PersonalValue[]): boolean {
  return place.holds.some((column) => {
    const value = row[column];
    if (value === null || value === undefined) return false;
    if (place.erasing === "lexicon") return values.some((one) => textsIn(value).some((word) => one.isWord(word)));
    return textsIn(value).some((text) => values.some((one) => one.find(text).length > 0));
  });
}

function hasMark(row: Row, marks: readonly string[]): boolean {
  const match = (row["keys"] as { readonly match?: Readonly<Record<string, readonly string[]>> } | null | undefined)?.match;
  return marks.length > 0 && match !== undefined && Object.values(match).some((each) => each.some((mark) => marks.includes(mark)));
}

/** Texts, and numbers as texts: a phone may be stored as one. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, each]) => [key, ...textsIn(each)]) : [];
}

function without(text: string, values: readonly PersonalValue[]): string {
  return values.reduce((left, value) => {
    const spans = value.find(left);
    return spans.toReversed().reduce((rest, { from, to }) => rest.slice(0, from) + erasedMark + rest.slice(to), left);
  }, text);
}

function withoutDeep(value: unknown, values: readonly PersonalValue[]): unknown {
  if (typeof value === "string") return without(value, values);
  if (typeof value === "number") return without(String(value), values) === String(value) ? value : erasedMark;
  if (Array.isArray(value)) return value.map((each) => withoutDeep(each, values));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [without(key, values), withoutDeep(each, values)]));
}

/**
 * What the log keeps of an erased value: enough to prove later that this one was erased, and no help in finding it out. There are
 * only so many phone numbers, so each guess must cost: scrypt (RFC 7914), N = 2^14.
 */
export function slowDigest(identity: string, salt: Buffer = randomBytes(16)): string {
  return `scrypt:14:${salt.toString("base64url")}:${scryptSync(identity, salt, 16, { N: 2 ** 14 }).toString("base64url")}`;
}
