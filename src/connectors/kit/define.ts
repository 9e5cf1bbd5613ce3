import { z } from "zod";
import type { ConnectorDefinition, SignIn } from "../../domain/connector.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** One configured system: "amocrm", or beside it "amocrm.moscow". */
export interface Instance {
  readonly system: string;
  readonly definition: ConnectorDefinition;
  readonly settings: unknown;
}

/** One variable that keeps a system from starting; never holds a secret. */
export interface Problem {
  readonly variable: string;
  readonly came: string;
  readonly expected: string;
}

export interface Variable {
  readonly name: string;
  readonly description: string;
  /** The default, or an example. */
  readonly value: string;
  readonly optional: boolean;
  readonly secret: boolean;
}

/**
 * What a connector folder exports. `settings` is a z.object whose fields say `.describe()` and `.meta({ example })`:
 * from them come `.env.example`, docs/connectors.md and the words of a complaint.
 */
export function defineConnector<Shape extends z.ZodRawShape>(
  definition: ConnectorDefinition<z.infer<z.ZodObject<Shape>>> & { readonly settings: z.ZodObject<Shape> },
): ConnectorDefinition<z.infer<z.ZodObject<Shape>>> {
  return definition;
}

/**
 * The address of a system. Without a slash at the end; without credentials, query and fragment.
 * Plain http is taken where `privateNetwork` says so, and for the own machine.
 */
export function baseUrl(options: { readonly privateNetwork?: boolean } = {}) {
  return z
    .url({ protocol: /^https?$/, error: "an address", abort: true })
    .refine((text) => {
      const url = new URL(text);
      const local = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
      return url.protocol === "https:" || local || options.privateNetwork === true;
    }, "an address that begins with https://")
    .refine((text) => {
      const url = new URL(text);
      return url.username === "" && url.password === "" && url.search === "" && url.hash === "";
    }, "an address without a password, a query or a fragment")
    .transform((text) => text.replace(/\/+$/, ""));
}

/**
 * The systems that the environment configures. A system exists as soon as one of its variables is set; then all
 * that are needed must be right. Empty variables count as absent.
 */
export function readInstances(
  definitions: readonly ConnectorDefinition[],
  environment: Environment,
): { readonly instances: readonly Instance[]; readonly problems: readonly Problem[] } {
  const instances: Instance[] = [];
  const problems: Problem[] = [];
  for (const definition of definitions) {
    for (const system of systemsOf(definition, environment)) {
      const found = readSettings(definition, system, environment);
      if ("problems" in found) problems.push(...found.problems);
      else instances.push({ system, definition, settings: found.settings });
    }
  }
  return { instances, problems };
}

/** Every variable of every connector, for `.env.example`: settings first, then what signs in, then other secrets. */
export function describeVariables(definitions: readonly ConnectorDefinition[]): readonly Variable[] {
  return definitions.flatMap((definition) => {
    const settings = Object.entries(fieldsOf(definition)).map(([key, field]) => {
      const { description = "", example } = metaOf(field);
      const preset = field.safeParse(undefined);
      const value = preset.success && preset.data !== undefined ? `${preset.data as string | number | boolean}` : (example ?? "");
      return { name: variableOf(definition.id, key), description, value, optional: preset.success, secret: false };
    });
    const secrets = secretsOf(definition).map(({ name, description }) => ({
      name: variableOf(definition.id, name),
      description: description ?? `Signs in to ${definition.title}`,
      value: "",
      optional: definition.signIn.length > 1,
      secret: true,
    }));
    const others = Object.entries(definition.secrets ?? {}).map(([name, description]) => ({
      name: variableOf(definition.id, name),
      description,
      value: "",
      optional: true,
      secret: true,
    }));
    return [...settings, ...secrets, ...others];
  });
}

/** ("onec-erp.moscow", "BASE_URL") → "ONEC_ERP__MOSCOW__BASE_URL". */
export function variableOf(system: string, key: string): string {
  const [folder = "", name] = system.split(".").map((word) => word.toUpperCase().replaceAll("-", "_"));
  return name === undefined ? `${folder}_${key}` : `${folder}__${name}__${key}`;
}

function systemsOf(definition: ConnectorDefinition, environment: Environment): readonly string[] {
  const keys = [...Object.keys(fieldsOf(definition)), ...secretsOf(definition).map(({ name }) => name)];
  const given = (system: string) => keys.some((key) => environment[variableOf(system, key)]);
  const named = new RegExp(`^${variableOf(definition.id, "")}_([A-Z0-9]+(?:_[A-Z0-9]+)*)__(?:${keys.join("|")})$`);
  const others = Object.keys(environment).flatMap((variable) => {
    const name = named.exec(variable)?.[1]?.toLowerCase().replaceAll("_", "-");
    return name === undefined ? [] : [`${definition.id}.${name}`];
  });
  return [definition.id, ...new Set(others)].filter(given);
}

function readSettings(
  definition: ConnectorDefinition,
  system: string,
  environment: Environment,
): { readonly settings: unknown } | { readonly problems: readonly Problem[] } {
  const fields = fieldsOf(definition);
  const given = Object.keys(fields).flatMap((key) => {
    const value = environment[variableOf(system, key)];
    return value ? [[key, value]] : [];
  });
  const parsed = definition.settings.safeParse(Object.fromEntries(given));
  if (parsed.success) return { settings: parsed.data };
  return {
    problems: parsed.error.issues.map((issue) => {
      const key = String(issue.path[0] ?? "");
      const { description, example } = fields[key] ? metaOf(fields[key]) : {};
      const value = environment[variableOf(system, key)];
      const expected = value ? issue.message : (description ?? issue.message);
      return {
        variable: variableOf(system, key),
        came: value ? shown(value) : "nothing",
        expected: example === undefined ? expected : `${expected}, for example ${example}`,
      };
    }),
  };
}

/** An address may carry a password by mistake. */
function shown(value: string): string {
  return JSON.stringify(value.replace(/\/\/[^/@]*@/, "//[secret]@").slice(0, 80));
}

function fieldsOf(definition: ConnectorDefinition): Readonly<Record<string, z.ZodType>> {
  return definition.settings instanceof z.ZodObject ? definition.settings.shape : {};
}

/** The secrets that an admin sets for this way in. */
export function namesOf(way: SignIn): readonly string[] {
  if (way.kind === "oauth2") return ["CLIENT_ID", "CLIENT_SECRET"];
  return way.kind === "secret" ? way.names : [];
}

function descriptionsOf(way: SignIn): Readonly<Record<string, string>> {
  return way.kind === "none" ? {} : (way.descriptions ?? {});
}

function metaOf(field: z.ZodType): { readonly description?: string; readonly example?: string } {
  return field.meta() ?? {};
}

function secretsOf(definition: ConnectorDefinition): readonly { readonly name: string; readonly description?: string }[] {
  return definition.signIn.flatMap((way) => namesOf(way).map((name) => ({ name, description: descriptionsOf(way)[name] })));
}
