import { z } from "zod";
import { NotFound, RequestRefused } from "../domain/errors.js";
import type { Database, Queryable } from "../platform/database.js";
import { linkClients, readRecords, type StoredRecord } from "./link.js";
import { type DoubtReason, likeness } from "./match.js";

/** Names further apart than this can hardly be one client's. */
const farBelow = 0.4;

/** A record as an admin sees it. */
export interface RecordCard {
  /** "amocrm:company:17" */
  readonly name: string;
  readonly title: string;
  readonly inn?: string;
}

export interface ClientCard {
  readonly client: string;
  readonly records: readonly RecordCard[];
}

export interface DoubtCard {
  readonly one: RecordCard;
  readonly other: RecordCard;
  readonly reason: DoubtReason;
  readonly confidence: number;
}

/** Two systems say different things of one client, or of two records that otherwise look like one. */
export interface ConflictCard {
  readonly client?: string;
  readonly field: "inn" | "phone" | "name";
  readonly one: RecordCard;
  readonly other: RecordCard;
}

/** What admins see and decide of clients that several systems know. */
export interface ClientBook {
  /** Clients known to several systems; with `all` also those of one. */
  list(options: { readonly all: boolean }): Promise<readonly ClientCard[]>;
  doubts(): Promise<readonly DoubtCard[]>;
  conflicts(): Promise<readonly ConflictCard[]>;
  /** From now on one client, for good. `one` and `other` are records ("amocrm:company:17") or numbers of clients. */
  merge(one: string, other: string, by: string): Promise<ClientCard>;
  /** From now on a client of its own, for good: it is told apart from every record of that client, or of the client of `from`. */
  split(record: string, from: string | undefined, by: string): Promise<ClientCard>;
}

export function createClientBook({ database, now }: { readonly database: Database; readonly now: () => Date }): ClientBook {
  async function cards(): Promise<ReadonlyMap<string, RecordCard>> {
    const { rows } = await database.query(
      `select system_name || ':' || entity_type || ':' || external_id as name, title, keys->'inn' as inn
       from system_integrations where keys is not null order by id`,
    );
    const Card = z.object({ name: z.string(), title: z.string(), inn: z.string().nullable() });
    return new Map(
      rows.map((row) => {
        const { name, title, inn } = Card.parse(row);
        return [name, { name, title, inn: inn ?? undefined }];
      }),
    );
  }

  async function grouped(): Promise<ReadonlyMap<string, readonly StoredRecord[]>> {
    const groups = new Map<string, StoredRecord[]>();
    for (const record of await readRecords(database)) {
      if (record.client === undefined) continue;
      groups.set(record.client, [...(groups.get(record.client) ?? []), record]);
    }
    return groups;
  }

  /** The records of the client that is meant. */
  async function meant(asked: string): Promise<readonly StoredRecord[]> {
    const groups = await grouped();
    const byNumber = groups.get(asked);
    if (byNumber) return byNumber;
    const found = [...groups.values()].find((records) => records.some(({ name }) => name === asked));
    if (!found) throw new NotFound(`there is no client or record ${asked}`, { operation: "clients" });
    return found;
  }

  async function decide(tx: Queryable, pairs: readonly (readonly [string, string])[], verdict: "same" | "different", by: string) {
    const inOrder = pairs.map(([one, other]) => (one < other ? ([one, other] as const) : ([other, one] as const)));
    await tx.query(
      `insert into client_decisions (one, other, verdict, decided_by, decided_at)
       select one, other, $3, $4, $5 from unnest($1::text[], $2::text[]) as x (one, other)
       on conflict (one, other) do update set verdict = excluded.verdict, decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
      [inOrder.map(([one]) => one), inOrder.map(([, other]) => other), verdict, by, now()],
    );
    await tx.query("delete from client_linking");
  }

  async function cardOf(record: string): Promise<ClientCard> {
    await linkClients(database, { now });
    const records = await meant(record);
    const all = await cards();
    return { client: records[0]?.client ?? "", records: records.flatMap(({ name }) => all.get(name) ?? []) };
  }

  return {
    async list({ all }) {
      const shown = await cards();
      return [...(await grouped())]
        .filter(([, records]) => all || new Set(records.map(({ system }) => system)).size > 1)
        .map(([client, records]) => ({ client, records: records.flatMap(({ name }) => shown.get(name) ?? []) }));
    },

    async doubts() {
      const shown = await cards();
      const { rows } = await database.query<{ one: string; other: string; reason: DoubtReason; confidence: number }>(
        "select one, other, reason, confidence from client_doubts order by confidence desc, one, other",
      );
      return rows.flatMap(({ one, other, ...rest }) => {
        const [first, second] = [shown.get(one), shown.get(other)];
        return first && second ? [{ one: first, other: second, ...rest }] : [];
      });
    },

    async conflicts() {
      const shown = await cards();
      const inClients = [...(await grouped())].flatMap(([client, records]) =>
        records.flatMap((one, place) =>
          records
            .slice(place + 1)
            .flatMap((other) => conflictsOf(one, other).map((field) => ({ client, field, one: one.name, other: other.name }))),
        ),
      );
      const { rows } = await database.query<{ one: string; other: string }>(
        "select one, other from client_doubts where reason = 'inn-differs' order by one, other",
      );
      const inDoubts = rows.map(({ one, other }) => ({ client: undefined, field: "inn" as const, one, other }));
      return [...inClients, ...inDoubts].flatMap(({ one, other, ...rest }) => {
        const [first, second] = [shown.get(one), shown.get(other)];
        return first && second ? [{ one: first, other: second, ...rest }] : [];
      });
    },

    async merge(one, other, by) {
      const [first, second] = [await meant(one), await meant(other)];
      const [firstName, secondName] = [nameOf(first, one), nameOf(second, other)];
      if (firstName === secondName) throw new RequestRefused(`${one} and ${other} are one record`, { operation: "clients.merge" });
      await database.transaction(async (tx) => {
        await tx.query(
          `delete from client_decisions where verdict = 'different'
             and ((one = any($1) and other = any($2)) or (one = any($2) and other = any($1)))`,
          [first.map(({ name }) => name), second.map(({ name }) => name)],
        );
        await decide(tx, [[firstName, secondName]], "same", by);
      });
      return cardOf(firstName);
    },

    async split(record, from, by) {
      const records = await meant(record);
      if (!records.some(({ name }) => name === record)) throw new NotFound(`${record} is no record`, { operation: "clients.split" });
      const others = from === undefined ? records : await meant(from);
      const apart = others.map(({ name }) => name).filter((name) => name !== record);
      if (apart.length === 0) throw new RequestRefused(`${record} is a client of its own already`, { operation: "clients.split" });
      await database.transaction((tx) =>
        decide(
          tx,
          apart.map((name) => [record, name] as const),
          "different",
          by,
        ),
      );
      return cardOf(record);
    },
  };
}

/** The record that was named, or the first of a client that was. */
function nameOf(records: readonly StoredRecord[], asked: string): string {
  const names = records.map(({ name }) => name).toSorted();
  return names.find((name) => name === asked) ?? names[0] ?? asked;
}

/** In what two systems' records of one client contradict each other. */
function conflictsOf(one: StoredRecord, other: StoredRecord): readonly ConflictCard["field"][] {
  if (one.system === other.system) return [];
  const differ = (first: readonly string[], second: readonly string[]) =>
    first.length > 0 && second.length > 0 && !first.some((mark) => second.includes(mark));
  return [
    ...(differ(one.inns, other.inns) ? (["inn"] as const) : []),
    ...(differ(one.phones, other.phones) ? (["phone"] as const) : []),
    ...(likeness(one.title, other.title) < farBelow ? (["name"] as const) : []),
  ];
}
