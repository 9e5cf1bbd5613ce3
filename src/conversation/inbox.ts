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
import { errorSentence, texts } from "../text/texts.js";
import { chatKey } from "./chat.js";
import type { Choices } from "./choices.js";
import { type ChatCommand, findCommand } from "./commands.js";
import type { Decisions } from "./decisions.js";
import { languageOf } from "./language.js";
import type { TurnJob } from "./turn.js";

const leaseMs = 30_000;
const renewMs = 8_000;
const sweepMs = 5_000;
const mostAttempts = 3;

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
  readonly commands: readonly ChatCommand[];
  readonly runTurn: (job: TurnJob) => Promise<void>;
  readonly channel: (id: string) => Channel | undefined;
  readonly language: Language;
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
 * An event is a row before it is acknowledged; its turn starts at once. One lease a chat keeps the order, also across processes;
 * a sweep takes up what a crash left.
 */
export function createInbox(parts: InboxParts): RunningInbox {
  const { database, access, audit, log, metrics, now, failpoint = () => {} } = parts;
  const owner = randomUUID();
  const running = new Map<string, Promise<void>>();
  const stops = new Map<string, { readonly controller: AbortController; readonly sender: string }>();
  const waiting = new Map<string, () => void>();
  let sweep: NodeJS.Timeout | undefined;
  let stopping = false;
  const isStopping = () => stopping;

  const inbox: RunningInbox = {
    async take(event) {
      const chat = chatKey(event.address);
      const { rowCount } = await database.query(
        `insert into inbox (channel, workspace, event, chat, body, received_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (channel, workspace, event) do nothing`,
        [event.address.channel, event.address.workspace ?? "", event.id, chat, storableJson(event), event.receivedAt],
      );
      metrics.count("svyaz_events_total", { channel: event.address.channel, kind: rowCount === 0 ? "repeated" : event.kind });
      if (rowCount === 0) return;
      failpoint("stored");
      // In a group somebody's own turn ends, not another person's.
      if (event.kind === "stopped" && (event.visibility === "private" || stops.get(chat)?.sender === event.sender.id)) {
        stops.get(chat)?.controller.abort(new Error("stopped by the person"));
        await database.query("update chats set stop_requested = true where chat = $1", [chat]);
      }
      drain(chat);
    },

    async start() {
      // The embedded engine has one process: whoever worked on a chat when this one starts is dead.
      if (database.engine === "pglite") await database.query("update chats set lease_until = '-infinity'");
      await sweepOnce();
      sweep = setInterval(() => void sweepOnce().catch((error: unknown) => log.error("the inbox sweep failed", { error })), sweepMs);
      sweep.unref();
    },

    async stop() {
      stopping = true;
      clearInterval(sweep);
      await Promise.allSettled(running.values());
    },

    settled: (channel, event) => new Promise((resolve) => waiting.set(`${channel}|${event}`, resolve)),
  };
  return inbox;

  /** Chats with open rows whose lease nobody holds. */
  async function sweepOnce(): Promise<void> {
    const { rows } = await database.query<{ chat: string }>(
      `select distinct i.chat from inbox i left join chats c on c.chat = i.chat
       where i.state in ('new', 'running') and (c.lease_until is null or c.lease_until < $1) limit 100`,
      [now()],
    );
    for (const { chat } of rows) drain(chat);
  }

  function drain(chat: string): void {
    if (stopping || running.has(chat)) return;
    const work = drainChat(chat)
      .catch((error: unknown) => log.error("a chat could not be worked on", { chat, error }))
      .then(async () => {
        running.delete(chat);
        // A row that came between the last look and the release has nobody else to start it.
        if (!stopping && (await hasNew(chat))) drain(chat);
      })
      .catch((error: unknown) => log.error("a chat could not be looked at", { chat, error }));
    running.set(chat, work);
  }

  async function hasNew(chat: string): Promise<boolean> {
    const { rows } = await database.query("select 1 from inbox where chat = $1 and state = 'new' limit 1", [chat]);
    return rows.length > 0;
  }

  async function drainChat(chat: string): Promise<void> {
    const { rowCount } = await database.query(
      `insert into chats (chat, owner, lease_until) values ($1, $2, $3)
       on conflict (chat) do update set owner = $2, lease_until = $3, stop_requested = false where chats.lease_until < $4`,
      [chat, owner, new Date(now().getTime() + leaseMs), now()],
    );
    if (rowCount === 0) return;
    const renewal = setInterval(
      () => void renew(chat).catch((error: unknown) => log.warn("a chat's lease was not renewed", { chat, error })),
      renewMs,
    );
    let pauseMs = 0;
    try {
      while (!isStopping()) {
        const row = await next(chat);
        if (!row) break;
        if (!(await workOn(chat, row))) {
          // The messenger does not take the answer: the sweep tries again a little later.
          pauseMs = sweepMs;
          break;
        }
      }
    } finally {
      clearInterval(renewal);
      await database.query("update chats set lease_until = $3 where chat = $1 and owner = $2", [
        chat,
        owner,
        pauseMs > 0 ? new Date(now().getTime() + pauseMs) : new Date(0),
      ]);
    }
  }

  async function renew(chat: string): Promise<void> {
    const { rows } = await database.query<{ stop_requested: boolean }>(
      "update chats set lease_until = $3 where chat = $1 and owner = $2 returning stop_requested",
      [chat, owner, new Date(now().getTime() + leaseMs)],
    );
    if (rows[0]?.stop_requested) stops.get(chat)?.controller.abort(new Error("stopped by the person"));
  }

  async function next(chat: string): Promise<Row | undefined> {
    const { rows } = await database.query<Row>(
      `update inbox set state = 'running', attempts = attempts + 1
       where id = (select id from inbox where chat = $1 and state in ('new', 'running') order by id limit 1)
       returning id, body, attempts, progress`,
      [chat],
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
    const language = languageOf(argument === "" ? "" : text, person.language);
    const reply =
      visibility === "group"
        ? [{ kind: "text" as const, markdown: texts(language).conversation.commandPrivately }]
        : await command.run({ person, actor, trace, argument, address, language }).catch((error: unknown) => {
            if (!(error instanceof SvyazError)) throw error;
            log.warn("a command was refused", { command: command.name, trace, error });
            return [{ kind: "text" as const, markdown: errorSentence(error, language) }];
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
