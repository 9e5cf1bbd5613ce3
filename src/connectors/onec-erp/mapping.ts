import { readFile } from "node:fs/promises";
import { z } from "zod";
import { SettingsInvalid } from "../../domain/errors.js";

export const configurations = ["erp-2.5", "ut-11", "ka-2.5"] as const;

/** A field of a register that holds a key of an analytics catalog, which in turn names the thing. */
const Through = z.strictObject({ catalog: z.string(), field: z.string() });
const Dimension = z.strictObject({ name: z.string(), through: Through.optional() });

const Split = z.strictObject({
  title: z.string(),
  catalog: z.string(),
  /** Of a catalog with folders: only those, or all but those. */
  only: z.enum(["folders", "elements"]).optional(),
  /** Found through another split: the group of an item, the region of a customer. */
  of: z.string().optional(),
  field: z.string().optional(),
  /** Fields besides the name that people know a thing by. */
  codes: z.array(z.string()).optional(),
});

const RegisterMeasure = z.strictObject({
  title: z.string(),
  unit: z.enum(["money", "quantity"]),
  register: z.string(),
  plus: z.array(z.string()).min(1),
  minus: z.array(z.string()),
});
const DocumentMeasure = z.strictObject({ title: z.string(), unit: z.enum(["money", "count"]), document: z.string() });

const Mapping = z.strictObject({
  title: z.string(),
  splits: z.record(z.string(), Split),
  registers: z.record(z.string(), z.strictObject({ set: z.string(), dimensions: z.record(z.string(), Dimension) })),
  documents: z.record(
    z.string(),
    z.strictObject({ set: z.string(), amount: z.string(), customer: z.string(), status: z.string().nullable() }),
  ),
  measures: z.record(z.string(), z.union([RegisterMeasure, DocumentMeasure])),
  stock: z
    .strictObject({
      set: z.string(),
      item: z.string(),
      warehouse: z.string(),
      onHand: z.string(),
      reserved: z.array(z.string()),
      unit: z.strictObject({ field: z.string(), catalog: z.string() }).nullable(),
      expected: z.strictObject({ set: z.string(), item: z.string(), warehouse: z.string(), quantity: z.array(z.string()) }).nullable(),
    })
    .nullable(),
  account: z
    .strictObject({
      counterparties: z.strictObject({ catalog: z.string(), inn: z.string(), customer: z.string() }),
      debts: z.strictObject({ set: z.string(), customer: Dimension, due: z.string(), amount: z.string() }),
    })
    .nullable(),
  plans: z
    .strictObject({
      sales: z.strictObject({ set: z.string(), lines: z.string() }),
      purchases: z.strictObject({ set: z.string(), lines: z.string() }),
    })
    .nullable(),
});

/** Where a configuration keeps what Svyaz asks for: names of sets and fields. `null` in place of a part: the company has no such thing. */
export type Mapping = z.infer<typeof Mapping>;
export type RegisterMeasure = z.infer<typeof RegisterMeasure>;
export type DocumentMeasure = z.infer<typeof DocumentMeasure>;
export type Dimension = z.infer<typeof Dimension>;
export type Split = z.infer<typeof Split>;

type Json = Readonly<Record<string, unknown>>;

/**
 * The mapping of a configuration, or of a file of the administrator's: the same shape, or a part of it and
 * `"extends": "erp-2.5"` (or `ut-11`, `ka-2.5`). Throws SettingsInvalid with every mistake in the file.
 */
export async function loadMapping(source: { readonly configuration: string; readonly file?: string }, system: string): Promise<Mapping> {
  const written = source.file ? await readWritten(source.file, system) : await readBuiltIn(source.configuration, system);
  const mapping = Mapping.safeParse(await extended(written, system));
  if (!mapping.success) throw new SettingsInvalid(`${system}: the mapping is not usable: ${z.prettifyError(mapping.error)}`, { system });
  const loose = looseEnds(mapping.data);
  if (loose.length > 0) throw new SettingsInvalid(`${system}: the mapping is not usable: ${loose.join("; ")}`, { system });
  return mapping.data;
}

async function extended(written: Json, system: string): Promise<Json> {
  const { extends: base, ...own } = written;
  if (base === undefined) return own;
  return merge(await extended(await readBuiltIn(typeof base === "string" ? base : "", system), system), own);
}

async function readBuiltIn(configuration: string, system: string): Promise<Json> {
  if (!configurations.some((known) => known === configuration)) {
    throw new SettingsInvalid(`${system}: there is no mapping "${configuration}"; known are ${configurations.join(", ")}`, { system });
  }
  return z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(await readFile(new URL(`mappings/${configuration}.json`, import.meta.url), "utf8")));
}

async function readWritten(file: string, system: string): Promise<Json> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    throw new SettingsInvalid(`${system}: MAPPING_FILE ${file} is not a readable JSON object`, { system, cause });
  }
}

/** Objects are merged, everything else is replaced. */
function merge(base: Json, over: Json): Json {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isObject(below) && isObject(value) ? merge(below, value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Names inside the mapping that lead nowhere. */
function looseEnds(mapping: Mapping): string[] {
  const problems: string[] = [];
  for (const [id, measure] of Object.entries(mapping.measures)) {
    if ("register" in measure && !mapping.registers[measure.register]) problems.push(`measure ${id}: no register "${measure.register}"`);
    if ("document" in measure && !mapping.documents[measure.document]) problems.push(`measure ${id}: no document "${measure.document}"`);
  }
  for (const [id, split] of Object.entries(mapping.splits)) {
    if (split.of && !mapping.splits[split.of]) problems.push(`split ${id}: no split "${split.of}"`);
    if (Boolean(split.of) !== Boolean(split.field)) problems.push(`split ${id}: "of" and "field" go together`);
  }
  for (const [id, register] of Object.entries(mapping.registers)) {
    for (const split of Object.keys(register.dimensions)) if (!mapping.splits[split]) problems.push(`register ${id}: no split "${split}"`);
  }
  return problems;
}
