import { z } from "zod";
import type { Access } from "../domain/access.js";
import type { AuditLog } from "../domain/audit.js";
import type { Channel } from "../domain/channel.js";
import type { DealFacts } from "../domain/deal-facts.js";
import type { EntityRef } from "../domain/entity.js";
import { AccessDenied } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { Person } from "../domain/people.js";
import type { Database } from "../platform/database.js";
import type { Contacts } from "./contacts.js";
import { closedNotice, leadNotice } from "./notice-texts.js";

const Event = z.object({
  id: z.coerce.string(),
  system: z.string(),
  entity_type: z.string(),
  external_id: z.string(),
  event: z.enum(["new_lead", "deal_closed"]),
  owner: z.object({ id: z.string(), groups: z.array(z.string()).default([]) }).nullable(),
});
type Event = z.infer<typeof Event>;

const batch = 20;
const mostAttempts = 8;
/** Whoever takes a notice has so long to send it. */
const leaseMs = 60_000;

export interface NoticeParts {
  readonly database: Database;
  readonly access: Pick<Access, "person" | "decide">;
  /** Whose user in a system this principal is. */
  readonly ownerOf: (principal: string) => Promise<string | undefined>;
  /** Everybody who works here now. */
  readonly everybody: () => Promise<readonly Person[]>;
  /** What the mirror knows, with one person's rights. */
  readonly facts: (person: Person, scope: "own" | "department" | "all", ref: EntityRef) => Promise<DealFacts | undefined>;
  readonly contacts: Contacts;
  readonly channel: (id: string) => Channel | undefined;
  readonly audit: AuditLog;
  readonly log: Log;
  readonly now: () => Date;
}

export interface Notices {
  /** Tells what has happened to those whom it concerns. What could not be told is tried at the next call; rejects when something was not. */
  deliver(signal: AbortSignal): Promise<void>;
}

/**
 * What Svyaz says first. A fresh lead goes to the person responsible for it, a deal that ended to the managers of that person, in
 * their private chat and with their own rights. Each is told once: the row is taken before and settled after the message is sent,
 * and the message's key keeps a second one back where the process died in between and the messenger knows keys.
 */
export function createNotices(parts: NoticeParts): Notices {
  const { database, access, log, now } = parts;

  return {
    async deliver(signal) {
      const { rows } = await database.query(
        `select v.id, v.system, v.entity_type, v.external_id, v.event, e.owner from mirror_events v
         left join system_integrations e on e.system_name = v.system and e.entity_type = v.entity_type and e.external_id = v.external_id
         where v.settled_at is null order by v.id limit $1`,
        [batch],
      );
      let failed: unknown;
      let settled = 0;
      for (const row of rows) {
        signal.throwIfAborted();
        const event = Event.parse(row);
        try {
          await tellAll(event);
          // What another process has taken up and not yet sent keeps its event open: that process may have died.
          const { rowCount } = await database.query(
            `update mirror_events set settled_at = $2
             where id = $1 and not exists (select from notices where event = $1 and state = 'waiting')`,
            [event.id, now()],
          );
          settled += rowCount;
        } catch (error) {
          failed = error;
          log.warn("a notice was not sent yet", { event: event.id, error });
          await database.query(
            "update mirror_events set attempts = attempts + 1, settled_at = case when attempts + 1 >= $2 then $3::timestamptz end where id = $1",
            [event.id, mostAttempts, now()],
          );
        }
      }
      if (failed) throw failed;
      if (settled > 0 && rows.length === batch) await this.deliver(signal);
    },
  };

  async function tellAll(event: Event): Promise<void> {
    const people = event.event === "new_lead" ? await responsible(event) : await managers(event);
    if (people.length === 0) log.info("nobody is known who should be told", { event: event.event, ref: printed(event) });
    await database.query("insert into notices (event, person) select $1, p from unnest($2::text[]) as x (p) on conflict do nothing", [
      event.id,
      people.map(({ id }) => id),
    ]);
    const results = await Promise.allSettled(people.map((person) => tell(event, person)));
    const failure = results.find((result) => result.status === "rejected");
    if (failure) throw failure.reason;
  }

  async function tell(event: Event, person: Person): Promise<void> {
    const at = now();
    const { rowCount } = await database.query(
      "update notices set lease_until = $3 where event = $1 and person = $2 and state = 'waiting' and lease_until < $4",
      [event.id, person.id, new Date(at.getTime() + leaseMs), at],
    );
    if (rowCount === 0) return;
    let state: "sent" | "unreachable" | "withheld" | undefined;
    try {
      state = await send(event, person);
    } finally {
      await database.query(
        "update notices set state = coalesce($3, state), sent_at = $4, lease_until = '-infinity' where event = $1 and person = $2",
        [event.id, person.id, state ?? null, state === "sent" ? now() : null],
      );
    }
    if (state !== "sent") log.info("a notice stays untold", { event: event.event, ref: printed(event), person: person.id, state });
  }

  async function send(event: Event, person: Person): Promise<"sent" | "unreachable" | "withheld"> {
    const ref = { system: event.system, kind: event.entity_type, id: event.external_id };
    const { effect, scope } = await access.decide(person, { system: event.system, family: "crm", verb: "read" });
    const facts = effect === "deny" ? undefined : await parts.facts(person, scope, ref);
    if (!facts) return "withheld";
    const address = await parts.contacts.privately(person.id);
    const channel = address && parts.channel(address.channel);
    if (!address || !channel) return "unreachable";
    const key = `notice:${event.id}:${person.id}`;
    try {
      await channel.send(address, event.event === "new_lead" ? leadNotice(facts, person) : closedNotice(facts, person), { key });
    } catch (error) {
      // They have never opened a chat with the bot, or have blocked it.
      if (error instanceof AccessDenied) return "unreachable";
      throw error;
    }
    await parts.audit.note({
      name: "notice.sent",
      actor: "svyaz",
      trace: key,
      subject: ref,
      payload: { event: event.event, person: person.id },
    });
    return "sent";
  }

  async function responsible({ system, owner }: Event): Promise<readonly Person[]> {
    const id = owner && (await parts.ownerOf(`${system}:user:${owner.id}`));
    const person = id ? await access.person(id) : undefined;
    return person ? [person] : [];
  }

  /** Those of the owner's department; where it has none here, all of them. */
  async function managers({ owner }: Event): Promise<readonly Person[]> {
    const all = (await parts.everybody()).filter(({ roles }) => roles.includes("manager"));
    const near = all.filter(({ principals }) => owner?.groups.some((group) => principals.includes(group)));
    return near.length > 0 ? near : all;
  }
}

function printed({ system, entity_type, external_id }: Event): string {
  return `${system}:${entity_type}:${external_id}`;
}
