import { z } from "zod";
import type { ReadTool } from "../domain/tool.js";
import { texts } from "../text/texts.js";
import { SystemName } from "./kit/schemas.js";

const input = z.strictObject({ system: SystemName.optional() });

export const integrationStatus: ReadTool<z.infer<typeof input>> = {
  kind: "read",
  name: "integration-status",
  description:
    "Tells which systems are connected, how fresh their copies are and what is wrong with them. Use it for «что подключено», «работает ли CRM», 'integration status', 'is everything up'.",
  input,
  async run({ system }, turn) {
    const words = texts(turn.language).tools;
    const all = await turn.status();
    const wanted = system?.toLowerCase();
    const lines = wanted ? all.filter((line) => line.system.toLowerCase().includes(wanted)) : all;
    if (lines.length === 0) return { forModel: words.noSystems };
    const broken = lines.filter(({ error }) => error);
    return {
      forModel:
        broken.length === 0
          ? words.allSystemsWork(new Set(lines.map((line) => line.system)).size)
          : words.systemsBroken([...new Set(broken.map((line) => line.system))].join(", ")),
      forPerson: [
        {
          kind: "table",
          table: {
            columns: [
              { name: words.system, type: "text" },
              { name: words.kind, type: "text" },
              { name: words.stored, type: "number" },
              { name: words.indexed, type: "number" },
              { name: words.asOf, type: "moment" },
              { name: words.state, type: "text" },
            ],
            rows: lines.map((line) => [
              line.system,
              words.kinds[line.kind] ?? line.kind,
              line.stored,
              line.indexed,
              line.asOf ?? null,
              line.error === undefined ? words.works : (texts(turn.language).errors[line.error]?.(line.system) ?? line.error),
            ]),
          },
        },
      ],
    };
  },
};
