import type { Company } from "../company.js";
import type { Journal } from "../journal.js";
import type { Sales } from "../sales.js";
import { createCatalogs } from "./catalogs.js";
import { createDocuments } from "./documents.js";
import type { Entities, Scope } from "./evaluate.js";
import { asText, type Row, type SetSchema } from "./fields.js";
import { createMovements } from "./movements.js";
import type { Publication } from "./schema.js";

/** One change of the base, as the journal keeps it. `row` is the whole object as it stands after the change. */
export interface Entry {
  readonly op: "write" | "post" | "unpost" | "delete";
  readonly set: string;
  readonly row: Row;
}

/** The infobase: rows of every set, and register records that follow from the documents posted. */
export interface Store extends Entities {
  /** Rows of any published set; tabular parts and records are put together from their owners. */
  rows(set: SetSchema): readonly Row[];
  /** Records of a register, by period. */
  records(register: string): readonly Row[];
  /** Resolves when the change is on the disk. */
  change(entry: Entry): Promise<void>;
  /** Rows one may not read, for trying out record-level rights. */
  readonly forbidden: Map<string, (row: Row) => boolean>;
  /** Every change since the seed. */
  readonly changes: readonly Entry[];
  close(): Promise<void>;
}

export function createStore(publication: Publication, company: Company, sales: Sales, journal: Journal<Entry>): Store {
  const seeds = { ...createCatalogs(company, sales), ...createDocuments(company, sales) };
  const movements = createMovements(company, sales);
  const tables = new Map<string, Map<string, Row>>();
  const records = new Map<string, readonly Row[]>();
  /** Documents whose records differ from what the row says now: written after posting, or unposted. */
  const postedAs = new Map<string, Row | undefined>();
  const changes: Entry[] = [];

  const table = (set: string): Map<string, Row> => {
    let known = tables.get(set);
    if (!known) {
      const schema = publication.sets.get(set);
      known = new Map(seeds[set]?.().map((row) => [keyIn(schema, row), row]));
      tables.set(set, known);
    }
    return known;
  };

  const apply = ({ op, set, row }: Entry): void => {
    const schema = publication.sets.get(set);
    const key = keyIn(schema, row);
    const before = table(set).get(key);
    const place = `${set}#${key}`;
    if (op === "write" && before?.Posted === true && !postedAs.has(place)) postedAs.set(place, before);
    if (op === "post") postedAs.set(place, row);
    if (op === "unpost" || op === "delete") postedAs.set(place, undefined);
    if (op === "delete") table(set).delete(key);
    else table(set).set(key, row);
    if (op === "write") return;
    for (const register of publication.registers.values()) if (register.recorders.includes(set)) records.delete(register.name);
  };
  for (const entry of journal.replayed) {
    apply(entry);
    changes.push(entry);
  }

  const recordsOf = (name: string): readonly Row[] => {
    const known = records.get(name);
    if (known) return known;
    const register = publication.registers.get(name);
    const move = movements[name];
    if (!register || !move) return [];
    const single = register.recorders.length === 1;
    const made = Object.entries(move).flatMap(([set, movementsOf]) => {
      const type = `StandardODATA.${set}`;
      return [...table(set)].flatMap(([key, now]) => {
        const place = `${set}#${key}`;
        const document = postedAs.has(place) ? postedAs.get(place) : now.Posted === true ? now : undefined;
        if (!document) return [];
        const moved = movementsOf(document);
        // Added to the record in place: a copy of each would cost more than making it.
        for (const [at, record] of moved.entries()) {
          if (single) record.Recorder_Key = key;
          else {
            record.Recorder = key;
            record.Recorder_Type = type;
          }
          record.Period = document.Date;
          record.LineNumber = at + 1;
          record.Active = true;
        }
        return moved;
      });
    });
    made.sort((a, b) => (asText(a.Period) < asText(b.Period) ? -1 : asText(a.Period) > asText(b.Period) ? 1 : 0));
    records.set(name, made);
    return made;
  };

  const recordSets = (schema: SetSchema): Row[] => {
    const byRecorder = new Map<string, Row[]>();
    for (const row of recordsOf(schema.name)) {
      const recorder = keyIn(schema, row);
      const of = byRecorder.get(recorder);
      if (of) of.push(row);
      else byRecorder.set(recorder, [row]);
    }
    return [...byRecorder.values()].map((rows) => ({
      ...Object.fromEntries(schema.key.map((name) => [name, rows[0]?.[name]])),
      RecordSet: rows,
    }));
  };

  return {
    forbidden: new Map(),
    changes,
    rows: (schema) => {
      switch (schema.kind) {
        case "records":
          return recordsOf(schema.owner ?? "");
        case "record-sets":
          return recordSets(schema);
        case "part": {
          const part = schema.name.slice((schema.owner ?? "").length + 1);
          return [...table(schema.owner ?? "").values()].flatMap((owner) => (owner[part] as readonly Row[] | undefined) ?? []);
        }
        case "catalog":
        case "document":
        case "information":
          return [...table(schema.name).values()];
      }
    },
    records: recordsOf,
    scope: (set): Scope | undefined => publication.sets.get(set),
    find: (set, key) => table(set).get(key),
    change: async (entry) => {
      apply(entry);
      changes.push(entry);
      await journal.append(entry);
    },
    close: () => journal.close(),
  };
}

/** The key of a row as one text; for objects the guid alone. */
export function keyIn(schema: SetSchema | undefined, row: Row): string {
  return (schema?.key ?? ["Ref_Key"]).map((name) => asText(row[name])).join("#");
}
