import { formatNumber } from "../format.js";
import type { inventory as russian } from "../ru/inventory.js";

const lasting = (minutes: number): string => {
  if (minutes < 1) return "less than a minute";
  const whole = Math.ceil(minutes);
  if (whole < 120) return `about ${whole} min`;
  return `about ${formatNumber(minutes / 60, "en", 0)} h`;
};

const seen: Readonly<Record<string, string>> = { deal: "deals", contact: "contacts", company: "companies" };

export const inventory: typeof russian = {
  heading: "Inventory of the connected systems",
  intro: (at, sandbox, readOnly) =>
    [
      `Made on ${at}. Svyaz asked every configured system what it is and what can be seen there; it wrote nothing.`,
      sandbox ? "**This is the sandbox: an invented company, the figures are not real.**" : "",
      readOnly ? "Pilot mode is on: nothing can be written." : "",
    ]
      .filter(Boolean)
      .join(" "),
  noSystems: "No system is configured. Put the address and the key of the first one into .env (docs/connectors.md) and repeat.",
  verdict: ({ all, silent, missing, risks }) =>
    [
      silent.length === 0
        ? `**In short.** All ${all} systems were surveyed: a pilot that only reads can begin.`
        : silent.length === all
          ? `**In short.** No system could be surveyed (${silent.join(", ")}): it is too early for a pilot.`
          : `**In short.** ${all - silent.length} of ${all} systems were surveyed: the pilot can begin with these; to be mended: ${silent.join(", ")}.`,
      missing + risks === 0
        ? "Nothing else was found."
        : `Before full use go through what is missing (${missing}) and the risks (${risks}).`,
    ].join(" "),
  setName: (set) => set.replace(/^Catalog_(.+)/, "catalog $1").replace(/^Document_(.+)/, "document $1"),
  summaryColumns: ["System", "Connection", "Abilities", "Missing", "Risks", "First synchronisation"],
  silent: "**not surveyed**",
  answers: "answers",
  firstSync: (estimate) => (estimate ? lasting(estimate.minutes) : "not needed"),
  didNotAnswer: (what, message) => `**It could not be surveyed:** ${what}\n\nDetail for the administrator: ${message}`,
  toMend: "What to do:",
  seeDoctor: "run `svyaz doctor` and look into the log of the service.",
  tellsNothing: "This system tells nothing of itself; it was only checked that it answers and that the key is good.",
  factColumns: ["What", "The system's answer"],
  facts: {
    address: "Address",
    name: "Name",
    edition: "Edition",
    version: "Version",
    users: "Users",
    account: "Account of Svyaz",
    limits: "Limit of calls",
  },
  editions: { cloud: "cloud", "data-center": "own server (Data Center)" },
  versionHidden: "not told",
  usersHidden: "not shown",
  isAdmin: "rights of an administrator",
  limits: (perSecond, atOnce, perDay) =>
    `${formatNumber(perSecond, "en")} a second, ${atOnce} at once${perDay === undefined ? "" : `, ${formatNumber(perDay, "en")} a day`}; people's questions go first`,
  volumes: "Volumes",
  volumeColumns: ["What", "How many"],
  modules: "Parts and spaces",
  moduleNames: {
    unsorted: "unsorted leads",
    customers: "customers (repeat sales)",
    "loss-reasons": "loss reasons",
    sales: "revenue and cost",
    purchases: "purchases",
    orders: "customers' orders",
    stock: "free stock",
    expected: "expected receipts",
    debts: "customers' debts",
    plans: "plans of sales and purchases",
  },
  off: "switched off, or not shown to the account",
  pipelines: "Pipelines and stages",
  fields: "Fields of cards",
  can: "What Svyaz can do here",
  canNothing: "- nothing yet: see what is missing",
  afterYes: "only after a confirmation",
  missing: "What is missing",
  nothingMissing: "All that is needed is there.",
  risks: "Risks",
  noRisks: "None found.",
  andMore: (count) => `…and ${count} more`,
  findings: {
    "inn-field": (about) =>
      about.length > 0
        ? `contacts and companies have no field "${about[0]}" for the tax number: correct AMOCRM_INN_FIELD, or clients are matched by phone, e-mail and name alone`
        : "contacts and companies have no field for the tax number: add a field called INN (or name yours in AMOCRM_INN_FIELD), or one client is harder to tell across systems: by phone, e-mail and name alone",
    "users-hidden": () =>
      "the key shows no users: owners have no names and no departments, and people see only their own; a key of an administrator is needed",
    "rights-narrow": ([who = "", ...what]) =>
      `the account ${who} does not see all ${what.map((one) => seen[one] ?? one).join(", ")}: the mirror would have holes; let it view all of them`,
    "lists-hidden": (about) => `these lists are closed to the key: ${about.join(", ")}`,
    "admin-token": ([who = ""]) =>
      `the key has the rights of an administrator (${who}): a leak would open everything. Keep it with \`svyaz secret set\` and not in files, and let people sign in themselves (/connect)`,
    "filters-off": () =>
      "filters of the API are switched off: every synchronisation reads everything; have them switched on in the account's settings",
    "no-spaces": () => "the account sees no space at all: give it the right to read",
    "spaces-not-seen": (about) => `spaces of CONFLUENCE_SPACES are not seen: ${about.join(", ")}`,
    "groups-hidden": () =>
      "groups of users are not shown: pages that are open to groups are shown to nobody; rights of an administrator are needed",
    "space-rights-hidden": (about) =>
      `who reads the spaces ${about.join(", ")} is not shown: their pages would be shown to nobody; let the account administer them`,
    "open-to-everyone": (about) => `spaces that are open without signing in: ${about.join(", ")}; make sure that this is meant`,
    "objects-not-published": (about) =>
      `not published in 1C: ${about.join(", ")}; add them to the standard OData interface, or leave the part out in MAPPING_FILE`,
    "fields-not-found": (about) => `this configuration has no ${about.join(", ")}; name them as they are called there in MAPPING_FILE`,
    "objects-closed": (about) => `closed to the user of 1C: ${about.join(", ")}; add the rights to its profile`,
    "people-not-linked": ([without = "", all = ""]) =>
      `${without} of ${all} people are tied to no user of this system: they see nothing of "their own" here. \`svyaz people suggest --confirm\` ties those with the same e-mail`,
    "no-public-address": () =>
      "SVYAZ_PUBLIC_URL is not set: the system cannot tell of changes by itself, and they arrive within five minutes instead of seconds",
    "plain-http": () =>
      "the address is not encrypted (http): key and data can be read on the way; switch https on, or lead the traffic through a VPN",
    "token-ends": ([day = "", days = ""]) =>
      `the key is good until ${day} (${days} more days): decide who makes the next one; an alert comes two weeks before`,
    "day-limit": ([calls = "", limit = ""]) =>
      `the first synchronisation takes ${calls} calls of ${limit} that are allowed a day: it will stretch over several days`,
    "long-first-sync": ([hours = ""]) =>
      `the first synchronisation takes at least ${hours} h: begin it in the evening; people's questions go first all the while`,
  },
  firstSyncHeading: "The first full synchronisation",
  firstSyncText: (estimate, perSecond) =>
    estimate
      ? `At least ${formatNumber(estimate.calls, "en")} calls at ${formatNumber(perSecond, "en")} a second: ${lasting(estimate.minutes)}. After that only changes are read, every five minutes. Reading texts for search takes some more time.`
      : "Not needed: nothing is copied, each question is asked of the system itself.",
  plan: "The plan",
  planIntro: (owner) =>
    `Responsible for the integration: ${owner}. Name somebody for each system too and write the name into the table: they grant rights and confirm that the figures agree.`,
  ownerMissing: "write a name (Svyaz has no administrators yet)",
  orderHeading: "Order of the systems",
  orderColumns: ["No.", "System", "Why here", "First synchronisation", "Responsible for the system"],
  blank: "………………",
  why: (families, missing, silent) => {
    if (silent) return "could not be surveyed: mend it first";
    const kind = families.includes("documents")
      ? "documents: reading only, useful at once"
      : families.includes("crm")
        ? "clients and deals: reading, then writing"
        : "figures: to be compared with the system's own reports";
    return missing === 0 ? `${kind}; all is ready` : `${kind}; to be mended: ${missing}`;
  },
  ownerLabel: "Responsible:",
  checkLabel: "To check before going on:",
  backLabel: "The way back:",
  stages: ({ silent, people, minutes }) => [
    {
      title: "Stage 1. Inventory (this report)",
      owner: "admin",
      lines: [
        "Go through what is missing and the risks of each system: mend them, or accept them in writing.",
        ...(silent > 0 ? [`Mend the ${silent === 1 ? "system" : `${silent} systems`} that could not be surveyed.`] : []),
        "Name somebody for each system in the table above.",
      ],
      check: ["`svyaz doctor` finds nothing.", "`svyaz inventory` once more: only what was accepted is still missing."],
      back: "there is nothing to undo: Svyaz has only read. Revoke the keys in the systems if you do not go on.",
    },
    {
      title: "Stage 2. Pilot: reading only, 3 to 5 people, two weeks",
      owner: "admin",
      lines: [
        "Start it with `svyaz start --read-only` (or SVYAZ_READ_ONLY=true): nobody can write anything.",
        `Connect the systems one by one in the order of the table; the first reading of all takes ${lasting(minutes)}.`,
        `Invite 3 to 5 of ${people} people, with different roles: \`svyaz people link\`.`,
        "Set the administrators' chat and mailbox for alerts (SVYAZ_ADMIN_CHAT, ALERT_EMAIL).",
      ],
      check: [
        "Twenty questions whose answers are known: a client, deals, sales, stock, documents.",
        "Sales of a closed month agree with the system's own report to the last kopeck.",
        "Somebody in sales does not see others' clients, and staff do not see closed documents.",
        "`/status` for two weeks without long alerts; data no older than 15 minutes.",
        "`svyaz audit verify`: the log is whole; a backup was made, and restored as a trial.",
      ],
      back: "stop the service and revoke the keys. Nothing was changed in the systems. A single system is switched off by taking its variables out of .env.",
    },
    {
      title: "Stage 3. Full use: writing after a confirmation, everybody",
      owner: "admin",
      lines: [
        "Take SVYAZ_READ_ONLY away; one department writes for a week, then the others.",
        "Go through the access rules (`svyaz access show`): who may do what, and where a second confirmation is asked for.",
        "Invite the others; let them sign in to the systems as themselves (/connect).",
        "Switch on metrics and alert rules (docs/operations.md).",
      ],
      check: [
        "The first ten records were compared with their cards; there are no doubles.",
        "`svyaz sync` without errors; the systems and Svyaz have the same number of records.",
        "Alerts reach the administrators, and somebody answers them.",
      ],
      back: "SVYAZ_READ_ONLY=true and a restart: writing ends at once, answers go on. All that was written is listed by `svyaz audit export`, with the numbers of the records in the systems.",
    },
  ],
  written: (file) => `The report is in ${file}`,
};
