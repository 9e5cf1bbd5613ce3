import { z } from "zod";
import type { Alerts } from "../domain/alert.js";
import type { Approvals } from "../domain/approval.js";
import type { AuditLog } from "../domain/audit.js";
import { AccessDenied, RequestRefused } from "../domain/errors.js";
import type { Address } from "../domain/message.js";
import type { Person } from "../domain/people.js";
import { type Condition, mostSchedules, type Report, type Schedule, type Schedules } from "../domain/schedule.js";
import { type Database, storableJson } from "../platform/database.js";
import { sameRoom } from "./chat.js";
import type { Contacts } from "./contacts.js";
import { nextAt, previewOf } from "./cron.js";

const object = (value: unknown) => typeof value === "object" && value !== null;

export const ScheduleRow = z.object({
  id: z.coerce.string(),
  owner: z.string(),
  title: z.string(),
  cron: z.string().nullable(),
  what: z.custom<Report | Condition>(object),
  language: z.enum(["ru", "en"]),
  address: z.custom<Address>(object),
  created_at: z.date(),
  next_at: z.date(),
  due_at: z.date().nullable(),
  deliveries: z.number(),
  attempt: z.number(),
  paused: z.boolean(),
  failures: z.number(),
  seen: z.unknown(),
});
export type ScheduleRow = z.infer<typeof ScheduleRow>;

export interface ScheduleParts {
  readonly database: Database;
  readonly approvals: Pick<Approvals, "holds">;
  readonly audit: Pick<AuditLog, "during">;
  readonly alerts: Pick<Alerts, "resolve">;
  readonly contacts: Contacts;
  readonly now: () => Date;
}

/** The table of what people have asked to be sent or told of. What makes the reports is in `schedule-runs.ts`. */
export function createSchedules({ database, approvals, audit, alerts, contacts, now }: ScheduleParts): Schedules {
  const made: Schedules["made"] = async (approval) => {
    const { rows } = await database.query("select * from schedules where approval = $1", [approval]);
    return rows[0] && scheduleOf(ScheduleRow.parse(rows[0]));
  };

  const mustHold = async (approved: Parameters<Approvals["holds"]>[0], operation: string): Promise<void> => {
    if (await approvals.holds(approved)) return;
    throw new AccessDenied(`${operation}: not agreed to, or no longer`, { system: "svyaz", operation }, "not-agreed");
  };

  return {
    made,
    place: (owner, asked) => placeOf(contacts, owner, asked),
    preview: (cron, owner) => previewOf(cron, owner.timeZone, now()),

    async add(approved, { address, language }) {
      const { approval, askedBy, draft } = approved;
      const operation = "schedules.add";
      await mustHold(approved, operation);
      const place = await placeOf(contacts, askedBy, address);
      if (!place) throw new RequestRefused(`${askedBy.id} has no private chat`, { system: "svyaz", operation });
      const at = now();
      // A subscription is looked at right away, so that it knows what was there before.
      const cron = "cron" in draft ? draft.cron : null;
      const next = cron === null ? at : nextAt(cron, askedBy.timeZone, at);
      if (!next) throw new RequestRefused(`no such time: ${cron}`, { system: "svyaz", operation });
      return audit.during(
        { name: "schedule.added", actor: askedBy.id, trace: approval, payload: { kind: draft.what.kind, title: draft.title } },
        async () => {
          await database.transaction(async (tx) => {
            // Two cards pressed at one moment are counted one after the other.
            await tx.query("select from people where id = $1 for update", [askedBy.id]);
            const { rows } = await tx.query<{ count: number }>(
              "select count(*)::int as count from schedules where owner = $1 and approval <> $2",
              [askedBy.id, approval],
            );
            if ((rows[0]?.count ?? 0) >= mostSchedules)
              throw new RequestRefused(`${askedBy.id} has ${mostSchedules} schedules`, { system: "svyaz", operation });
            await tx.query(
              `insert into schedules (approval, owner, title, cron, what, language, address, created_at, next_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (approval) do nothing`,
              [approval, askedBy.id, draft.title, cron, storableJson(draft.what), language, storableJson(place), at, next],
            );
          });
          const schedule = await made(approval);
          if (!schedule) throw new RequestRefused("the schedule was cancelled at once", { system: "svyaz", operation });
          return schedule;
        },
      );
    },

    async list(owner) {
      const { rows } = await database.query("select * from schedules where owner = $1 order by id", [owner.id]);
      return rows.map((row) => scheduleOf(ScheduleRow.parse(row)));
    },

    async cancel(approved) {
      await mustHold(approved, "schedules.cancel");
      const { askedBy, approval, draft } = approved;
      if (!/^\d{1,15}$/.test(draft.id)) return false;
      return audit.during({ name: "schedule.cancelled", actor: askedBy.id, trace: approval, payload: { schedule: draft.id } }, async () => {
        const { rowCount } = await database.query("delete from schedules where id = $1 and owner = $2", [draft.id, askedBy.id]);
        if (rowCount === 1) await alerts.resolve(alertKey(draft));
        return rowCount === 1;
      });
    },
  };
}

/** The alert of one schedule that goes on failing. */
export function alertKey({ id }: { readonly id: string }): string {
  return `schedule:${id}`;
}

export function scheduleOf(row: ScheduleRow): Schedule {
  return {
    id: row.id,
    owner: row.owner,
    title: row.title,
    what: row.what,
    cron: row.cron ?? undefined,
    address: row.address,
    createdAt: row.created_at,
    nextAt: row.next_at,
    paused: row.paused,
    failures: row.failures,
  };
}

/**
 * Private chats alone: what a report holds is for its owner. What was asked for in a terminal goes to a messenger, if the person is
 * known in one, because a terminal is closed in the evening.
 */
export async function placeOf(contacts: Contacts, owner: Pick<Person, "id">, asked: Address): Promise<Address | undefined> {
  if (asked.channel === "terminal") return (await contacts.privately(owner.id)) ?? asked;
  const place = await contacts.privately(owner.id, asked);
  return place && sameRoom(place, asked) ? asked : place;
}
