import { randomUUID } from "node:crypto";
import type { Access } from "../domain/access.js";
import type { Alerts } from "../domain/alert.js";
import type { AuditLog } from "../domain/audit.js";
import type { Channel } from "../domain/channel.js";
import { AccessDenied, NotFound, RequestRefused, SvyazError } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { Block } from "../domain/message.js";
import type { Metrics } from "../domain/metrics.js";
import type { Day } from "../domain/numbers.js";
import type { Language, Person } from "../domain/people.js";
import type { Condition, Observe, Report } from "../domain/schedule.js";
import type { AgentTool, ReadTool, Turn } from "../domain/tool.js";
import { type Database, storableJson } from "../platform/database.js";
import { dayOf, formatMoment } from "../text/format.js";
import { errorReport, errorSentence, texts } from "../text/texts.js";
import type { Choices } from "./choices.js";
import type { Contacts } from "./contacts.js";
import type { TurnRequest } from "./context.js";
import { nextAt } from "./cron.js";
import { alertKey, placeOf, ScheduleRow } from "./schedules.js";

const runMs = 90_000;
/** Longer than a run and its delivery take. */
const leaseMs = 5 * 60_000;
const atOnce = 3;
/** How often each kind of condition is looked at. */
const lookMs: Readonly<Record<Condition["kind"], number>> = { document: 300_000, stage: 300_000, lead: 300_000, metric: 3_600_000 };
/** What a system that is down did not let be made or delivered is tried again after these pauses. */
const againMs = [60_000, 5 * 60_000, 15 * 60_000];
/** Later than this, a report says that it is late. */
const lateMs = 15 * 60_000;
const failuresToTell = 3;

export interface ScheduleRunParts {
  readonly database: Database;
  readonly access: Access;
  readonly audit: Pick<AuditLog, "during" | "note">;
  readonly alerts: Alerts;
  readonly contacts: Contacts;
  readonly choices: Pick<Choices, "keep">;
  readonly tools: readonly AgentTool[];
  readonly turnFor: (request: TurnRequest) => Turn;
  readonly channel: (id: string) => Channel | undefined;
  /** The input of a report's tool on that day. */
  readonly inputOf: (report: Report, today: Day) => unknown;
  readonly observe: Observe;
  readonly titleOf: (system: string) => string;
  /** The company's: what admins read. */
  readonly language: Language;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

/** What one run has come to. */
interface Outcome {
  readonly blocks?: readonly Block[];
  readonly seen?: unknown;
  readonly over?: boolean;
}

type Ending = "sent" | "quiet" | "paused" | "failed" | "again" | "undelivered" | "ended" | "gone";

/**
 * Makes what is due and sends it to its owner, with the owner's rights as they are at that moment. Every row is one process's at a
 * time; what was missed while nobody was up is made once. After a crash between sending and the note of it a report may come twice.
 */
export function createScheduleRuns(parts: ScheduleRunParts) {
  const { database, access, audit, alerts, contacts, metrics, log, now } = parts;
  const readers = parts.tools.filter((tool): tool is ReadTool => tool.kind === "read");

  return {
    /** Makes all that is due now; resolves to how many rows that were. */
    async tick(signal: AbortSignal): Promise<number> {
      let done = 0;
      const work = async () => {
        for (let row = await claim(); row; row = signal.aborted ? undefined : await claim()) {
          const ending = await run(row, signal);
          metrics.count("svyaz_schedule_runs_total", { kind: row.what.kind, outcome: ending });
          done++;
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      return done;
    },
  };

  async function claim(): Promise<ScheduleRow | undefined> {
    const at = now();
    const { rows } = await database.query(
      `update schedules set lease_until = $2, attempt = attempt + 1 where id = (
         select id from schedules where next_at <= $1 and (lease_until is null or lease_until <= $1)
         order by next_at limit 1 for update skip locked) returning *`,
      [at, new Date(at.getTime() + leaseMs)],
    );
    return rows[0] && ScheduleRow.parse(rows[0]);
  }

  async function run(row: ScheduleRow, signal: AbortSignal): Promise<Ending> {
    const due = row.due_at ?? row.next_at;
    const trace = randomUUID();
    try {
      const person = await access.person(row.owner);
      if (!person) return await endAll(row, trace);
      const next = following(row, person);
      if (!next) return await end(row);
      let outcome: Outcome;
      try {
        outcome = await look(row, person, due, trace, signal);
      } catch (error) {
        signal.throwIfAborted();
        return await trouble(row, person, next, due, trace, error);
      }
      if (outcome.blocks) {
        const undelivered = await deliver(row, person, due, outcome.blocks);
        if (undelivered === "gone") return "gone";
        if (undelivered) return await undeliverable(row, next, due, undelivered.error);
        if (row.what.kind !== "report")
          await audit.note({ name: "schedule.told", actor: "svyaz", trace, payload: { schedule: row.id, to: person.id } });
      }
      if (row.failures >= failuresToTell) await alerts.resolve(alertKey(row));
      if (outcome.over) {
        await end(row);
        return "sent";
      }
      await settle(row, { next, seen: outcome.seen, paused: false, failures: 0 });
      return outcome.blocks ? "sent" : "quiet";
    } catch (error) {
      if (!signal.aborted) log.error("a schedule could not be run", { schedule: row.id, error });
      // Its time has not moved on: whoever is up takes it again.
      await database.query("update schedules set lease_until = $3 where id = $1 and attempt = $2", [
        row.id,
        row.attempt,
        signal.aborted ? null : new Date(now().getTime() + leaseMs),
      ]);
      return "failed";
    }
  }

  /** The rights are asked for anew: that to have schedules here, those to the data at the gate, by the turn. */
  async function look(row: ScheduleRow, person: Person, due: Date, trace: string, signal: AbortSignal): Promise<Outcome> {
    const words = texts(row.language).schedules;
    const operation = { system: "svyaz", family: "svyaz", verb: "create" } as const;
    if ((await access.decide(person, operation)).effect === "deny")
      throw new AccessDenied(`${person.id} may have no schedules`, { system: "svyaz", operation: "schedule.run" });
    const turn = parts.turnFor({
      id: trace,
      person,
      actor: `svyaz as ${person.id}`,
      language: row.language,
      address: row.address,
      signal: AbortSignal.any([signal, AbortSignal.timeout(runMs)]),
    });
    const { what } = row;
    if (what.kind !== "report") {
      const { seen, told, over } = await parts.observe(what, row.seen ?? null, turn);
      return { seen, over, blocks: told && [text(words.event(row.title, row.id)), ...told] };
    }
    const tool = readers.find(({ name }) => name === what.tool);
    const input = tool?.input.safeParse(parts.inputOf(what, dayOf(now(), person.timeZone)));
    if (!tool || !input?.success) throw new RequestRefused(`${what.tool} no longer takes this report`, { operation: "schedule.run" });
    const payload = { schedule: row.id, tool: tool.name };
    const answer = await audit.during({ name: "schedule.run", actor: turn.actor, trace, payload }, () => tool.run(input.data, turn));
    const late = now().getTime() - due.getTime() > lateMs ? words.late(formatMoment(due, row.language, person.timeZone)) : "";
    const missing = (answer.missing ?? []).map(
      ({ system, error }) => `⚠ ${texts(row.language).conversation.missing(parts.titleOf(system), errorSentence(error, row.language))}`,
    );
    return {
      blocks: [
        text([words.report(row.title, row.id), late, answer.asked ? words.unclear : "", answer.forModel].filter(Boolean).join("\n")),
        // A question would be answered in another conversation than this.
        ...(answer.forPerson ?? []).filter(({ kind }) => kind !== "choice"),
        ...(missing.length > 0 ? [text(missing.join("\n"))] : []),
      ],
    };
  }

  /** A right that was lost is told of once, and the schedule waits for it; any other failure is told of in a sentence. */
  async function trouble(row: ScheduleRow, person: Person, next: Date, due: Date, trace: string, error: unknown): Promise<Ending> {
    const words = texts(row.language).schedules;
    if (error instanceof AccessDenied) {
      if (!row.paused) {
        const undelivered = await deliver(row, person, due, [text(words.paused(row.title, row.id, errorSentence(error, row.language)))]);
        if (undelivered === "gone") return "gone";
        if (undelivered) return undeliverable(row, next, due, undelivered.error);
        await audit.note({ name: "schedule.paused", actor: "svyaz", trace, payload: { schedule: row.id, of: person.id } }, "denied");
      }
      await settle(row, { next, paused: true, failures: 0 });
      return "paused";
    }
    log.warn("a schedule failed", { schedule: row.id, trace, error });
    // A report is worth waiting a little for; a subscription looks again in minutes anyhow.
    const retryable = error instanceof SvyazError && error.retryable && row.what.kind === "report";
    if (retryable && (await again(row, due, next))) return "again";
    const failures = row.failures + 1;
    // A report is waited for; of a subscription that is looked at all day the first failure says enough.
    if (row.what.kind === "report" || failures === 1) {
      const reason = errorReport(error, row.language, trace);
      const at = formatMoment(next, row.language, person.timeZone);
      const undelivered = await deliver(row, person, due, [text(words.failed(row.title, row.id, reason, at))]);
      if (undelivered === "gone") return "gone";
      if (undelivered) log.warn("a failure could not be told", { schedule: row.id, error: undelivered.error });
    }
    await alertWhenStubborn(row, failures, errorSentence(error, parts.language));
    await settle(row, { next, paused: row.paused, failures });
    return "failed";
  }

  /** Sends it to the owner's private chat, unless the row has been cancelled or taken by somebody else meanwhile. */
  async function deliver(
    row: ScheduleRow,
    person: Person,
    due: Date,
    blocks: readonly Block[],
  ): Promise<undefined | "gone" | { readonly error: unknown }> {
    const { rowCount } = await database.query("update schedules set lease_until = $3 where id = $1 and attempt = $2", [
      row.id,
      row.attempt,
      new Date(now().getTime() + leaseMs),
    ]);
    if (rowCount !== 1) return "gone";
    try {
      const address = await placeOf(contacts, person, row.address);
      const channel = address && parts.channel(address.channel);
      if (!address || !channel) throw new NotFound(`${person.id} can be reached nowhere`, { operation: "schedule.deliver" });
      await channel.send(address, await parts.choices.keep(blocks, person, address), { key: `schedule:${row.id}:${due.toISOString()}` });
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  async function undeliverable(row: ScheduleRow, next: Date, due: Date, error: unknown): Promise<Ending> {
    log.warn("a report could not be delivered", { schedule: row.id, error });
    if (await again(row, due, next)) return "undelivered";
    const failures = row.failures + 1;
    await alertWhenStubborn(row, failures, errorSentence(error, parts.language));
    await settle(row, { next, paused: row.paused, failures });
    return "undelivered";
  }

  /** Makes it due once more in a while; false when that has been done often enough, or its next time comes first. */
  async function again(row: ScheduleRow, due: Date, next: Date): Promise<boolean> {
    const at = new Date(now().getTime() + (againMs[row.deliveries] ?? Number.POSITIVE_INFINITY));
    if (!(at < next)) return false;
    await database.query(
      "update schedules set next_at = $3, due_at = $4, deliveries = deliveries + 1, lease_until = null where id = $1 and attempt = $2",
      [row.id, row.attempt, at, due],
    );
    return true;
  }

  async function alertWhenStubborn(row: ScheduleRow, failures: number, reason: string): Promise<void> {
    if (failures < failuresToTell) return;
    const words = texts(parts.language).schedules;
    await alerts.raise({
      key: alertKey(row),
      level: "warning",
      title: words.alertTitle(row.id, row.owner),
      text: words.alertText(row.id, row.owner, failures, reason),
    });
  }

  async function settle(
    row: ScheduleRow,
    to: { readonly next: Date; readonly seen?: unknown; readonly paused: boolean; readonly failures: number },
  ): Promise<void> {
    await database.query(
      `update schedules set next_at = $3, due_at = null, deliveries = 0, lease_until = null, paused = $4, failures = $5,
         seen = coalesce($6::jsonb, seen) where id = $1 and attempt = $2`,
      [row.id, row.attempt, to.next, to.paused, to.failures, to.seen === undefined ? null : storableJson(to.seen)],
    );
  }

  async function end(row: ScheduleRow): Promise<Ending> {
    await database.query("delete from schedules where id = $1 and attempt = $2", [row.id, row.attempt]);
    return "ended";
  }

  /** Whoever was removed is sent nothing more; an admin learns what ended with them. */
  async function endAll(row: ScheduleRow, trace: string): Promise<Ending> {
    const words = texts(parts.language).schedules;
    const { rows } = await database.query<{ id: string; title: string }>("delete from schedules where owner = $1 returning id, title", [
      row.owner,
    ]);
    if (rows.length === 0) return "gone";
    await audit.note({ name: "schedule.ended", actor: "svyaz", trace, payload: { of: row.owner, schedules: rows.map(({ id }) => id) } });
    await alerts.raise({
      key: `schedules-of:${row.owner}`,
      level: "warning",
      title: words.endedTitle(row.owner),
      text: words.endedText(
        row.owner,
        rows.map(({ title }) => title),
      ),
    });
    return "ended";
  }

  function following(row: ScheduleRow, person: Person): Date | undefined {
    const { what } = row;
    if (what.kind === "report") return nextAt(row.cron ?? "", person.timeZone, now());
    return new Date(now().getTime() + lookMs[what.kind]);
  }
}

function text(markdown: string): Block {
  return { kind: "text", markdown };
}

export type ScheduleRuns = ReturnType<typeof createScheduleRuns>;
