import { z } from "zod";
import { describeVariables, variableOf } from "../connectors/kit/define.js";
import type { Family } from "../domain/access.js";
import type { ConnectorDefinition } from "../domain/connector.js";
import { definitions } from "./env-example.js";

/** What each family of systems lets people ask, by tool. */
export const familyTools: Readonly<Partial<Record<Family, { readonly title: string; readonly tools: readonly string[] }>>> = {
  crm: {
    title: "clients and deals",
    tools: [
      "find-client",
      "client-history",
      "list-deals",
      "show-deal",
      "list-tasks",
      "create-lead",
      "create-deal",
      "move-deal",
      "add-note",
      "create-task",
    ],
  },
  erp: { title: "figures and stock", tools: ["sales-report", "stock-report"] },
  documents: { title: "documents", tools: ["search-documents", "read-document"] },
};

/**
 * The text of docs/connectors.md. `readme` gives a connector's README by its id: what an administrator clicks, which rights
 * are needed and what is not supported stands there, and the page links its sections.
 */
export function connectorsPage(readme: (id: string) => string): string {
  return `${[
    "# Connectors",
    "This page is written by `npm run docs` from the connectors' definitions; a test fails when it is stale.",
    "A system is switched on by its variables in `.env`; `npx svyaz doctor` then says whether it works and how to mend it. " +
      "A second base or account of the same kind takes a name between two pairs of underscores: " +
      "`AMOCRM__MOSCOW__BASE_URL` makes `amocrm.moscow` beside `amocrm`. As soon as one real system is configured the sandbox stays away.",
    ...definitions.map((definition) => page(definition, readme(definition.id))),
  ].join("\n\n")}\n`;
}

function page(definition: ConnectorDefinition, readme: string): string {
  const { id, title, redirects = [] } = definition;
  const variables = describeVariables([definition]);
  const lines = [
    `## ${title}`,
    ...(definition.families ?? []).map((family) => {
      const ability = familyTools[family];
      return `Brings ${ability?.title ?? family}: ${(ability?.tools ?? []).map(code).join(", ")}. It answers to the name \`${id}\`.`;
    }),
    table(
      ["Setting", "Needed", "What it is", "Unless set, or for example"],
      variables
        .filter(({ secret }) => !secret)
        .map(({ name, optional, description, value }) => [code(name), optional ? "no" : "yes", description, value && code(value)]),
    ),
    table(
      ["Secret", "Where to get it"],
      variables.filter(({ secret }) => secret).map(({ name, description }) => [code(name), description]),
    ),
    waysIn(definition),
    limits(definition),
    redirects.length > 0 ? `Redirects are followed to ${redirects.map(code).join(", ")} too, without credentials.` : "",
    `More, in [its README](../src/connectors/${id}/README.md): ${sections(readme, id).join(" · ")}.`,
  ];
  return lines.filter((line) => line !== "").join("\n\n");
}

function waysIn({ id, signIn }: ConnectorDefinition): string {
  const ways = signIn.flatMap((way) => (way.kind === "secret" ? [way.names.map((name) => code(variableOf(id, name))).join(" with ")] : []));
  const app = signIn.some(({ kind }) => kind === "oauth2")
    ? `${["CLIENT_ID", "CLIENT_SECRET"].map((name) => code(variableOf(id, name))).join(" with ")} let people sign in with their own accounts (${code(`/connect ${id}`)}), redirect URI ${code(`<SVYAZ_PUBLIC_URL>/oauth/${id}`)}.`
    : "";
  return [ways.length > 1 ? `One way in is enough: ${ways.join(", or ")}.` : "", app].filter(Boolean).join(" ");
}

/** What is kept when nothing is set but what must be. */
function limits(definition: ConnectorDefinition): string {
  const shape = definition.settings instanceof z.ZodObject ? (definition.settings.shape as Readonly<Record<string, z.ZodType>>) : {};
  const examples = Object.entries(shape).flatMap(([key, field]) => {
    const example = field.meta()?.["example"];
    return field.safeParse(undefined).success || example === undefined ? [] : [[key, example] as const];
  });
  const { perSecond, atOnce, perDay } = definition.limits(definition.settings.parse(Object.fromEntries(examples)));
  return `Svyaz calls it at most ${perSecond} times a second, ${atOnce} at once${perDay === undefined ? "" : `, ${perDay} times a day`}, people's questions first.`;
}

function sections(readme: string, id: string): readonly string[] {
  return [...readme.matchAll(/^## (.+)$/gm)].map(
    ([, heading = ""]) => `[${heading}](../src/connectors/${id}/README.md#${anchorOf(heading)})`,
  );
}

/** As GitHub makes the anchor of a heading. */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
