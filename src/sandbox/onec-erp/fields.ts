/** What a property of the standard OData interface may be; the names are those of `$metadata`. */
export type Edm = "Edm.Guid" | "Edm.String" | "Edm.DateTime" | "Edm.Boolean" | "Edm.Double" | "Edm.Int64" | "Edm.Int16";

export const EMPTY_REFERENCE = "00000000-0000-0000-0000-000000000000";
export const EMPTY_MOMENT = "0001-01-01T00:00:00";

/** A stored value. Moments are wall-clock texts without a zone, references are guids, Int64 is kept as a number. */
export type Value = string | number | boolean | readonly Row[] | undefined;
/** One entity, record or line by its property names. */
export interface Row {
  [property: string]: Value;
}

export interface Property {
  readonly name: string;
  readonly type: Edm;
  /** Longer texts are cut without a word, as the platform does. */
  readonly length?: number;
  readonly enumeration?: string;
  /** For a reference `X_Key`: the navigation property `X` and the set behind it. */
  readonly link?: { readonly navigation: string; readonly set: string };
  /** For a composite field `X`: the sets its guid may point to; its type stands in `X_Type`. */
  readonly composite?: readonly string[];
  /** The value always stays empty, whatever a write says. */
  readonly deaf?: boolean;
}

export const text = (name: string, length = 150): Property[] => [{ name, type: "Edm.String", length }];
export const flag = (name: string): Property[] => [{ name, type: "Edm.Boolean" }];
export const moment = (name: string): Property[] => [{ name, type: "Edm.DateTime" }];
export const decimal = (name: string): Property[] => [{ name, type: "Edm.Double" }];
export const whole = (name: string): Property[] => [{ name, type: "Edm.Int64" }];
export const link = (name: string, set: string): Property[] => [{ name: `${name}_Key`, type: "Edm.Guid", link: { navigation: name, set } }];
export const choice = (name: string, enumeration: string): Property[] => [{ name, type: "Edm.String", enumeration }];
export const composite = (name: string, sets: readonly string[]): Property[] => [
  { name, type: "Edm.String", composite: sets },
  { name: `${name}_Type`, type: "Edm.String" },
];

export type Kind = "catalog" | "document" | "part" | "record-sets" | "records" | "information";

/** One published resource: an entity set with its properties in the order of `$metadata`. */
export interface SetSchema {
  readonly name: string;
  readonly kind: Kind;
  /** How the platform presents a document of this kind: "Заказ клиента". */
  readonly title: string;
  readonly key: readonly string[];
  readonly properties: readonly Property[];
  /** Tabular parts, or the one part `RecordSet` of record sets. */
  readonly parts: ReadonlyMap<string, readonly Property[]>;
  /** The object a tabular part belongs to, the register that records belong to. */
  readonly owner?: string;
  /** `SliceLast` and `SliceFirst` exist. */
  readonly periodic?: boolean;
}

/** A register of which virtual tables are calculated. */
export interface RegisterSchema {
  readonly name: string;
  readonly kind: "balance" | "turnovers" | "prices";
  readonly dimensions: readonly Property[];
  readonly resources: readonly Property[];
  readonly attributes: readonly Property[];
  readonly recorders: readonly string[];
}

/** A value as one text; tabular parts have none. */
export function asText(value: Value): string {
  return typeof value === "object" || value === undefined ? "" : `${value}`;
}

/** What an absent property means: every type has its own emptiness. */
export function emptyValue(property: Property): Value {
  switch (property.type) {
    case "Edm.Guid":
      return EMPTY_REFERENCE;
    case "Edm.DateTime":
      return EMPTY_MOMENT;
    case "Edm.Boolean":
      return false;
    case "Edm.Double":
    case "Edm.Int16":
    case "Edm.Int64":
      return 0;
    case "Edm.String":
      return property.name.endsWith("_Type") ? "StandardODATA.Undefined" : "";
  }
}
