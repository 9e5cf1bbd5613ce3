import { SaxesParser } from "saxes";
import { z } from "zod";
import type { Http } from "../../domain/connector.js";
import { AccessDenied, AnswerUnexpected, NotFound, RequestRefused, SettingsInvalid } from "../../domain/errors.js";
import type { ErrorDetails, SvyazError } from "../../domain/errors.js";
import type { Schema } from "../../domain/schema.js";

/**
 * OData v3 as the 1C:Enterprise platform speaks it: JSON on demand, virtual tables as bound functions,
 * its own error codes, and no next link.
 */
export interface OData {
  /** The entity sets that the base publishes. */
  sets(signal?: AbortSignal): Promise<ReadonlySet<string>>;
  /** One page as it comes, which may be short; throws AnswerUnexpected when the rows end before the base's own count. */
  page<T>(
    set: string,
    query: SetQuery,
    row: Schema<T>,
    paging: { readonly top: number; readonly skip: number },
    signal?: AbortSignal,
  ): Promise<SetPage<T>>;
  /** Every row to the end. */
  all<T>(set: string, query: SetQuery, row: Schema<T>, signal?: AbortSignal): AsyncIterable<T>;
  /** One object by its key; NotFound when there is none. */
  one<T>(set: string, id: string, answer: Schema<T>): Promise<T>;
  /** A virtual table: `Turnovers`, `Balance`. The rows come all at once. */
  table<T>(set: string, name: string, parameters: TableParameters, row: Schema<T>, signal?: AbortSignal): Promise<readonly T[]>;
  /** Never repeated when its outcome is in doubt. A refusal (RequestRefused) means that nothing was written. */
  create<T>(set: string, body: unknown, answer: Schema<T>): Promise<T>;
  /** The field names of every type, read as a stream: the document has up to 17 MB. */
  schema(signal?: AbortSignal): Promise<ODataSchema>;
}

export interface SetQuery {
  readonly filter?: string;
  readonly select: readonly string[];
  readonly orderBy: string;
}

export interface SetPage<T> {
  readonly items: readonly T[];
  readonly total: number | undefined;
}

/** Literals are ready-made (`datetime'…'`); `condition` and `dimensions` are quoted here. */
export interface TableParameters {
  readonly literals?: Readonly<Record<string, string>>;
  readonly dimensions?: readonly string[];
  readonly condition?: string;
}

export interface ODataSchema {
  /** Field names by type name, without the namespace. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>;
  /** Names of bound functions by the type they are bound to. */
  readonly functions: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What the base said when it refused: kept as the `cause` of our error. Code numbers are the platform's. */
class ODataFault extends Error {
  constructor(
    readonly status: number,
    readonly fault: string,
    message: string,
  ) {
    super(message);
    this.name = "ODataFault";
  }
}

/** The platform's number of the refusal behind an error ("9": no such object), where there is one. */
export function faultOf(error: unknown): string | undefined {
  return error instanceof Error && error.cause instanceof ODataFault ? error.cause.fault : undefined;
}

function guid(id: string): string {
  return `guid'${id}'`;
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `at`: wall-clock time of the base, "2026-01-31T23:59:59". */
export function datetime(at: string): string {
  return `datetime'${at}'`;
}

/** "A_Key eq guid'1' or A_Key eq guid'2'", in brackets when there are several. */
export function anyOf(field: string, ids: readonly string[]): string {
  const clauses = ids.map((id) => `${field} eq ${guid(id)}`);
  return clauses.length > 1 ? `(${clauses.join(" or ")})` : clauses.join("");
}

export function allOf(clauses: readonly (string | undefined)[]): string | undefined {
  const present = clauses.filter((clause) => clause);
  return present.length > 0 ? present.join(" and ") : undefined;
}

const PAGE = 1000;
const LARGEST_ANSWER = 100 * 1024 * 1024;

export interface ODataOptions {
  readonly system: string;
  /** Stands before every path: "/odata/standard.odata", or nothing. */
  readonly root: string;
  /** How long one answer may take; a whole document and the schema may take three times as long. */
  readonly timeoutMs: number;
}

export function createOData(http: Http, { system, root, timeoutMs }: ODataOptions): OData {
  // Which of the two ways of quoting inside `Condition` this base takes; the documentation and the OData rules differ.
  let nesting: "doubled" | "single" | "none" = "doubled";
  const common = { timeoutMs, maxBytes: LARGEST_ANSWER };
  const patient = { ...common, timeoutMs: timeoutMs * 3 };

  async function page<T>(
    set: string,
    query: SetQuery,
    row: Schema<T>,
    { top, skip }: { readonly top: number; readonly skip: number },
    signal?: AbortSignal,
  ): Promise<SetPage<T>> {
    const answer = z.object({ "odata.count": z.coerce.number().optional(), value: z.array(row) });
    const found = await http.request({
      ...common,
      method: "GET",
      path: `${root}/${encodeURIComponent(set)}`,
      query: {
        $format: "json",
        $filter: query.filter,
        $select: query.select.join(","),
        $orderby: query.orderBy,
        $top: top,
        $skip: skip,
        $inlinecount: "allpages",
        // Without it one row that the account may not see fails the whole list.
        allowedOnly: "true",
      },
      answer,
      refusal: readRefusal(system, set),
      signal,
    });
    const total = found["odata.count"];
    if (found.value.length === 0 && total !== undefined && skip < total) {
      // A report that silently leaves rows out is worse than none.
      throw new AnswerUnexpected(`${system}: ${set} ended after ${skip} of ${total} rows`, { system, operation: `GET ${set}` });
    }
    return { items: found.value, total };
  }

  async function callTable<T>(
    set: string,
    name: string,
    parameters: TableParameters,
    row: Schema<T>,
    signal?: AbortSignal,
  ): Promise<readonly T[]> {
    const condition = parameters.condition && nesting !== "none" ? parameters.condition : undefined;
    const written = [
      ...Object.entries(parameters.literals ?? {}).map(([key, value]) => `${key}=${value}`),
      parameters.dimensions && parameters.dimensions.length > 0 ? `Dimensions='${parameters.dimensions.join(",")}'` : undefined,
      condition && `Condition='${nesting === "doubled" ? condition.replaceAll("'", "''") : condition}'`,
    ].filter((part) => part);
    const answer = await http.request({
      ...common,
      method: "GET",
      path: `${root}/${encodeURIComponent(set)}/${encodeURIComponent(`${name}(${written.join(",")})`)}`,
      query: { $format: "json" },
      answer: z.object({ value: z.array(row) }),
      refusal: readRefusal(system, set),
      signal,
    });
    return answer.value;
  }

  return {
    async sets(signal) {
      const answer = z.object({ value: z.array(z.object({ name: z.string() })) });
      const document = await http.request({
        ...common,
        method: "GET",
        path: `${root}/`,
        query: { $format: "json" },
        answer,
        refusal: readRefusal(system, ""),
        signal,
      });
      return new Set(document.value.map(({ name }) => name));
    },
    page,
    async *all(set, query, row, signal) {
      let seen = 0;
      for (;;) {
        const { items, total } = await page(set, query, row, { top: PAGE, skip: seen }, signal);
        yield* items;
        seen += items.length;
        // A busy base sends short pages, so only an empty one or the count is the end.
        if (items.length === 0 || (total !== undefined && seen >= total)) return;
      }
    },
    one: (set, id, answer) =>
      http.request({
        ...patient,
        method: "GET",
        path: `${root}/${encodeURIComponent(`${set}(${guid(id)})`)}`,
        query: { $format: "json" },
        answer,
        refusal: readRefusal(system, set),
      }),
    async table(set, name, parameters, row, signal) {
      for (;;) {
        const tried = nesting;
        try {
          return await callTable(set, name, parameters, row, signal);
        } catch (error) {
          if (!parameters.condition || tried === "none" || !(error instanceof RequestRefused)) throw error;
          // Another call may have found out meanwhile.
          if (nesting === tried) nesting = tried === "doubled" ? "single" : "none";
        }
      }
    },
    create: (set, body, answer) =>
      http.request({
        ...patient,
        method: "POST",
        path: `${root}/${encodeURIComponent(set)}`,
        query: { $format: "json" },
        body: { json: body },
        answer,
        refusal: writeRefusal(system, set),
      }),
    async schema(signal) {
      const answer = await http.send({
        ...patient,
        method: "GET",
        path: `${root}/$metadata`,
        headers: { accept: "application/xml" },
        signal,
      });
      return readSchema(answer.body, { system, operation: "GET $metadata" });
    },
  };
}

const Fault = z.object({ "odata.error": z.object({ code: z.coerce.string(), message: z.object({ value: z.string() }).optional() }) });

/** Nothing when the body is no fault of the platform's: a web server's page, an empty answer. */
function readFault(status: number, body: string): ODataFault | undefined {
  try {
    const { code, message } = Fault.parse(JSON.parse(body))["odata.error"];
    return new ODataFault(status, code, (message?.value ?? "").slice(0, 300));
  } catch {
    return undefined;
  }
}

function readRefusal(system: string, set: string): (status: number, body: string) => SvyazError | undefined {
  return (status, body) => {
    const cause = readFault(status, body);
    // A read that failed inside the base (5xx) may well succeed in a moment: the general rule repeats it.
    return cause && status < 500 ? translate(cause, system, set) : undefined;
  };
}

function writeRefusal(system: string, set: string): (status: number, body: string) => SvyazError | undefined {
  return (status, body) => {
    const cause = readFault(status, body);
    return cause && translate(cause, system, set);
  };
}

/** Codes: platform documentation 8.3.27, 17.4.3. By number, never by words: the words come in the session's language. */
function translate(cause: ODataFault, system: string, set: string): SvyazError {
  const details: ErrorDetails = { system, operation: set, cause };
  switch (cause.fault) {
    case "8":
      return new SettingsInvalid(`${system}: ${set} is not published; add it to the objects of the standard OData interface`, details);
    case "9":
      return new NotFound(`${system}: no such object in ${set}`, details);
    case "20":
      return new AccessDenied(`${system}: the account has no right to ${set}`, details, "system");
    default:
      return new RequestRefused(`${system}: ${set} was refused with ${cause.status}, code ${cause.fault}: ${cause.message}`, details);
  }
}

/** Walks the EDMX without building a tree of it. */
async function readSchema(body: AsyncIterable<Uint8Array>, details: ErrorDetails): Promise<ODataSchema> {
  const fields = new Map<string, Set<string>>();
  const functions = new Map<string, Set<string>>();
  let type: Set<string> | undefined;
  let bound: string | undefined;
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    const local = name.slice(name.indexOf(":") + 1);
    const named = attributes["Name"] ?? "";
    if (local === "EntityType" || local === "ComplexType") fields.set(named, (type = new Set()));
    else if (local === "Property" || local === "NavigationProperty") type?.add(named);
    else if (local === "FunctionImport") bound = attributes["IsBindable"] === "true" ? named : undefined;
    else if (local === "Parameter" && bound && named === "bindingParameter") {
      const owner = (attributes["Type"] ?? "").replace(/^Collection\((.*)\)$/, "$1").replace(/^.*\./, "");
      functions.set(owner, (functions.get(owner) ?? new Set()).add(bound));
    }
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) parser.write(decoder.decode(chunk, { stream: true }));
    parser.write(decoder.decode()).close();
  } catch (cause) {
    throw new AnswerUnexpected(`${details.system}: $metadata is not readable XML`, { ...details, cause });
  }
  if (fields.size === 0) throw new AnswerUnexpected(`${details.system}: $metadata names no types`, details);
  return { fields, functions };
}
