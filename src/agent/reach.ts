import type { Access } from "../domain/access.js";
import type { ConnectorDefinition } from "../domain/connector.js";
import type { Person } from "../domain/people.js";
import type { AgentTool } from "../domain/tool.js";

/** What no connector stands for: an indexed folder of files, and what is Svyaz's own. */
const own: readonly { readonly system: string; readonly families?: readonly string[] }[] = [
  { system: "files", families: ["documents"] },
  { system: "svyaz", families: ["svyaz"] },
];

/**
 * The tools that a person's roles let them use in no configured system at all, by name. It only spares them a vain promise:
 * whoever asks for one of these all the same is refused by the gate, with an audit row.
 */
export function createReach({
  tools,
  access,
  configured,
}: {
  readonly tools: readonly Pick<AgentTool, "name" | "needs">[];
  readonly access: Pick<Access, "decide">;
  readonly configured: readonly { readonly system: string; readonly definition: Pick<ConnectorDefinition, "families"> }[];
}): (person: Person) => Promise<ReadonlySet<string>> {
  // A connector that does not say its families may have any.
  const places = [
    ...configured.map(({ system, definition }) => ({ system, families: definition.families as readonly string[] | undefined })),
    ...own,
  ];
  return async (person) => {
    const beyond = tools.map(async ({ name, needs }) => {
      if (!needs) return [];
      const rulings = await Promise.all(
        places
          .filter(({ families }) => families?.includes(needs.family) ?? true)
          .map(({ system }) => access.decide(person, { system, ...needs })),
      );
      return rulings.some(({ effect }) => effect !== "deny") ? [] : [name];
    });
    return new Set((await Promise.all(beyond)).flat());
  };
}
