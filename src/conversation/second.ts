import type { ApprovalCard, Approvals } from "../domain/approval.js";
import type { Channel } from "../domain/channel.js";
import { AccessDenied } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { Block, Reply } from "../domain/message.js";
import type { Language, Person } from "../domain/people.js";
import { formatMoment } from "../text/format.js";
import { texts } from "../text/texts.js";
import type { Choices } from "./choices.js";
import type { Contacts } from "./contacts.js";

export interface SecondPersonParts {
  readonly approvals: Pick<Approvals, "seconds" | "secondsAsked">;
  readonly choices: Choices;
  readonly contacts: Contacts;
  readonly person: (id: string) => Promise<Person | undefined>;
  readonly channel: (id: string) => Channel | undefined;
  readonly log: Log;
}

/** How the second yes of an approval is asked for, and how everybody learns what came of it. */
export interface SecondPerson {
  /** Sends the card to those who may agree, each once. Resolves to what the asker is told. */
  ask(card: ApprovalCard): Promise<string>;
  /** Closes everybody else's card, tells the asker in private who said what and what came of it, and words it for the one who said it. */
  settled(card: ApprovalCard, by: Person, end: { readonly yes: boolean; readonly reply: Reply }): Promise<string>;
  /** The same when its time ran out. */
  expired(card: ApprovalCard): Promise<void>;
  /** Tells the asker in private; trouble on the way is logged. */
  tellAsker(card: ApprovalCard, reply: Reply, key: string): Promise<void>;
}

export function createSecondPerson({ approvals, choices, contacts, person, channel, log }: SecondPersonParts): SecondPerson {
  const nameOf = async (id: string) => (await person(id))?.name ?? id;

  /** The reader's own words around the card that the asker saw. */
  function cardFor(card: ApprovalCard, id: string, asker: string, language: Language): Block[] {
    const words = texts(language).access;
    const { title: question, expiresAt } = card;
    const lines = card.lines.filter(({ label }) => label !== texts(card.language).access.secondLine.label);
    return [
      { kind: "text", markdown: words.secondAsks(asker) },
      { kind: "choice", id, question, lines, options: optionsFor(language), expiresAt },
    ];
  }

  /** True when the card is there; false when nobody can write to them; rejects when it is worth another try. */
  async function reach(card: ApprovalCard, who: Person, asker: string): Promise<boolean> {
    const address = await contacts.privately(who.id);
    const to = address && channel(address.channel);
    if (!address || !to) return false;
    const id = await choices.second(card, who, address, optionsFor(who.language));
    try {
      const sent = await to.send(address, cardFor(card, id, asker, who.language), { key: `second:${id}` });
      await choices.placed(id, sent);
      return true;
    } catch (error) {
      // They have never opened a chat with the bot, or have blocked it.
      if (error instanceof AccessDenied) return false;
      throw error;
    }
  }

  return {
    async ask(card) {
      const asker = await person(card.askedBy);
      const words = texts(card.language).access;
      const until = formatMoment(card.expiresAt, card.language, asker?.timeZone ?? "UTC");
      const seconds = await approvals.seconds(card.id);
      const results = await Promise.allSettled(seconds.map((who) => reach(card, who, asker?.name ?? card.askedBy)));
      const failed = results.filter((result) => result.status === "rejected");
      // What failed is tried again by the sweep; what was sent is not sent twice.
      if (failed.length === 0) await approvals.secondsAsked(card.id);
      else log.warn("a second person could not be asked yet", { approval: card.id, error: failed[0]?.reason });
      const reached = seconds.filter((_, at) => {
        const result = results[at];
        return result?.status === "rejected" || result?.value;
      });
      if (reached.length > 0) return words.secondWaits(card.title, reached.map(({ name }) => name).join(", "), until);
      const commands = seconds.map(({ id }) => `svyaz approve ${card.id} --as ${id}`);
      return commands.length > 0 ? words.secondUnreachable(card.title, commands, until) : words.secondNobody(card.title, until);
    },

    async settled(card, by, { yes, reply }) {
      await closeCards(card, by);
      if (by.id !== card.askedBy) {
        const words = texts(card.language).access;
        const said = yes ? words.agreedBy(card.title, by.name) : words.rejectedBy(card.title, by.name);
        await tellAsker(card, [{ kind: "text", markdown: said }, ...(yes ? reply : [])], `settled:${card.id}`);
      }
      const own = texts(by.language).access;
      const asker = await nameOf(card.askedBy);
      return yes ? own.secondAgreed(card.title, asker) : own.secondRejected(card.title, asker);
    },

    async expired(card) {
      await closeCards(card, undefined);
      await tellAsker(card, [{ kind: "text", markdown: texts(card.language).access.secondExpired(card.title) }], `expired:${card.id}`);
    },

    tellAsker,
  };

  async function tellAsker(card: ApprovalCard, reply: Reply, key: string): Promise<void> {
    try {
      const address = await contacts.privately(card.askedBy, card.address);
      if (address) await channel(address.channel)?.send(address, reply, { key });
    } catch (error) {
      log.warn("the asker could not be told what came of a card", { approval: card.id, error });
    }
  }

  async function closeCards(card: ApprovalCard, by: Person | undefined): Promise<void> {
    for (const { person: owner, sent, approval } of await choices.ofApproval(card.id)) {
      const reader = await person(owner);
      if (!reader || owner === by?.id) continue;
      const words = texts(approval === undefined ? card.language : reader.language).access;
      const markdown = by ? words.secondSettled(card.title, by.name) : words.secondExpired(card.title);
      for (const message of sent) {
        await channel(message.address.channel)
          ?.edit(message, [{ kind: "text", markdown }])
          .catch((error: unknown) => log.warn("a settled card could not be closed", { approval: card.id, error }));
      }
    }
  }
}

function optionsFor(language: Language) {
  const words = texts(language).access;
  return [
    { id: "yes", label: words.secondYes, style: "primary" },
    { id: "no", label: words.secondNo, style: "danger" },
  ] as const;
}
