import { formatNumber } from "../format.js";
import type * as ru from "../ru/clients.js";

export const clients: typeof ru.clients = {
  none: "No client is known to several systems yet. If systems are connected, run: svyaz sync",
  line: (heading, records) => `${heading}\n${records.map((record) => `    ${record}`).join("\n")}`,
  number: (client) => `Client ${client}`,
  record: (name, title, inn) => `${name}  ${title}${inn ? `, INN ${inn}` : ""}`,
  titled: (title, inn) => `${title}${inn ? `, INN ${inn}` : ""}`,
  noDoubts: "No pair is doubtful.",
  doubt: (reason, confidence) => `${reason} (confidence ${formatNumber(confidence, "en", 1)})`,
  reasons: {
    "inn-differs": "a contact in common, but different INNs",
    "shared-contact": "a contact in common, but different names",
    "same-name": "equal names, no contact in common",
  },
  decide: "One client: svyaz clients merge <record> <record>. Two: svyaz clients split <record> <record>.",
  noConflicts: "The systems do not contradict each other.",
  conflict: (field, client) => `Different ${field}${client ? `, client ${client}` : ", not joined"}`,
  fields: { inn: "INN", phone: "telephone", name: "name" },
  mend: "Correct it in one of the systems: Svyaz changes nothing by itself.",
  asked:
    "**One client or two?** Svyaz found records in different systems that look alike, and does not join them by itself. All such pairs: `svyaz clients doubts`.",
  isOne: (reason) => `Is this one client? ${reason[0]?.toUpperCase()}${reason.slice(1)}.`,
  same: "One client",
  different: "Different",
  decided: (verdict, pair, by) => `**${verdict === "same" ? "One client" : "Different clients"}.** Decided by ${by}\n\n${pair}`,
  decidedBefore: (verdict, pair) => `Decided before: ${verdict === "same" ? "one client" : "different clients"}.\n\n${pair}`,
  pairGone: "One of these records is no longer there, so there is nothing to decide.",
  waiting: (doubts, conflicts) =>
    `Clients in several systems: doubtful pairs: ${doubts} (\`svyaz clients doubts\`), contradictions: ${conflicts} (\`svyaz clients conflicts\`).`,
  merged: (client) => `Now one client: ${client}`,
  split: (client) => `Now a client of its own: ${client}`,
};

export const coverage: typeof ru.coverage = {
  none: "No connected system is mirrored.",
  counts: (stored, inSource) => (inSource === undefined ? `${stored} mirrored` : `${stored} of ${inSource} mirrored`),
  missing: (ids, named) =>
    ids.length === 0 ? "nothing missing" : `${ids.length} missing: ${ids.slice(0, named).join(", ")}${ids.length > named ? "…" : ""}`,
  unreadable: (count) => `${count} files without readable text`,
  asOf: (at, age) => `as of ${at} (${age})`,
  never: "not read yet",
  lastFull: (at) => `in full ${at}`,
  mode: { full: "being read in full", since: "changes are read" },
  error: (text) => `error: ${text}`,
  checking: (system, kind) => `Comparing ${system}: ${kind}…`,
};
