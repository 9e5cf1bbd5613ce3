import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { Access, Operation } from "../domain/access.js";
import type { ApprovalCard, ApprovalState, Approvals, Approved, Receipt } from "../domain/approval.js";
import type { AuditLog } from "../domain/audit.js";
import { AccessDenied, ApprovalUnusable } from "../domain/errors.js";
import type { Address, Line } from "../domain/message.js";
import type { Schema } from "../domain/schema.js";
import { type Database, type Queryable, storableJson } from "../platform/database.js";
import { texts } from "../text/texts.js";
import { canonicalJson } from "./canonical.js";
import type { People } from "./people.js";
import { mayAgree } from "./second.js";

/** Why a card that was replaced by a corrected one is closed. */
const superseded = "superseded";
const ownMs = 15 * 60_000;
const secondMs = 24 * 60 * 60_000;
/** Whoever gave the first yes also asks for the second; only after this long somebody else does. */
const askingMs = 15_000;
/**
 * How long a taken approval belongs to its taker, who extends it while the write runs. Long enough that a request which a
 * dead process sent has taken effect, or never will, before the next one looks for it.
 */
const leaseMs = 15_000;

const Row = z.object({
  id: z.string(),
  tool: z.string(),
  operation: z.custom<Operation>((value) => typeof value === "object" && value !== null),
  draft: z.string(),
  hash: z.string(),
  asked_by: z.string(),
  actor: z.string(),
  language: z.enum(["ru", "en"]),
  address: z.custom<Address>((value) => typeof value === "object" && value !== null),
  trace: z.string(),
  title: z.string(),
  lines: z.custom<Line[]>(Array.isArray),
  state: z.enum(["waiting", "rejected", "expired", "agreed", "running", "done", "failed", "unknown"]),
  second: z.boolean(),
  agreed_by: z.array(z.string()),
  agreed_at: z.date().nullable(),
  asked_at: z.date(),
  expires_at: z.date(),
  receipt: z.custom<Receipt | null>(),
  attempt: z.number(),
  reason: z.string().nullable(),
});
type Row = z.infer<typeof Row>;

/**
 * Propose, then do. The row keeps the prepared draft and its hash; the write takes the draft as it stands.
 * Every step is one statement that only one caller can win, on both engines.
 */
export function createApprovals({
  database,
  access,
  people,
  audit,
  readOnly = false,
  now,
}: {
  readonly database: Database;
  readonly access: Access;
  readonly people: Pick<People, "list">;
  readonly audit: AuditLog;
  /** Pilot mode: nothing is proposed and nothing is taken. */
  readonly readOnly?: boolean;
  readonly now: () => Date;
}): Approvals {
  // Only what `take` minted in this process can pass `holds`: a look-alike made elsewhere is not in the map. The number is that of
  // the taking: whoever was paused beyond the lease finds a higher one in the row and writes nothing.
  const minted = new WeakMap<Approved<unknown>, number>();

  const load = async (id: string, queryable: Queryable = database): Promise<Row | undefined> => {
    const { rows } = await queryable.query("select * from approvals where id = $1", [id]);
    return rows[0] && Row.parse(rows[0]);
  };

  const inPilot = (system: string, operation: string) =>
    new AccessDenied(`${system}: nothing is written in pilot mode (SVYAZ_READ_ONLY)`, { system, operation }, "pilot");

  return {
    async propose(proposal) {
      if (readOnly) throw inPilot(proposal.operation.system, "approvals.propose");
      const ruling = await access.decide(proposal.askedBy, proposal.operation);
      if (ruling.effect === "deny") {
        throw new AccessDenied(`${proposal.askedBy.id} may not ${proposal.operation.verb} in ${proposal.operation.system}`, {
          system: proposal.operation.system,
          operation: "approvals.propose",
        });
      }
      // A command line takes what begins with a dash for an option.
      const id = randomBytes(18).toString("base64url").replace(/^-/, "0");
      const draft = canonicalJson(proposal.draft);
      const askedAt = now();
      const expiresAt = new Date(askedAt.getTime() + ownMs);
      const second = ruling.effect === "second";
      const words = texts(proposal.language).conversation;
      const lines = second ? [...proposal.lines, texts(proposal.language).access.secondLine] : proposal.lines;
      const { actor, trace } = proposal;
      await audit.during(
        { name: "approval.proposed", actor, trace, payload: { approval: id, tool: proposal.tool, title: proposal.title } },
        () =>
          database.query(
            `insert into approvals (id, tool, operation, draft, hash, asked_by, actor, language, address, trace, title, lines, second, asked_at, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
            [
              id,
              proposal.tool,
              storableJson(proposal.operation),
              draft,
              hash(id, draft),
              proposal.askedBy.id,
              actor,
              proposal.language,
              storableJson(proposal.address),
              trace,
              proposal.title,
              storableJson(lines),
              second,
              askedAt,
              expiresAt,
            ],
          ),
      );
      return {
        id,
        kind: "choice",
        question: proposal.title,
        lines,
        options: [
          { id: "yes", label: words.yes, style: "primary" },
          { id: "no", label: words.no, style: "danger" },
        ],
        expiresAt,
      };
    },

    async answer(approval, yes, by, from) {
      const row = await load(approval);
      const refuse = (why: string, code: string) =>
        new ApprovalUnusable(`approval ${approval.slice(0, 6)}…: ${why}`, {
          system: row?.operation.system,
          operation: "approvals.answer",
          cause: code,
        });
      if (!row) throw refuse("there is none", "none");
      const waitsForSecond = row.second && row.agreed_by.length > 0;
      const own = by.id === row.asked_by;
      const fits = own ? !from || sameChat(from, row.address) : waitsForSecond && !from && (await mayAgree(access, by, row));
      if (!fits) {
        await audit.note({ name: "approval.refused", actor: by.id, trace: row.trace, payload: { approval, why: "stranger" } }, "denied");
        throw refuse(`${by.id} is not the one who was asked`, "stranger");
      }
      const at = now();
      if (row.state !== "waiting") throw refuse(`it is ${row.state} already`, row.reason === superseded ? superseded : row.state);
      const late = row.expires_at <= at;
      // The asker may still take it back while somebody else is asked.
      if (own && yes && waitsForSecond && !late) throw refuse("a second person's yes is missing", "second");
      const firstOfTwo = own && yes && row.second;
      if (firstOfTwo && (await access.decide(by, row.operation)).effect === "deny") throw refuse(`${by.id} no longer may`, "denied");
      const next: ApprovalState = late ? "expired" : !yes ? "rejected" : firstOfTwo ? "waiting" : "agreed";
      const name = next === "waiting" ? "approval.seconding" : `approval.${next}`;
      await audit.during({ name, actor: by.id, trace: row.trace, payload: { approval, tool: row.tool } }, async () => {
        const { rowCount } = await database.query(
          `update approvals set state = $2::text,
             agreed_by = case when $2::text in ('agreed', 'waiting') then agreed_by || $3::text else agreed_by end,
             expires_at = case when $2::text = 'waiting' then $5 else expires_at end,
             rejected_by = case when $2::text = 'rejected' then $3::text end,
             agreed_at = case when $2::text = 'agreed' then $4::timestamptz end,
             settled_at = case when $2::text in ('rejected', 'expired') then $4::timestamptz end
           where id = $1 and state = 'waiting' and cardinality(agreed_by) = $6`,
          [approval, next, by.id, at, new Date(at.getTime() + secondMs), row.agreed_by.length],
        );
        if (rowCount !== 1) throw refuse("somebody was quicker", "settled");
      });
      if (late) throw refuse("its time is over", waitsForSecond ? "overdue" : "expired");
      return next;
    },

    async take<Draft>(approval: string, shape: Schema<Draft>): Promise<Approved<Draft> | undefined> {
      const at = now();
      const { rows } = await database.query(
        `update approvals set state = 'running', lease_until = $3, attempt = attempt + 1
         where id = $1 and (state = 'agreed' or (state = 'running' and lease_until < $2)) returning *`,
        [approval, at, new Date(at.getTime() + leaseMs)],
      );
      if (!rows[0]) return undefined;
      const row = Row.parse(rows[0]);
      // What an earlier taking has begun may be written, whatever stands in the way of this one.
      const fail = async (error: AccessDenied | ApprovalUnusable): Promise<never> => {
        await this.close(approval, { state: row.attempt > 1 ? "unknown" : "failed", reason: error.message });
        throw error;
      };
      if (readOnly) return fail(inPilot(row.operation.system, "approvals.take"));
      const draft = shape.safeParse(JSON.parse(row.draft));
      if (!draft.success || hash(row.id, row.draft) !== row.hash) {
        return fail(
          new ApprovalUnusable(`approval ${approval.slice(0, 6)}…: the draft is not the one that was shown`, {
            operation: "approvals.take",
            cause: "changed",
          }),
        );
      }
      const askedBy = await access.person(row.asked_by);
      const ruling = askedBy && (await access.decide(askedBy, row.operation));
      if (!askedBy || !ruling || ruling.effect === "deny" || (ruling.effect === "second" && !row.second)) {
        return fail(
          new AccessDenied(`${row.asked_by} no longer may ${row.operation.verb} in ${row.operation.system}`, {
            system: row.operation.system,
            operation: "approvals.take",
          }),
        );
      }
      const agreedBy = (await Promise.all(row.agreed_by.map((id) => access.person(id)))).filter((person) => person !== undefined);
      const seconded = await Promise.all(agreedBy.map((person) => mayAgree(access, person, row)));
      if (row.second && !seconded.includes(true)) {
        return fail(
          new AccessDenied(
            `${row.agreed_by.at(-1)} no longer may agree to this`,
            { system: row.operation.system, operation: "approvals.take" },
            "not-agreed",
          ),
        );
      }
      // The only cast to the brand: see the architecture test.
      const approved = {
        approval,
        system: row.operation.system,
        draft: draft.data,
        askedBy,
        agreedBy,
        askedAt: row.asked_at,
      } as unknown as Approved<Draft>;
      minted.set(approved, row.attempt);
      return approved;
    },

    async holds(approved) {
      const attempt = minted.get(approved);
      if (attempt === undefined) return false;
      const { rows } = await database.query(
        "select * from approvals where id = $1 and state = 'running' and attempt = $2 and lease_until > $3",
        [approved.approval, attempt, now()],
      );
      const row = rows[0] && Row.parse(rows[0]);
      return row?.hash === hash(approved.approval, canonicalJson(approved.draft));
    },

    async close(approval, end) {
      const row = await load(approval);
      if (!row) return;
      const payload = { approval, tool: row.tool, ...(end.state === "done" ? {} : { reason: end.reason }) };
      const subject = end.state === "done" ? end.receipt.ref : undefined;
      await audit.during({ name: `approval.${end.state}`, actor: row.actor, trace: row.trace, subject, payload }, () =>
        database.query(
          `update approvals set state = $2, receipt = $3, reason = $4, settled_at = $5, lease_until = null where id = $1 and state in ('agreed', 'running')`,
          [approval, end.state, end.state === "done" ? storableJson(end.receipt) : null, end.state === "done" ? null : end.reason, now()],
        ),
      );
    },

    async left() {
      const { rows } = await database.query<{ id: string; tool: string; state: "agreed" | "running"; agreed_at: Date }>(
        `select id, tool, state, agreed_at from approvals
         where (state = 'agreed' and agreed_at < $1::timestamptz - interval '5 seconds') or (state = 'running' and lease_until < $1) order by agreed_at`,
        [now()],
      );
      return rows.map((row) => ({ approval: row.id, tool: row.tool, state: row.state, agreedAt: row.agreed_at }));
    },

    async card(approval) {
      const row = await load(approval);
      return row && cardOf(row);
    },

    async seconds(approval) {
      const row = await load(approval);
      if (!row) return [];
      const others = (await people.list()).filter(({ active, id }) => active && id !== row.asked_by);
      const may = await Promise.all(others.map((person) => mayAgree(access, person, row)));
      const scopes = await Promise.all(others.map((person) => access.decide(person, row.operation)));
      const fitting = others.filter((_, at) => may[at]);
      const near = others.filter((_, at) => may[at] && scopes[at]?.scope === "department");
      return near.length > 0 ? near : fitting;
    },

    async secondsAsked(approval) {
      await database.query("update approvals set second_asked_at = $2 where id = $1", [approval, now()]);
    },

    async secondsMissing() {
      const at = now();
      const waiting = "second and state = 'waiting' and cardinality(agreed_by) > 0";
      const unasked = await database.query(
        `select * from approvals where ${waiting} and second_asked_at is null and expires_at > $1 and expires_at < $2`,
        [at, new Date(at.getTime() + secondMs - askingMs)],
      );
      const { rows: overdue } = await database.query(`select * from approvals where ${waiting} and expires_at <= $1`, [at]);
      const expired: ApprovalCard[] = [];
      for (const row of overdue.map((one) => Row.parse(one))) {
        const payload = { approval: row.id, tool: row.tool };
        await audit.during({ name: "approval.expired", actor: "svyaz", trace: row.trace, payload }, async () => {
          const { rowCount } = await database.query(
            `update approvals set state = 'expired', settled_at = $2 where id = $1 and state = 'waiting'`,
            [row.id, at],
          );
          if (rowCount === 1) expired.push(cardOf(row));
        });
      }
      return { unasked: unasked.rows.map((row) => cardOf(Row.parse(row))), expired };
    },

    async extend(approved) {
      await database.query("update approvals set lease_until = $3 where id = $1 and state = 'running' and attempt = $2", [
        approved.approval,
        minted.get(approved) ?? 0,
        new Date(now().getTime() + leaseMs),
      ]);
    },

    async lastShown({ person, address: { channel, workspace = "", chat }, tool, trace }) {
      const { rows } = await database.query<{ id: string }>(
        `select id from approvals where asked_by = $1 and tool = $2 and trace <> $3 and state = 'waiting' and agreed_by = '{}' and expires_at > $4
           and address->>'channel' = $5 and coalesce(address->>'workspace', '') = $6 and address->>'chat' = $7
         order by asked_at desc, id limit 1`,
        [person.id, tool, trace, now(), channel, workspace, chat],
      );
      return rows[0]?.id;
    },

    async supersede(approval, by, trace) {
      return audit.during({ name: "approval.superseded", actor: by.id, trace, payload: { approval } }, async () => {
        const { rowCount } = await database.query(
          `update approvals set state = 'expired', reason = $3, settled_at = $2
           where id = $1 and asked_by = $4 and state = 'waiting' and agreed_by = '{}'`,
          [approval, now(), superseded, by.id],
        );
        return rowCount === 1;
      });
    },

    async withdraw(trace) {
      await database.query(
        "update approvals set state = 'expired', settled_at = $2 where trace = $1 and state = 'waiting' and agreed_by = '{}'",
        [trace, now()],
      );
    },
  };
}

function cardOf(row: Row): ApprovalCard {
  return {
    id: row.id,
    tool: row.tool,
    state: row.state,
    title: row.title,
    lines: row.lines,
    trace: row.trace,
    actor: row.actor,
    language: row.language,
    address: row.address,
    askedBy: row.asked_by,
    operation: row.operation,
    second: row.second,
    expiresAt: row.expires_at,
    agreedAt: row.agreed_at ?? undefined,
    receipt: row.receipt ?? undefined,
  };
}

function sameChat(a: Address, b: Address): boolean {
  return a.channel === b.channel && (a.workspace ?? "") === (b.workspace ?? "") && a.chat === b.chat;
}

/** Bound to its approval, so that a draft swapped between two rows is found out. */
function hash(id: string, draft: string): string {
  return createHash("sha256").update(`svyaz.approval\0${id}\0${draft}`).digest("hex");
}
