import { formatNumber } from "../format.js";
import type * as ru from "../ru/clients.js";

export const clients: typeof ru.clients = {
  none: "No client is known to several systems yet. If systems are connected, run: svyaz sync",
  line: (client, records) => `${client}\n${records.map((record) => `    ${record}`).join("\n")}`,
  record: (name, title, inn) => `${name}  ${title}${inn ? `, INN ${inn}` : ""}`,
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
  merged: (client) => `Now one client: ${client}`,
  split: (client) => `Now a client of its own: ${client}`,
};

export const coverage: typeof ru.coverage = {
  none: "No connected system is mirrored.",
  counts: (stored, inSource) => (inSource === undefined ? `${stored} mirrored` : `${stored} of ${inSource} mirrored`),
  missing: (count, first) =>
    count === 0
      ? "nothing missing"
      : `${count} missing${first.length > 0 ? `: ${first.join(", ")}${count > first.length ? "…" : ""}` : ""}`,
  asOf: (at) => `as of ${at}`,
  never: "not read yet",
  lastFull: (at) => `in full ${at}`,
  mode: { full: "being read in full", since: "changes are read" },
  error: (text) => `error: ${text}`,
  checking: (system, kind) => `Comparing ${system}: ${kind}…`,
};
