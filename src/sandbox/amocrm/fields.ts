import type { Company } from "../company.js";
import type { FieldRow, FieldValues } from "./store.js";

/** Codes of the fields the seed fills. PHONE, EMAIL, POSITION, WEB and ADDRESS are every account's own; the rest this account has added. */
export const FIELD_IDS = {
  leadSource: 5101,
  leadDiscount: 5102,
  leadResponse: 5103,
  contactPosition: 5201,
  contactPhone: 5202,
  contactEmail: 5203,
  companyPhone: 5301,
  companyEmail: 5302,
  companyInn: 5305,
  companySegment: 5306,
  companyRegion: 5307,
} as const;

const PHONE_ENUMS = ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"] as const;
const EMAIL_ENUMS = ["WORK", "PRIV", "OTHER"] as const;

export function createFields(company: Company): FieldRow[] {
  return [
    field("leads", FIELD_IDS.leadSource, "Источник", "select", null, { enums: options(FIELD_IDS.leadSource, company.sources) }),
    field("leads", FIELD_IDS.leadDiscount, "Скидка, %", "numeric"),
    field("leads", FIELD_IDS.leadResponse, "Время ответа, ч", "numeric"),
    field("leads", 5104, "Внешний номер", "text", "EXTERNAL_ID", { is_api_only: true }),
    field("contacts", FIELD_IDS.contactPosition, "Должность", "text", "POSITION", { is_predefined: true }),
    field("contacts", FIELD_IDS.contactPhone, "Телефон", "multitext", "PHONE", {
      is_predefined: true,
      enums: kinds(FIELD_IDS.contactPhone, PHONE_ENUMS),
    }),
    field("contacts", FIELD_IDS.contactEmail, "Email", "multitext", "EMAIL", {
      is_predefined: true,
      enums: kinds(FIELD_IDS.contactEmail, EMAIL_ENUMS),
    }),
    field("contacts", 5204, "Внешний номер", "text", "EXTERNAL_ID", { is_api_only: true }),
    field("companies", FIELD_IDS.companyPhone, "Телефон", "multitext", "PHONE", {
      is_predefined: true,
      enums: kinds(FIELD_IDS.companyPhone, PHONE_ENUMS),
    }),
    field("companies", FIELD_IDS.companyEmail, "Email", "multitext", "EMAIL", {
      is_predefined: true,
      enums: kinds(FIELD_IDS.companyEmail, EMAIL_ENUMS),
    }),
    field("companies", 5303, "Web", "url", "WEB", { is_predefined: true }),
    field("companies", 5304, "Адрес", "textarea", "ADDRESS", { is_predefined: true }),
    field("companies", FIELD_IDS.companyInn, "ИНН", "text", "INN"),
    field("companies", FIELD_IDS.companySegment, "Сегмент", "select", null, { enums: options(FIELD_IDS.companySegment, company.segments) }),
    field("companies", FIELD_IDS.companyRegion, "Регион", "text"),
    field("companies", 5308, "Внешний номер", "text", "EXTERNAL_ID", { is_api_only: true }),
  ];
}

/** What the vendor keeps of a value given for a field: options by id and text, kinds of phones by code. */
export function valuesOfField(
  row: FieldRow,
  values: readonly { readonly value?: unknown; readonly enum_id?: unknown; readonly enum_code?: unknown }[],
): FieldValues {
  return {
    field_id: row.id,
    field_name: row.name,
    field_code: row.code,
    field_type: row.type,
    values: values.map((given) => {
      const option = row.enums?.find((known) => isOption(row, known, given)) ?? (row.type === "multitext" ? row.enums?.[0] : undefined);
      if (!option) return { value: row.type === "numeric" ? String(given.value) : (given.value as string | number | boolean) };
      const value = row.type === "multitext" ? (given.value as string) : option.value;
      return { value, enum_id: option.id, enum_code: option.code };
    }),
  };
}

/** Whether a given value means this option: by id, by code, or by the exact text. */
export function isOption(
  row: FieldRow,
  option: { readonly id: number; readonly value: string; readonly code: string | null },
  given: { readonly value?: unknown; readonly enum_id?: unknown; readonly enum_code?: unknown },
): boolean {
  if (given.enum_id !== undefined) return option.id === given.enum_id;
  if (given.enum_code !== undefined) return option.code === given.enum_code;
  return row.type !== "multitext" && option.value === given.value;
}

function field(
  entity_type: FieldRow["entity_type"],
  id: number,
  name: string,
  type: FieldRow["type"],
  code: string | null = null,
  more: Partial<FieldRow> = {},
): FieldRow {
  return { id, entity_type, name, type, code, sort: id, is_api_only: false, is_predefined: false, enums: null, ...more };
}

function options(fieldId: number, names: readonly string[]): FieldRow["enums"] {
  return names.map((value, at) => ({ id: fieldId * 100 + at, value, sort: at, code: null }));
}

function kinds(fieldId: number, codes: readonly string[]): FieldRow["enums"] {
  return codes.map((code, at) => ({ id: fieldId * 100 + at, value: code, sort: at, code }));
}
