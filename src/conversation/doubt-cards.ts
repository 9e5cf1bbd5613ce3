import { createHash } from "node:crypto";
import type { AuditLog } from "../domain/audit.js";
import type { Channel } from "../domain/channel.js";
import { NotFound, RequestRefused } from "../domain/errors.js";
import type { Address, Block, IncomingChoice } from "../domain/message.js";
import type { Language, Person } from "../domain/people.js";
import { texts } from "../text/texts.js";
import type { Choices, KeptChoice } from "./choices.js";

/** As many as an admin decides at a glance. */
const atOnce = 3;

/** A record as an admin sees it. */
interface Known {
  /** "amocrm:company:17" */
  readonly name: string;
  readonly title: string;
  readonly inn?: string;
}

/** What `sync/clients.ts` knows and does. */
export interface DoubtfulClients<Doubt extends { readonly one: Known; readonly other: Known; readonly reason: string }> {
  toTell(most: number): Promise<readonly Doubt[]>;
  told(doubts: readonly Doubt[]): Promise<void>;
  answer(
    one: string,
    other: string,
    verdict: "same" | "different",
    by: string,
  ): Promise<{ readonly counts: boolean; readonly verdict: "same" | "different"; readonly one: Known; readonly other: Known }>;
}

/** Pairs of records that may be one client, in the admins' room, with buttons. */
export interface DoubtCards {
  /** Puts the next few new pairs to the admins; none while they have not decided the last ones, for a day. */
  tell(): Promise<void>;
  isOne(option: string): boolean;
  /** The presser is an admin and in the admins' room. A pair is decided once. */
  press(press: {
    readonly event: IncomingChoice;
    readonly kept: KeptChoice;
    readonly person: Person;
    readonly actor: string;
    readonly trace: string;
    readonly channel: Channel;
  }): Promise<void>;
}

/** Two admins may press at one moment; the log must not say that both decided. */
class DecidedBefore extends RequestRefused {
  constructor(readonly said: string) {
    super("the pair was decided before", { operation: "clients.answer" });
  }
}

export function createDoubtCards<Doubt extends { readonly one: Known; readonly other: Known; readonly reason: string }>({
  room,
  channel,
  choices,
  clients,
  titleOf,
  audit,
  language,
}: {
  readonly room: Address | undefined;
  readonly channel: (id: string) => Pick<Channel, "send"> | undefined;
  readonly choices: Choices;
  readonly clients: DoubtfulClients<Doubt>;
  readonly titleOf: (system: string) => string;
  readonly audit: AuditLog;
  /** The company's: what admins read. */
  readonly language: Language;
}): DoubtCards {
  const words = texts(language).clients;

  return {
    async tell() {
      const open = room && channel(room.channel);
      if (!room || !open) return;
      const doubts = await clients.toTell(atOnce);
      if (doubts.length === 0) return;
      const pairs = doubts.map(({ one, other }) => pairOf(one, other));
      const cards = await Promise.all(doubts.map((doubt) => cardOf(doubt, room)));
      const key = `doubts:${createHash("sha256").update(pairs.join("\n")).digest("base64url")}`;
      await open.send(room, [{ kind: "text", markdown: words.asked }, ...cards], { key });
      await clients.told(doubts);
    },

    isOne: (option) => option === "same" || option === "different",

    async press({ event, kept, person, actor, trace, channel: here }) {
      const verdict = event.option === "same" ? "same" : "different";
      const [one = "", other = ""] = (kept.options.find(({ id }) => id === event.option)?.says ?? "").split(" ");
      const name = verdict === "same" ? "client.merged" : "client.split";
      const payload = verdict === "same" ? { one, other } : { record: one, from: other };
      const said = await audit
        .during({ name, actor, trace, payload }, async () => {
          const answered = await clients.answer(one, other, verdict, actor);
          if (!answered.counts) throw new DecidedBefore(words.decidedBefore(answered.verdict, listed(answered)));
          return words.decided(verdict, listed(answered), person.name);
        })
        .catch((error: unknown) => {
          if (error instanceof DecidedBefore) return error.said;
          if (error instanceof NotFound) return words.pairGone;
          throw error;
        });
      await here.edit(event.on, [{ kind: "text", markdown: said }]);
    },
  };

  async function cardOf({ one, other, reason }: Doubt, address: Address): Promise<Block> {
    const options = [
      { id: "same", label: words.same, says: pairOf(one, other), style: "primary" as const },
      { id: "different", label: words.different, says: pairOf(one, other) },
    ];
    return {
      kind: "choice",
      id: await choices.forRoom(options, address),
      question: words.isOne(words.reasons[reason] ?? reason),
      lines: [one, other].map((record) => ({ label: systemOf(record), value: titled(record) })),
      options,
    };
  }

  function systemOf({ name }: Known): string {
    return titleOf(name.slice(0, name.indexOf(":")));
  }

  function titled({ title, inn }: Known): string {
    return words.titled(title, inn);
  }

  function listed(pair: { readonly one: Known; readonly other: Known }): string {
    return [pair.one, pair.other].map((record) => `- ${systemOf(record)}: ${record.title}`).join("\n");
  }
}

function pairOf(one: Known, other: Known): string {
  return `${one.name} ${other.name}`;
}
