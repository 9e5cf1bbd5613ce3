import { badRequest, type Flaw, refuseFlaws } from "./answers.js";
import { isOption } from "./fields.js";
import type { FieldRow } from "./store.js";

/** Adds what is wrong with a value to the flaws. */
export type Rule = (value: unknown, path: string, flaws: Flaw[]) => void;

export type Body = Readonly<Record<string, unknown>>;

export const text =
  (max = 255): Rule =>
  (value, path, flaws) => {
    if (typeof value !== "string") flaws.push(wrongType(path, "string"));
    else if (value.length > max)
      flaws.push({ code: "TooLong", path, detail: `This value is too long. It should have ${max} characters or less.` });
  };

export const whole =
  (min = 0): Rule =>
  (value, path, flaws) => {
    if (!Number.isInteger(value)) flaws.push(wrongType(path, "int"));
    else if ((value as number) < min) flaws.push({ code: "InvalidNumber", path, detail: `This value should be ${min} or more.` });
  };

export const flag: Rule = (value, path, flaws) => {
  if (typeof value !== "boolean") flaws.push(wrongType(path, "bool"));
};

export const anything: Rule = () => {};

export const oneOf =
  (choices: readonly (string | number)[]): Rule =>
  (value, path, flaws) => {
    if (!choices.includes(value as string | number)) flaws.push(notAChoice(path));
  };

export const orNull =
  (rule: Rule): Rule =>
  (value, path, flaws) => {
    if (value !== null) rule(value, path, flaws);
  };

export const list =
  (rule: Rule, max = 250): Rule =>
  (value, path, flaws) => {
    if (!Array.isArray(value)) flaws.push(wrongType(path, "array"));
    else if (value.length > max) flaws.push({ code: "TooMany", path, detail: `This collection should contain ${max} elements or less.` });
    else value.forEach((item, at) => rule(item, `${path}.${at}`, flaws));
  };

/** An object with these fields and no others. */
export const shape =
  (fields: Readonly<Record<string, Rule>>, required: readonly string[] = []): Rule =>
  (value, path, flaws) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      flaws.push(wrongType(path, "array"));
      return;
    }
    const inside = (name: string) => (path === "" ? name : `${path}.${name}`);
    for (const name of required) {
      if ((value as Body)[name] === undefined) flaws.push({ code: "FieldMissing", path: inside(name), detail: "This field is missing." });
    }
    for (const [name, given] of Object.entries(value)) {
      const rule = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (rule) rule(given, inside(name), flaws);
      else flaws.push({ code: "NotExpected", path: inside(name), detail: "This field was not expected." });
    }
  };

/** `custom_fields_values`: known fields of the entity, options that exist, values of the field's type; null clears a field, or all. */
export const customValues = (fields: readonly FieldRow[], max = 250): Rule =>
  orNull(
    list((value, path, flaws) => {
      const flawsBefore = flaws.length;
      shape({ field_id: whole(1), field_code: orNull(text()), field_name: text(), field_type: text(), values: orNull(list(VALUE)) }, [
        "values",
      ])(value, path, flaws);
      if (flaws.length > flawsBefore) return;
      const given = value as { readonly values: readonly Body[] | null };
      const field = fieldOf(fields, value as Body);
      if (!field) flaws.push(notAChoice(`${path}.field_id`));
      else given.values?.forEach((one, at) => checkValue(field, one, `${path}.values.${at}`, flaws));
    }, max),
  );

/** The field a custom value names by id or by code. */
export function fieldOf(fields: readonly FieldRow[], named: Body): FieldRow | undefined {
  return fields.find((field) =>
    named["field_id"] === undefined ? field.code !== null && field.code === named["field_code"] : field.id === named["field_id"],
  );
}

/** The items of a body that must be an array of at most `max`, each checked; refuses the request otherwise. */
export function checkedList(body: unknown, max: number, rule: (item: Body) => Rule): readonly Body[] {
  if (!Array.isArray(body)) throw badRequest("Request body must be an array of objects.");
  if (body.length === 0) throw badRequest("Request body is empty.");
  if (body.length > max) throw badRequest(`Too many entities: ${body.length} given, ${max} allowed.`);
  const items = body.map((item: unknown) => (typeof item === "object" && item !== null ? (item as Body) : {}));
  refuseFlaws(
    body.map((item: unknown, at) => flawsOf(item, rule(items[at] ?? {}))),
    items.map((item, at) => requestIdOf(item, at)),
  );
  return items;
}

/** A body that must be one object. */
export function checkedOne(body: unknown, rule: Rule): Body {
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw badRequest("Request body must be an object.");
  refuseFlaws([flawsOf(body, rule)], ["0"]);
  return body as Body;
}

export function requestIdOf(item: Body, at: number): string {
  return typeof item["request_id"] === "string" ? item["request_id"] : String(at);
}

export function notAChoice(path: string): Flaw {
  return { code: "NotSupportedChoice", path, detail: "The value you selected is not a valid choice." };
}

const VALUE: Rule = shape({ value: anything, enum_id: whole(1), enum_code: orNull(text()), enum: anything });

function checkValue(field: FieldRow, given: Body, path: string, flaws: Flaw[]): void {
  const value = given["value"];
  switch (field.type) {
    case "select":
    case "multiselect":
      if (!field.enums?.some((option) => isOption(field, option, given))) flaws.push(notAChoice(`${path}.value`));
      return;
    case "numeric":
      if (!(typeof value === "number" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value))))
        flaws.push(wrongType(`${path}.value`, "numeric"));
      return;
    case "date":
      whole(0)(value, `${path}.value`, flaws);
      return;
    case "checkbox":
      flag(value, `${path}.value`, flaws);
      return;
    case "multitext":
      if (given["enum_code"] !== undefined && !field.enums?.some(({ code }) => code === given["enum_code"]))
        flaws.push(notAChoice(`${path}.enum_code`));
      text(256)(value, `${path}.value`, flaws);
      return;
    case "text":
    case "url":
      text(256)(value, `${path}.value`, flaws);
      return;
    case "textarea":
      text(65_000)(value, `${path}.value`, flaws);
  }
}

function flawsOf(value: unknown, rule: Rule): Flaw[] {
  const flaws: Flaw[] = [];
  rule(value, "", flaws);
  return flaws;
}

function wrongType(path: string, type: string): Flaw {
  return { code: "InvalidType", path, detail: `This value should be of type ${type}.` };
}
