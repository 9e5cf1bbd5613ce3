import type { Alert } from "../domain/alert.js";
import type { AuditLog } from "../domain/audit.js";
import type { Channel } from "../domain/channel.js";
import type { Log } from "../domain/log.js";
import type { Address, Block, IncomingChoice } from "../domain/message.js";
import type { Language, Person } from "../domain/people.js";
import { errorSentence, texts } from "../text/texts.js";
import { anybody, type Choices, type KeptChoice } from "./choices.js";
import type { DoubtCards } from "./doubt-cards.js";

/** Whoever pressed waits for the synchronisation so long; then it goes on without them. */
const waitMs = 60_000;

/** What came of trying a system again. */
export interface Retried {
  /** What is still wrong with the system itself. */
  readonly error?: unknown;
  /** Its synchronisation, begun when the system answered. */
  readonly sync?: Promise<{ readonly stored: number; readonly removed: number; readonly error?: unknown }>;
}

/** The buttons in the admins' room: below alerts, and below doubtful clients. */
export interface RoomButtons {
  /** "Check again", for an alert about a system. */
  below(alert: Pick<Alert, "system">): Promise<readonly Block[]>;
  /** True when the button was one of these. Whether the presser may is read now, and from the admins' room alone. */
  press(press: {
    readonly event: IncomingChoice;
    readonly kept: KeptChoice;
    readonly person: Person;
    readonly actor: string;
    readonly trace: string;
    readonly channel: Channel;
  }): Promise<boolean>;
}

export function createRoomButtons({
  room,
  choices,
  retry,
  titleOf,
  audit,
  doubts,
  language,
  log,
}: {
  readonly room?: Address;
  readonly choices: Choices;
  /** Checks a system's health and, when it answers, begins its synchronisation. */
  readonly retry: (system: string) => Promise<Retried>;
  readonly titleOf: (system: string) => string;
  readonly audit: AuditLog;
  readonly doubts: Pick<DoubtCards, "isOne" | "press">;
  /** The company's: what admins read. */
  readonly language: Language;
  readonly log: Log;
}): RoomButtons {
  const words = texts(language).alerts;

  return {
    async below({ system }) {
      if (!room || system === undefined) return [];
      const options = [{ id: "retry", label: words.retry, says: system }];
      return [{ kind: "choice", id: await choices.forRoom(options, room), question: words.retryQuestion(titleOf(system)), options }];
    },

    async press({ event, kept, person, actor, trace, channel }) {
      if (kept.person !== anybody) return false;
      const says = kept.options.find(({ id }) => id === event.option)?.says;
      const aboutClients = doubts.isOne(event.option);
      const here = event.address.channel === kept.address.channel && event.address.chat === kept.address.chat;
      if (says === undefined || !here || !person.roles.includes("admin")) {
        const refused = aboutClients
          ? { name: "client.decision.refused", payload: { pair: says } }
          : { name: "alert.retry.refused", payload: { system: says } };
        await audit.note({ ...refused, actor, trace }, "denied");
        await channel.send(event.address, [{ kind: "text", markdown: texts(person.language).alerts.retryAdminsOnly }], {
          key: `retry-refused:${trace}`,
          onlyFor: event.visibility === "group" ? event.sender.id : undefined,
        });
        return true;
      }
      if (aboutClients) {
        await doubts.press({ event, kept, person, actor, trace, channel });
        return true;
      }
      const system = says;
      const title = titleOf(system);
      await channel.edit(event.on, [text(words.retryBegun(title, person.name))]);
      const outcome = await audit.during({ name: "alert.retried", actor, trace, payload: { system } }, () => outcomeOf(system, title));
      // What is still broken can be tried again by the same button.
      const again: Block = { kind: "choice", id: event.choice, question: outcome.said, options: kept.options };
      await channel.edit(event.on, [outcome.broken ? again : text(outcome.said)]);
      return true;
    },
  };

  async function outcomeOf(system: string, title: string): Promise<{ readonly said: string; readonly broken: boolean }> {
    const { error, sync } = await retry(system);
    if (error !== undefined) return { said: words.retryFailed(title, errorSentence(error, language)), broken: true };
    // It may outlive this answer: its end must not go unheard.
    sync?.catch((failed: unknown) => log.warn("a synchronisation asked for by a button failed", { system, error: failed }));
    const ended = await Promise.race([sync, late()]);
    if (ended === "late") return { said: words.retryLong(title), broken: false };
    if (ended?.error !== undefined) return { said: words.retrySyncFailed(title, errorSentence(ended.error, language)), broken: true };
    return { said: words.retryDone(title, ended?.stored ?? 0, ended?.removed ?? 0), broken: false };
  }
}

function late(): Promise<"late"> {
  return new Promise((resolve) => setTimeout(() => resolve("late"), waitMs).unref());
}

function text(markdown: string): Block {
  return { kind: "text", markdown };
}
