/** What becomes of a match: its words go; the payload by the audit log's own function; the record with its passages; a word of the lexicon. */
export type Erasing = "words" | "payload" | "record" | "passage" | "lexicon";

/** Which rule of retention it falls under, and what it is called where people read. */
export type DataClass = "messages" | "history" | "approvals" | "audit" | "mirror" | "index" | "people" | "alerts";

/** One table, as its owner describes it: where a person's data may stand, and which columns never hold any. */
export interface DataPlace {
  readonly table: string;
  readonly class: DataClass;
  /** The primary key. */
  readonly key: readonly string[];
  /** Text and JSON written by or about people. Empty: only ids, hashes, states and our own words are there. */
  readonly holds: readonly string[];
  /** Every other column of text or JSON: looked at, and found to hold no personal data. */
  readonly plain: readonly string[];
  readonly erasing: Erasing;
}

/**
 * Every table with text in it. A table that is missing here, or a column of it, fails a test: whoever adds one says what it holds.
 * Pseudonyms (a person's id, a messenger's numeric id, a system's record id) are not personal data by themselves here: they lead to a
 * person only through `people` and `accounts`, which `people remove` closes.
 */
export const dataPlaces: readonly DataPlace[] = [
  // conversation
  {
    table: "inbox",
    class: "messages",
    key: ["id"],
    holds: ["body"],
    plain: ["channel", "workspace", "event", "chat", "state", "progress", "sender"],
    erasing: "words",
  },
  {
    table: "choices",
    class: "messages",
    key: ["id"],
    holds: ["options"],
    plain: ["id", "kind", "person", "address", "sent", "approval"],
    erasing: "words",
  },
  {
    table: "interrupted_questions",
    class: "messages",
    key: ["chat"],
    holds: ["message"],
    plain: ["chat", "person", "systems"],
    erasing: "words",
  },
  {
    table: "exchanges",
    class: "history",
    key: ["id"],
    holds: ["asked", "calls", "answered"],
    plain: ["person", "chat", "room", "trace"],
    erasing: "words",
  },
  { table: "chats", class: "messages", key: ["chat"], holds: [], plain: ["chat", "owner"], erasing: "words" },
  { table: "usage_days", class: "people", key: ["holder", "day"], holds: [], plain: ["holder"], erasing: "words" },
  {
    table: "schedules",
    class: "history",
    key: ["id"],
    holds: ["title", "what", "seen"],
    plain: ["approval", "owner", "cron", "language", "address"],
    erasing: "words",
  },
  // guard
  {
    table: "approvals",
    class: "approvals",
    key: ["id"],
    holds: ["draft", "title", "lines", "receipt", "reason"],
    plain: ["id", "tool", "operation", "hash", "asked_by", "actor", "language", "address", "trace", "state", "agreed_by", "rejected_by"],
    erasing: "words",
  },
  { table: "audit_payloads", class: "audit", key: ["event_id"], holds: ["body"], plain: ["salt"], erasing: "payload" },
  {
    table: "audit_events",
    class: "audit",
    key: ["id"],
    holds: [],
    plain: ["name", "actor", "trace", "subject", "outcome", "error", "payload_digest"],
    erasing: "words",
  },
  { table: "audit_seals", class: "audit", key: ["number"], holds: [], plain: ["digest", "previous"], erasing: "words" },
  { table: "audit_sealer", class: "audit", key: ["one"], holds: [], plain: ["holder", "digest"], erasing: "words" },
  {
    table: "people",
    class: "people",
    key: ["id"],
    holds: ["name", "email"],
    plain: ["id", "language", "time_zone", "roles"],
    erasing: "words",
  },
  {
    table: "accounts",
    class: "people",
    key: ["channel", "workspace", "sender"],
    holds: [],
    plain: ["channel", "workspace", "sender", "person", "how"],
    erasing: "words",
  },
  { table: "invitations", class: "people", key: ["code_hash"], holds: [], plain: ["code_hash", "person", "used_by"], erasing: "words" },
  {
    table: "person_links",
    class: "people",
    key: ["person", "principal"],
    holds: [],
    plain: ["person", "system", "principal"],
    erasing: "words",
  },
  {
    table: "memberships",
    class: "people",
    key: ["member", "of_group"],
    holds: [],
    plain: ["system", "member", "of_group"],
    erasing: "words",
  },
  {
    table: "vault_secrets",
    class: "people",
    key: ["system", "owner", "name"],
    holds: [],
    plain: ["system", "owner", "name", "key_id"],
    erasing: "words",
  },
  {
    table: "vault_leases",
    class: "people",
    key: ["system", "owner", "name"],
    holds: [],
    plain: ["system", "owner", "name", "holder"],
    erasing: "words",
  },
  { table: "sign_ins", class: "people", key: ["system", "person"], holds: [], plain: ["system", "person", "state"], erasing: "words" },
  {
    table: "sign_in_links",
    class: "people",
    key: ["state_hash"],
    holds: [],
    plain: ["state_hash", "system", "person", "asked_by", "address", "language", "redirect_uri", "page", "verifier"],
    erasing: "words",
  },
  {
    table: "erased_records",
    class: "mirror",
    key: ["system_name", "entity_type", "external_id", "part"],
    holds: [],
    plain: ["system_name", "entity_type", "external_id", "digest", "part"],
    erasing: "words",
  },
  // sync
  {
    table: "system_integrations",
    class: "mirror",
    key: ["id"],
    holds: ["title", "url", "owner", "keys", "fields", "markdown", "index_error"],
    plain: [
      "system_name",
      "entity_type",
      "external_id",
      "internal_id",
      "sync_status",
      "version",
      "digest",
      "relations",
      "content",
      "indexed_digest",
    ],
    erasing: "record",
  },
  { table: "acls", class: "mirror", key: ["id"], holds: [], plain: ["digest", "kind", "clauses"], erasing: "words" },
  {
    table: "sync_runs",
    class: "mirror",
    key: ["id"],
    holds: ["error"],
    plain: ["system", "kind", "mode", "state", "owner"],
    erasing: "words",
  },
  {
    table: "sync_cursors",
    class: "mirror",
    key: ["system", "kind"],
    holds: [],
    plain: ["system", "kind", "cursor", "mode"],
    erasing: "words",
  },
  {
    table: "webhook_deliveries",
    class: "mirror",
    key: ["id"],
    holds: [],
    plain: ["system", "delivery", "refs"],
    erasing: "words",
  },
  {
    table: "mirror_events",
    class: "mirror",
    key: ["id"],
    holds: [],
    plain: ["system", "entity_type", "external_id", "event", "version"],
    erasing: "words",
  },
  { table: "notices", class: "messages", key: ["event", "person"], holds: [], plain: ["person", "state"], erasing: "words" },
  { table: "call_slots", class: "mirror", key: ["account"], holds: [], plain: ["account", "starts"], erasing: "words" },
  { table: "clients", class: "mirror", key: ["id"], holds: [], plain: [], erasing: "words" },
  {
    table: "client_decisions",
    class: "mirror",
    key: ["one", "other"],
    holds: [],
    plain: ["one", "other", "verdict", "decided_by"],
    erasing: "words",
  },
  {
    table: "client_doubts",
    class: "mirror",
    key: ["one", "other"],
    holds: [],
    plain: ["one", "other", "reason", "confidence"],
    erasing: "words",
  },
  { table: "client_linking", class: "mirror", key: ["only_one"], holds: [], plain: ["made_of"], erasing: "words" },
  // search; the column `words` and the vectors go with their passage
  {
    table: "passages",
    class: "index",
    key: ["id"],
    holds: ["heading", "text"],
    plain: ["system_name", "words", "model", "embedding"],
    erasing: "passage",
  },
  { table: "passage_words", class: "index", key: ["word"], holds: ["word"], plain: [], erasing: "lexicon" },
  // watch
  { table: "alerts", class: "alerts", key: ["key"], holds: ["title", "text"], plain: ["key", "level", "system"], erasing: "words" },
  {
    table: "alert_deliveries",
    class: "alerts",
    key: ["id"],
    holds: ["body", "error"],
    plain: ["sink", "alert", "state"],
    erasing: "words",
  },
];
