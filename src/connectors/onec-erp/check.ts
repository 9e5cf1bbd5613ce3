import { SettingsInvalid } from "../../domain/errors.js";
import type { OData, ODataSchema } from "../kit/odata.js";
import type { Dimension, Mapping } from "./mapping.js";

/** One thing that the mapping names and the base must publish. */
interface Need {
  readonly set: string;
  /** The type that has the fields, where it is not called like the set. */
  readonly type?: string;
  readonly fields: readonly string[];
  readonly table?: string;
}

/** Throws SettingsInvalid when the base publishes nothing of what the mapping needs, or not all of it, naming each object. */
export function checkPublished(mapping: Mapping, sets: ReadonlySet<string>, system: string): void {
  if (sets.size === 0) {
    throw new SettingsInvalid(
      `${system}: the base publishes no objects; an administrator of 1C adds them to the standard OData interface`,
      { system },
    );
  }
  const missing = neededSets(mapping).filter((set) => !sets.has(set));
  if (missing.length === 0) return;
  throw new SettingsInvalid(
    `${system}: not published: ${missing.join(", ")}; add them to the standard OData interface in 1C, or name others (or null) in MAPPING_FILE`,
    { system, operation: "check" },
  );
}

/** The sets that the mapping needs, each once. */
export function neededSets(mapping: Mapping): readonly string[] {
  return [...new Set(needsOf(mapping).map(({ set }) => set))];
}

/** Throws SettingsInvalid naming every field and virtual table of the mapping that the base's configuration does not have. */
export function checkFields(mapping: Mapping, schema: ODataSchema, system: string): void {
  const missing = missingFields(mapping, schema);
  if (missing.length === 0) return;
  throw new SettingsInvalid(
    `${system}: this configuration has no ${missing.join(", ")}; name them as they are called there in MAPPING_FILE`,
    {
      system,
      operation: "check",
    },
  );
}

/** "Document_X.Field" and "Register/Table" of the mapping that a published object does not have. */
export function missingFields(mapping: Mapping, { fields, functions }: ODataSchema): readonly string[] {
  const missing = needsOf(mapping).flatMap((need) => {
    const have = fields.get(need.type ?? need.set) ?? fields.get(need.set);
    if (!have) return [];
    const lost = need.fields.filter((field) => !have.has(field)).map((field) => `${need.set}.${field}`);
    const bound = functions.get(need.set) ?? functions.get(`${need.set}_RecordType`);
    return need.table && bound && !bound.has(need.table) ? [...lost, `${need.set}/${need.table}`] : lost;
  });
  return [...new Set(missing)];
}

function needsOf(mapping: Mapping): Need[] {
  const { splits, registers, documents, measures, stock, account, plans } = mapping;
  const needs: Need[] = [];
  const register = (set: string, names: readonly Dimension[], resources: readonly string[], table: string) => {
    needs.push({ set, type: `${set}_RecordType`, fields: [...names.map(({ name }) => `${name}_Key`), ...resources], table });
    for (const { through } of names) if (through) needs.push({ set: through.catalog, fields: [through.field] });
  };
  for (const { catalog, of, field, codes = [] } of Object.values(splits)) {
    needs.push({ set: catalog, fields: ["Description", ...codes] });
    if (of && field) needs.push({ set: splits[of]?.catalog ?? "", fields: [field] });
  }
  for (const measure of Object.values(measures)) {
    if ("register" in measure) {
      const { set = "", dimensions = {} } = registers[measure.register] ?? {};
      register(set, Object.values(dimensions), [...measure.plus, ...measure.minus], "Turnovers");
    }
  }
  for (const { set, amount, customer, status } of Object.values(documents))
    needs.push({ set, fields: [amount, customer, ...(status ? [status] : [])] });
  if (stock) {
    register(stock.set, [{ name: stock.item }, { name: stock.warehouse }], [stock.onHand, ...stock.reserved], "Balance");
    if (stock.unit) needs.push({ set: stock.unit.catalog, fields: ["Description"] });
    if (stock.expected)
      register(stock.expected.set, [{ name: stock.expected.item }, { name: stock.expected.warehouse }], stock.expected.quantity, "Balance");
  }
  if (account) {
    needs.push({ set: account.counterparties.catalog, fields: [account.counterparties.inn, account.counterparties.customer] });
    register(account.debts.set, [account.debts.customer], [account.debts.due, account.debts.amount], "Balance");
  }
  if (plans) needs.push(...Object.values(plans).map(({ set, lines }) => ({ set, fields: [lines] })));
  return needs;
}

/** What of the mapping this base can serve: the rest is neither offered nor asked for. */
export async function publishedOnly(mapping: Mapping, odata: OData): Promise<Mapping> {
  const sets = await odata.sets();
  const measures = Object.entries(mapping.measures).filter(([, measure]) => {
    const set = "register" in measure ? mapping.registers[measure.register]?.set : mapping.documents[measure.document]?.set;
    return set !== undefined && sets.has(set);
  });
  return { ...mapping, measures: Object.fromEntries(measures) };
}
