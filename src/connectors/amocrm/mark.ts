import type { Http } from "../../domain/connector.js";
import type { Approved } from "../../domain/approval.js";
import { AccessDenied, NotFound, OutcomeUnknown, RequestRefused, SystemUnavailable } from "../../domain/errors.js";
import { Contacts, CreatedFields, Leads } from "./answers.js";
import type { Lead, Party } from "./answers.js";
import type { Directory } from "./directory.js";
import { unix } from "./reading.js";
import type { Pairs, Reader } from "./reading.js";

export type Marked = "leads" | "contacts";

/** The name of the field, and of the tags where there is no field. */
const markName = "Svyaz";
/** The vendor's clock may go behind ours by so much. */
const skewMs = 600_000;

export type Marks = ReturnType<typeof createMarks>;

/**
 * What is written bears the approval it was written for, in a text field "Svyaz" of deals and contacts that only the
 * API may change; the first write makes the field. An account that lets the token make none gets a tag instead.
 */
export function createMarks({ http, reader, directory, system }: { http: Http; reader: Reader; directory: Directory; system: string }) {
  async function fieldOf(kind: Marked): Promise<number | undefined> {
    const known = (await directory.fields(kind)).find((field) => field.name === markName);
    if (known) return known.id;
    try {
      const made = await http.request({
        method: "POST",
        path: `/api/v4/${kind}/custom_fields`,
        body: { json: [{ name: markName, type: "text", is_api_only: true }] },
        answer: CreatedFields,
      });
      return made._embedded.custom_fields[0]?.id;
    } catch (error) {
      if (error instanceof RequestRefused || error instanceof AccessDenied || error instanceof NotFound) return undefined;
      // Nothing that was agreed to has been written yet, so this is no unknown outcome of it.
      if (error instanceof OutcomeUnknown) throw new SystemUnavailable(error.message, { system, operation: error.operation, cause: error });
      throw error;
    } finally {
      directory.forgetFields(kind);
    }
  }

  async function bears(kind: Marked, thing: Lead | Party, approval: string): Promise<boolean> {
    // There may be two of the name: where the answer to making the first was lost, the next write makes another.
    const fields = (await directory.fields(kind)).filter(({ name }) => name === markName).map(({ id }) => id);
    const values = thing.custom_fields_values
      .filter((one) => fields.includes(one.field_id))
      .flatMap((one) => one.values.map(({ value }) => value));
    return values.includes(approval) || (thing._embedded.tags ?? []).some((tag) => tag.name === tagOf(approval));
  }

  async function find(kind: Marked, query: Pairs, approval: string): Promise<Lead | Party | undefined> {
    const found: readonly (Lead | Party)[] = await (kind === "leads"
      ? reader.all("/leads", Leads, [...query, ["with", "contacts"]])
      : reader.all("/contacts", Contacts, query));
    for (const thing of found) if (await bears(kind, thing, approval)) return thing;
    return undefined;
  }

  return {
    /** What a new record carries besides its own: a field value, or a tag. */
    async put(
      kind: Marked,
      approval: string,
    ): Promise<{ readonly fields: readonly unknown[]; readonly tags: readonly { readonly name: string }[] }> {
      const field = await fieldOf(kind);
      return field === undefined
        ? { fields: [], tags: [{ name: tagOf(approval) }] }
        : { fields: [{ field_id: field, values: [{ value: approval }] }], tags: [] };
    },

    /**
     * The record that bears this approval. Looked for among those made since the card was shown, which the vendor lists
     * at once; then by words, because duplicate control may have put it into an older record.
     */
    async find(kind: Marked, { approval, askedAt }: Approved<unknown>): Promise<Lead | Party | undefined> {
      const since: Pairs = [["filter[created_at][from]", unix(new Date(askedAt.getTime() - skewMs))]];
      const recent = (await directory.filters()) ? await find(kind, since, approval) : undefined;
      return recent ?? find(kind, [["query", approval]], approval);
    },
  };
}

function tagOf(approval: string): string {
  return `${markName} ${approval}`;
}
