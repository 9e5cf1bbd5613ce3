import type { Access } from "../domain/access.js";
import type { InboxEvent } from "../domain/message.js";
import { type Database, storableJson } from "../platform/database.js";
import { createGrouped } from "../platform/grouped.js";
import { chatKey } from "./chat.js";

/** Few enough for others' queries to pass between two statements. */
const mostRows = 20;
/** So many of one person's may wait for their answers. */
export const mostWaiting = 100;
/** How long it is believed that an account is the same person's: only places are shared by it, rights are asked for anew each time. */
const senderMs = 60_000;
const mostSenders = 10_000;

/** "repeated": it had been stored before. "refused": a message too many of its sender's; its row is settled at once. */
export type Arrived = "stored" | "repeated" | "refused";

/**
 * Stores events, all that come at one moment in one statement: a flood of them must not stand in front of everybody's queries.
 * Buttons and "stop" are always let in.
 */
export function createArrivals({
  database,
  access,
}: {
  readonly database: Database;
  readonly access: Pick<Access, "whoIs">;
}): (event: InboxEvent) => Promise<{ readonly arrived: Arrived; readonly sender: string }> {
  const senders = new Map<string, { readonly name: Promise<string>; readonly until: number }>();

  const store = createGrouped(async (given: readonly { readonly event: InboxEvent; readonly sender: string }[]) => {
    const { rows } = await database.query<{ channel: string; workspace: string; event: string; state: string }>(
      `with given as (
         select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[])
           with ordinality as g (channel, workspace, event, chat, sender, kind, body, received_at, place)
       ), waiting as (
         select sender, count(*) as n from inbox where state in ('new', 'running') and sender = any($5::text[]) group by sender
       ), placed as (
         select g.*, g.kind = 'message' and coalesce(w.n, 0) + row_number() over (partition by g.sender order by g.place) > $9 as excess
         from given g left join waiting w on w.sender = g.sender
       )
       insert into inbox (channel, workspace, event, chat, sender, body, received_at, state, settled_at)
       select channel, workspace, event, chat, sender, body::jsonb, received_at,
              case when excess then 'refused' else 'new' end, case when excess then received_at end
       from placed order by place
       on conflict (channel, workspace, event) do nothing returning channel, workspace, event, state`,
      [
        given.map(({ event }) => event.address.channel),
        given.map(({ event }) => event.address.workspace ?? ""),
        given.map(({ event }) => event.id),
        given.map(({ event }) => chatKey(event.address)),
        given.map(({ sender }) => sender),
        given.map(({ event }) => event.kind),
        given.map(({ event }) => storableJson(event)),
        given.map(({ event }) => event.receivedAt),
        mostWaiting,
      ],
    );
    const keyOf = (channel: string, workspace: string, event: string) => JSON.stringify([channel, workspace, event]);
    const made = new Map(rows.map((row) => [keyOf(row.channel, row.workspace, row.event), row.state]));
    return given.map(({ event }): Arrived => {
      const key = keyOf(event.address.channel, event.address.workspace ?? "", event.id);
      const state = made.get(key);
      // The second of two that came together is a repetition.
      made.delete(key);
      if (state === undefined) return "repeated";
      return state === "refused" ? "refused" : "stored";
    });
  }, mostRows);

  /** The person's id, or the account of somebody unknown. */
  const senderOf = ({ address: { channel, workspace }, sender: { id } }: InboxEvent): Promise<string> => {
    const account = `${channel}:${workspace ?? ""}:${id}`;
    const known = senders.get(account);
    if (known && known.until > performance.now()) return known.name;
    const name = access.whoIs({ channel, workspace, id }).then((person) => person?.id ?? account);
    name.catch(() => senders.delete(account));
    if (senders.size >= mostSenders) senders.clear();
    senders.set(account, { name, until: performance.now() + senderMs });
    return name;
  };

  return async (event) => {
    const sender = await senderOf(event);
    return { arrived: await store({ event, sender }), sender };
  };
}
