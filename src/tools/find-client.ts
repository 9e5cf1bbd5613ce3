import { z } from "zod";
import type { ReadTool } from "../domain/tool.js";
import { texts } from "../text/texts.js";
import { findClients } from "./kit/resolve.js";

const input = z.strictObject({
  text: z.string().trim().min(1).max(200).describe("What the client is known by: a name in any case, a phone, an e-mail or an INN"),
});

export const findClient: ReadTool<z.infer<typeof input>> = {
  kind: "read",
  name: "find-client",
  needs: { family: "crm", verb: "read" },
  description:
    "Finds a company or a person in the CRM by name, phone, e-mail or INN and shows contacts and the responsible manager. " +
    "Use it for «найди клиента», «кто такой», «телефон Ромашки», 'find client'. Not for what happened with a client (client-history) nor for deals (list-deals).",
  input,
  async run({ text }, turn) {
    const words = texts(turn.language).tools;
    const { found, missing } = await findClients(text, turn);
    const shown = found.slice(0, 10);
    const [first] = shown;
    if (!first) return { forModel: words.clientNotFound(text), missing };
    const table = {
      columns: [words.name, words.innColumn, words.phone, words.email, words.owner].map((name) => ({ name, type: "text" as const })),
      rows: shown.map(({ client }) => [
        client.name,
        client.inn ?? null,
        client.phones.join(", ") || null,
        client.emails.join(", ") || null,
        client.owner?.name ?? null,
      ]),
      truncated: found.length > shown.length,
    };
    return {
      forModel: shown.length === 1 ? words.clientFound(first.client.name, first.system.title) : words.clientsFound(shown.length, text),
      about: shown.map(({ client }) => ({ ref: client.ref, kind: "client", name: client.name })),
      forPerson: [
        { kind: "table", table },
        { kind: "sources", sources: shown.map(({ client }) => ({ title: client.name, url: client.url, ref: client.ref })) },
      ],
      missing,
    };
  },
};
