import type { AuditRecord } from "../domain/audit.js";
import { formatMoment } from "../text/format.js";
import { texts } from "../text/texts.js";
import type { ChatCommand } from "./commands.js";

const usual = 10;
const most = 50;

/** Names of events that a person would call an operation: reads, writes, refusals, sign-ins; not each message and each reply. */
const operations =
  "^(crm|erp|documents|analytics|index)\\.|^(lead|contact|deal|note|task|plan|write)\\.|^sign-in\\.|^account\\.linked$|\\.(refused|rejected)$";

/** "/audit", "/audit 20": the person's own latest operations, the newest first. Nobody can ask for another's. */
export function createAuditCommand({
  latest,
  titleOf,
}: {
  readonly latest: (query: { readonly person: string; readonly names: string; readonly most: number }) => Promise<readonly AuditRecord[]>;
  /** How people call a system: "amoCRM" for "amocrm". */
  readonly titleOf: (system: string) => string;
}): ChatCommand {
  return {
    name: "audit",
    words: [...texts("ru").audit.words, ...texts("en").audit.words],
    async run({ person, argument, language }) {
      const words = texts(language).audit;
      const count = argument === "" ? usual : Number(argument);
      if (!Number.isInteger(count) || count < 1 || count > most) return [{ kind: "text", markdown: words.which(most) }];
      const records = await latest({ person: person.id, names: operations, most: count });
      if (records.length === 0) return [{ kind: "text", markdown: words.none }];
      const rowOf = ({ at, name, subject, payload, outcome }: AuditRecord) => {
        // A search asks several systems at once.
        const systems = [subject?.system ?? payload?.["system"] ?? payload?.["systems"]].flat();
        return [
          formatMoment(at, language, person.timeZone),
          systems.flatMap((system) => (typeof system === "string" ? [titleOf(system)] : [])).join(", "),
          words.operations[name] ?? name,
          words.outcomes[outcome],
        ];
      };
      const columns = words.columns.map((column) => ({ name: column, type: "text" as const }));
      return [{ kind: "table", table: { columns, rows: records.map(rowOf) }, caption: words.title(records.length) }];
    },
  };
}
