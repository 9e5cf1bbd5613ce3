import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import type { Access } from "../domain/access.js";
import type { AuditLog } from "../domain/audit.js";
import type { Channel, Inbox } from "../domain/channel.js";
import { SvyazError } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { InboxEvent, IncomingMessage, MessageRef, Sender } from "../domain/message.js";
import type { Metrics } from "../domain/metrics.js";
import type { Language, Person } from "../domain/people.js";
import { type Database, storableJson } from "../platform/database.js";
import { errorReport, texts } from "../text/texts.js";
import { createArrivals } from "./arrivals.js";
import { chatKey } from "./chat.js";
import type { Choices } from "./choices.js";
import { type ChatCommand, findCommand } from "./commands.js";
import type { Decisions } from "./decisions.js";
import { createFairQueue } from "./fair-queue.js";
import { languageOf } from "./language.js";
import { createRefusal } from "./refusal.js";
import type { RoomButtons } from "./room-buttons.js";
import type { TurnJob } from "./turn.js";

const leaseMs = 30_000;
const renewMs = 8_000;
const sweepMs = 5_000;
const mostAttempts = 3;
/** One person gets this part of the places, and at least one: few, since all of them share a database and a processor too. */
const personsShare = 1 / 8;

/** How an unknown sender may become known. */
export interface Guests {
  redeem(code: string, account: { channel: string; workspace?: string; id: string }, now: Date): Promise<Person | undefined>;
  matchEmail(email: string, account: { channel: string; workspace?: string; id: string }, now: Date): Promise<Person | undefined>;
}

export interface InboxParts {
  readonly database: Database;
  readonly access: Access;
  readonly guests: Guests;
  readonly matchEmail: boolean;
  readonly audit: AuditLog;
  readonly choices: Choices;
  readonly decisions: Decisions;
  readonly roomButtons: Pick<RoomButtons, "press">;
  readonly commands: readonly ChatCommand[];
  readonly runTurn: (job: TurnJob) => Promise<void>;
  readonly channel: (id: string) => Channel | undefined;
  readonly language: Language;
  /** How many turns run at once in this process. */
  readonly turnsAtOnce: number;
  /** Called at numbered places of an event's way; the fault harness kills the process there. */
  readonly failpoint?: (name: string) => void;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

export interface RunningInbox extends Inbox {
  start(): Promise<void>;
  /** Takes nothing new up and waits for what runs. */
  stop(): Promise<void>;
  /** Resolves when this process has answered the event (terminal and tests). */
  settled(channel: string, event: string): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly body: InboxEvent;
  readonly attempts: number;
  readonly progress: MessageRef | null;
}

/**
 * An event is a row before it is acknowledged; its turn starts as soon as there is a place, which persons take in turn. One lease a
 * chat keeps the order, also across processes; a sweep takes up what a crash left.
 */
export function createInbox(parts: InboxParts): RunningInbox {
  const { database, access, audit, log, metrics, now, failpoint = () => {} } = parts;
  const owner = randomUUID();
  const arrive = createArrivals({ database, access });
  const queue = createFairQueue({
    places: parts.turnsAtOnce,
    share: Math.max(1, Math.floor(parts.turnsAtOnce * personsShare)),
    work: (sender, chat) =>
      workOnce(sender, chat).catch((error: unknown) => {
        log.error("a chat could not be worked on", { chat, error });
        return false;
      }),
  });
  const refuse = createRefusal({ audit, channel: parts.channel, language: parts.language, isOver: (sender) => !queue.has(sender), log });
  const stops = new Map<string, { readonly controller: AbortController; readonly sender: string }>();
  const waiting = new Map<string, () => void>();
  let sweep: NodeJS.Timeout | undefined;

  const inbox: RunningInbox = {
    async take(event) {
      const chat = chatKey(event.address);
      const { arrived, sender } = await arrive(event);
      metrics.count("svyaz_events_total", { channel: event.address.channel, kind: arrived === "stored" ? event.kind : arrived });
      if (arrived === "refused") await refuse(event, sender);
      if (arrived !== "stored") return;
      failpoint("stored");
      // In a group somebody's own turn ends, not another person's.
      if (event.kind === "stopped" && (event.visibility === "private" || stops.get(chat)?.sender === event.sender.id)) {
        stops.get(chat)?.controller.abort(new Error("stopped by the person"));
        await database.query("update chats set stop_requested = true where chat = $1", [chat]);
      }
      queue.add(sender, chat);
    },

    async start() {
      // The embedded engine has one process: whoever worked on a chat when this one starts is dead.
      if (database.engine === "pglite") await database.query("update chats set lease_until = '-infinity'");
      await sweepOnce();
      sweep = setInterval(() => void sweepOnce().catch((error: unknown) => log.error("the inbox sweep failed", { error })), sweepMs);
      sweep.unref();
    },

    async stop() {
      clearInterval(sweep);
      await queue.stop();
    },

    async settled(channel, event) {
      const answered = new Promise<void>((resolve) => waiting.set(`${channel}|${event}`, resolve));
      // It may have been before anybody waited.
      const { rowCount } = await database.query(
        "select 1 from inbox where channel = $1 and event = $2 and state in ('done', 'failed', 'refused')",
        [channel, event],
      );
      if (rowCount > 0) waiting.delete(`${channel}|${event}`);
      else await answered;
    },
  };
  return inbox;

  /** Open rows in chats whose lease nobody holds. */
  async function sweepOnce(): Promise<void> {
    const { rows } = await database.query<{ chat: string; sender: string }>(
      `select distinct i.chat, i.sender from inbox i left join chats c on c.chat = i.chat
       where i.state in ('new', 'running') and (c.lease_until is null or c.lease_until < $1)`,
      [now()],
    );
    for (const { chat, sender } of rows) queue.add(sender, chat);
  }

  /** One row of this person in this chat; true when there is another. */
  async function workOnce(sender: string, chat: string): Promise<boolean> {
    const { rowCount } = await database.query(
      `insert into chats (chat, owner, lease_until) values ($1, $2, $3)
       on conflict (chat) do update set owner = $2, lease_until = $3, stop_requested = false where chats.lease_until < $4`,
      [chat, owner, new Date(now().getTime() + leaseMs), now()],
    );
    if (rowCount === 0) return false;
    const renewal = setInterval(
      () => void renew(chat).catch((error: unknown) => log.warn("a chat's lease was not renewed", { chat, error })),
      renewMs,
    );
    let settled = true;
    try {
      const row = await next(chat, sender);
      // When the messenger does not take the answer, the sweep tries again a little later.
      settled = row === undefined || (await workOn(chat, row));
    } finally {
      clearInterval(renewal);
      await database.query("update chats set lease_until = $3 where chat = $1 and owner = $2", [
        chat,
        owner,
        settled ? new Date(0) : new Date(now().getTime() + sweepMs),
      ]);
    }
    return settled && (await hasNew(chat, sender));
  }

  async function hasNew(chat: string, sender: string): Promise<boolean> {
    const { rows } = await database.query("select 1 from inbox where chat = $1 and sender = $2 and state = 'new' limit 1", [chat, sender]);
    return rows.length > 0;
  }

  async function renew(chat: string): Promise<void> {
    const { rows } = await database.query<{ stop_requested: boolean }>(
      "update chats set lease_until = $3 where chat = $1 and owner = $2 returning stop_requested",
      [chat, owner, new Date(now().getTime() + leaseMs)],
    );
    if (rows[0]?.stop_requested) stops.get(chat)?.controller.abort(new Error("stopped by the person"));
  }

  async function next(chat: string, sender: string): Promise<Row | undefined> {
    const { rows } = await database.query<Row>(
      `update inbox set state = 'running', attempts = attempts + 1
       where id = (select id from inbox where chat = $1 and sender = $2 and state in ('new', 'running') order by id limit 1)
       returning id, body, attempts, progress`,
      [chat, sender],
    );
    return rows[0];
  }

  /** True when the row is settled, false when it should be tried again later. */
  async function workOn(chat: string, row: Row): Promise<boolean> {
    const event: InboxEvent = { ...row.body, receivedAt: new Date(row.body.receivedAt) };
    const stop = new AbortController();
    stops.set(chat, { controller: stop, sender: event.sender.id });
    let failed: unknown;
    failpoint("begun");
    try {
      if (row.attempts > mostAttempts) await giveUp(event, row);
      else await handle(event, row, stop.signal);
    } catch (error) {
      failed = error;
      log.error("an event could not be answered", { event: event.id, chat, attempt: row.attempts, error });
    } finally {
      stops.delete(chat);
    }
    failpoint("answered");
    if (failed && row.attempts <= mostAttempts) return false;
    await database.query("update inbox set state = $2, settled_at = $3 where id = $1", [
      row.id,
      failed || row.attempts > mostAttempts ? "failed" : "done",
      now(),
    ]);
    const key = `${event.address.channel}|${event.id}`;
    waiting.get(key)?.();
    waiting.delete(key);
    return true;
  }

  async function giveUp(event: InboxEvent, row: Row): Promise<void> {
    const channel = parts.channel(event.address.channel);
    if (!channel || event.kind === "stopped" || event.kind === "joined") return;
    const language = event.kind === "message" ? languageOf(event.text, parts.language) : parts.language;
    const reply = [{ kind: "text" as const, markdown: texts(language).conversation.failed(traceOf(row)) }];
    if (row.progress) await channel.edit(row.progress, reply);
    else
      await channel.send(event.address, reply, {
        key: `failed:${traceOf(row)}`,
        onlyFor: event.visibility === "group" ? event.sender.id : undefined,
      });
  }

  async function handle(event: InboxEvent, row: Row, stop: AbortSignal): Promise<void> {
    const channel = parts.channel(event.address.channel);
    if (!channel) throw new Error(`no channel ${event.address.channel} is running`);
    if (event.kind === "stopped" || event.sender.standing === "bot") return;
    const trace = traceOf(row);
    const person = await recognise(event, channel, trace);
    if (!person || event.kind === "joined") return;
    const actor = event.address.channel === "terminal" ? `cli:${userInfo().username} as ${person.id}` : person.id;
    if (event.kind === "choice") {
      await audit.note({ name: "choice.pressed", actor, trace, payload: { choice: event.choice, option: event.option } });
      await press(event, person, actor, channel, trace, stop, row);
      return;
    }
    await audit.note({
      name: "message.received",
      actor,
      trace,
      payload: { channel: event.address.channel, characters: event.text.length },
    });
    const given = findCommand(event.text, parts.commands);
    if (given) await obey(given.command, given.argument, event, person, actor, channel, trace);
    else await parts.runTurn(job(event, person, actor, channel, trace, stop, row));
  }

  /** What concerns a person alone is not talked about in front of others. */
  async function obey(
    command: ChatCommand,
    argument: string,
    { address, text, visibility, sender }: IncomingMessage,
    person: Person,
    actor: string,
    channel: Channel,
    trace: string,
  ): Promise<void> {
    const language = languageOf(/\p{L}/u.test(argument) ? text : "", person.language);
    const reply =
      visibility === "group"
        ? [{ kind: "text" as const, markdown: texts(language).conversation.commandPrivately }]
        : await command.run({ person, actor, trace, argument, address, language }).catch((error: unknown) => {
            if (!(error instanceof SvyazError)) throw error;
            log.warn("a command was refused", { command: command.name, trace, error });
            return [{ kind: "text" as const, markdown: errorReport(error, language, trace) }];
          });
    await channel.send(address, reply, { key: `command:${trace}`, onlyFor: visibility === "group" ? sender.id : undefined });
  }

  /** A pressed approval is settled; a pressed answer to a question is said in the person's name. */
  async function press(
    event: Extract<InboxEvent, { kind: "choice" }>,
    person: Person,
    actor: string,
    channel: Channel,
    trace: string,
    stop: AbortSignal,
    row: Row,
  ): Promise<void> {
    const kept = await parts.choices.find(event.choice);
    if (kept && (await parts.roomButtons.press({ event, kept, person, actor, trace, channel }))) return;
    const says = kept?.kind === "question" ? await parts.choices.use(event.choice, event.option, person) : undefined;
    if (says === undefined) return parts.decisions.press(event, person, channel);
    const message: IncomingMessage = { ...event, kind: "message", text: says, files: [], address: kept?.address ?? event.address };
    await parts.runTurn(job(message, person, actor, channel, trace, stop, row));
  }

  function job(
    message: IncomingMessage,
    person: Person,
    actor: string,
    channel: Channel,
    trace: string,
    stop: AbortSignal,
    row: Row,
  ): TurnJob {
    return {
      message,
      person,
      actor,
      trace,
      channel,
      stop,
      placeholder: row.progress ?? undefined,
      onPlaceholder: async (placed) => {
        await database.query("update inbox set progress = $2 where id = $1", [row.id, storableJson(placed)]);
      },
    };
  }

  /** Who wrote. Somebody unknown is told how to be let in, and nothing else; a code ties the account to a person. */
  async function recognise(event: Exclude<InboxEvent, { kind: "stopped" }>, channel: Channel, trace: string): Promise<Person | undefined> {
    const { sender, address } = event;
    const account = { channel: address.channel, workspace: address.workspace, id: sender.id };
    const known = await access.whoIs(account);
    const text = event.kind === "message" ? event.text : "";
    const code = codeIn(text);
    const tell = (markdown: string) =>
      channel.send(address, [{ kind: "text", markdown }], {
        key: `door:${trace}`,
        onlyFor: event.visibility === "group" ? sender.id : undefined,
      });
    if (code && (!known || text.startsWith("/start "))) {
      const guest = sender.standing === "outsider" ? undefined : await parts.guests.redeem(code, account, now());
      if (guest) {
        await audit.note({ name: "account.linked", actor: guest.id, trace, payload: { channel: account.channel, how: "invitation" } });
        await tell(texts(guest.language).conversation.linked(guest.name));
        return undefined;
      }
      if (!known) {
        await audit.note({ name: "account.refused", actor: `${account.channel}:${sender.id}`, trace }, "denied");
        await tell(texts(parts.language).conversation.codeRefused);
        return undefined;
      }
    }
    if (known) return known;
    const matched = await byEmail(sender, account);
    if (matched) {
      await audit.note({ name: "account.linked", actor: matched.id, trace, payload: { channel: account.channel, how: "verified e-mail" } });
      return matched;
    }
    await audit.note({ name: "message.refused", actor: `${account.channel}:${sender.id}`, trace }, "denied");
    if (event.kind === "message" || event.kind === "joined") {
      await tell(texts(languageOf(text, parts.language)).conversation.unknownPerson);
    }
    return undefined;
  }

  async function byEmail(sender: Sender, account: { channel: string; workspace?: string; id: string }): Promise<Person | undefined> {
    if (!parts.matchEmail || !sender.verifiedEmail || sender.standing !== "member") return undefined;
    return parts.guests.matchEmail(sender.verifiedEmail, account, now());
  }
}

/** The event's row is its trace: the same on a second try. */
function traceOf(row: Row): string {
  return `m${row.id}`;
}

/** An invitation code alone in a message, or behind /start. */
function codeIn(text: string): string | undefined {
  return /^\s*(?:\/start\s+|\/link\s+)?([A-Za-z0-9_-]{16})\s*$/.exec(text)?.[1];
}
