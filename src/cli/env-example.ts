import * as connectorFolders from "../connectors/index.js";
import { describeVariables } from "../connectors/kit/define.js";
import type { ConnectorDefinition } from "../domain/connector.js";
import { describeSettings } from "../platform/settings.js";

/** Every system that Svyaz can be connected to, in order of their names. */
export const definitions = Object.values(connectorFolders) as readonly ConnectorDefinition[];

/** The text of `.env.example`: every variable there is, as its definition describes it, all of them switched off. */
export function envExample(): string {
  const own = describeSettings().map(({ name, description, value, optional }) =>
    entry(name, `${description}${optional || value === "" ? "" : " (this unless set)"}`, value),
  );
  const systems = definitions.map((definition) => {
    const variables = describeVariables([definition]).map(({ name, description, value }) => entry(name, description, value));
    return section(`${definition.title}: docs/connectors.md`, variables);
  });
  return `${[
    "# The settings of Svyaz. Copy this file to .env and take the # away where you need something else.\n# Written by `npm run docs` from the definitions in the code; do not edit it by hand.",
    section("Svyaz itself", own),
    section("Docker Compose", [entry("POSTGRES_PASSWORD", "The password of the database that docker-compose.yml starts", "")]),
    ...systems,
  ].join("\n\n")}\n`;
}

function section(title: string, entries: readonly string[]): string {
  return [`# ---- ${title}`, ...entries].join("\n\n");
}

function entry(name: string, description: string, value: string): string {
  return `# ${description}\n# ${name}=${value}`;
}
