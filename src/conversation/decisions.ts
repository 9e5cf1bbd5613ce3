import type { ApprovalCard, ApprovalState, Approvals, Approved, Receipt } from "../domain/approval.js";
import type { Channel } from "../domain/channel.js";
import { AccessDenied, ApprovalUnusable, OutcomeUnknown, SvyazError } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { Block, IncomingChoice } from "../domain/message.js";
import type { Metrics } from "../domain/metrics.js";
import type { Person } from "../domain/people.js";
import type { Turn, WriteTool } from "../domain/tool.js";
import { errorReport, texts } from "../text/texts.js";
import { sameRoom } from "./chat.js";
import type { Choices } from "./choices.js";
import type { TurnRequest } from "./context.js";
import type { History } from "./history.js";
import type { SecondPerson } from "./second.js";

/** A write may take so long; its lease is renewed meanwhile. */
const writeMs = 60_000;
const renewMs = 5_000;
/** Not found so long after the yes: nobody knows, and nothing more is written. */
const giveUpMs = 15 * 60_000;

export interface DecisionParts {
  readonly approvals: Approvals;
  readonly choices: Choices;
  readonly history: History;
  readonly tools: readonly WriteTool[];
  readonly turnFor: (request: TurnRequest) => Turn;
  readonly secondPerson: SecondPerson;
  /** Pilot mode: a yes is answered with that, and the card stays as it is; a no is taken. */
  readonly readOnly?: boolean;
  /** Called at numbered places around the write; the fault harness kills the process there. */
  readonly failpoint?: (name: string) => void;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

type Act = (tool: WriteTool, approved: Approved<unknown>, turn: Turn) => Promise<Receipt | "later" | "unsure">;
type Left = Awaited<ReturnType<Approvals["left"]>>[number];

export type Settled =
  /** With a sentence for a second person, who reads that instead of the receipt. */
  | { readonly state: "done"; readonly receipt: Receipt; readonly sentence?: string }
  | { readonly state: "waiting" | "rejected" | "failed" | "checking" | "refused"; readonly sentence: string };

export interface Decisions {
  /** A pressed button of an approval: settles it, writes, and turns the card into its receipt. */
  press(event: IncomingChoice, person: Person, channel: Channel): Promise<void>;
  /** The same for the command line: the answer is returned, not sent. */
  decide(approval: string, yes: boolean, person: Person): Promise<Settled>;
  /** Finishes what a crash or a doubtful outcome left in the middle. Called at start and every few seconds. */
  recover(): Promise<void>;
}

/** Where a press becomes a write. Neither the model nor the tool decides anything anew: the stored draft is what is done. */
export function createDecisions(parts: DecisionParts): Decisions {
  const { approvals, choices, history, secondPerson, metrics, log, now } = parts;
  const failpoint = parts.failpoint ?? (() => {});
  // After a sleep longer than the lease this process must not become its own rival.
  const atWork = new Set<string>();

  const decide = async (approval: string, yes: boolean, person: Person, from?: IncomingChoice["address"]): Promise<Settled> => {
    const card = await approvals.card(approval);
    const words = texts(card?.askedBy === person.id ? card.language : person.language).conversation;
    if (yes && parts.readOnly) return { state: "refused", sentence: words.pilotCard };
    let state: ApprovalState;
    try {
      state = await approvals.answer(approval, yes, person, from);
    } catch (error) {
      if (!(error instanceof ApprovalUnusable)) throw error;
      const why = typeof error.cause === "string" ? error.cause : "settled";
      return { state: "refused", sentence: words.approval[why] ?? words.approval.settled ?? why };
    }
    failpoint("agreed");
    if (!card) return { state: "rejected", sentence: words.rejected("") };
    if (state === "waiting") {
      const waiting = (await approvals.card(approval)) ?? card;
      return { state, sentence: await secondPerson.ask(waiting) };
    }
    const settled: Settled =
      state === "rejected"
        ? { state, sentence: words.rejected(card.title) }
        : await carryOut(card, false, (tool, approved, turn) => tool.run(approved, turn));
    if (!card.second || settled.state === "refused") return settled;
    const said = await secondPerson.settled(card, person, { yes: state !== "rejected", reply: outcome(card, settled) });
    if (person.id === card.askedBy) return settled;
    return { ...settled, sentence: settled.state === "done" || settled.state === "rejected" ? said : `${said}\n${settled.sentence}` };
  };

  /**
   * Takes the approval and does `act` under its lease. Whoever did not win the row does nothing. "Not written" is said only by the
   * first one at it, of a write that certainly did not happen: once it may have begun, the sweep asks the system.
   */
  const carryOut = async (card: ApprovalCard, begun: boolean, act: Act): Promise<Settled> => {
    const words = texts(card.language).conversation;
    if (atWork.has(card.id)) return { state: "refused", sentence: words.approval.running ?? "" };
    atWork.add(card.id);
    return underLease(card, begun, act).finally(() => atWork.delete(card.id));
  };

  const underLease = async (card: ApprovalCard, begun: boolean, act: Act): Promise<Settled> => {
    const words = texts(card.language).conversation;
    const notDone = (reason: string) => (begun ? words.gaveUp(card.title, card.operation.system) : words.writeFailed(card.title, reason));
    const tool = parts.tools.find(({ name }) => name === card.tool);
    if (!tool) {
      await approvals.close(card.id, { state: begun ? "unknown" : "failed", reason: `no tool ${card.tool}` });
      return { state: "failed", sentence: notDone(words.approval.failed ?? "") };
    }
    let approved: Approved<unknown> | undefined;
    try {
      approved = await approvals.take(card.id, tool.draft);
    } catch (error) {
      // The row is closed already: rights were taken away, or the draft is not the one that was shown.
      if (!(error instanceof AccessDenied || error instanceof ApprovalUnusable)) throw error;
      metrics.count("svyaz_writes_total", { tool: card.tool, outcome: "failed" });
      return { state: "failed", sentence: notDone(errorReport(error, card.language, card.trace)) };
    }
    if (!approved) return { state: "refused", sentence: words.approval.running ?? "" };
    failpoint("taken");
    const taken = approved;
    const renewal = setInterval(
      () => void approvals.extend(taken).catch((error: unknown) => log.warn("lease not renewed", { approval: card.id, error })),
      renewMs,
    );
    const checking = { state: "checking", sentence: words.outcomeUnknown(card.title, card.operation.system) } as const;
    let receipt: Receipt | undefined;
    try {
      const turn = parts.turnFor({
        id: card.trace,
        person: taken.askedBy,
        actor: card.actor,
        language: card.language,
        address: card.address,
        signal: AbortSignal.timeout(writeMs),
      });
      const outcome = await act(tool, taken, turn);
      if (outcome === "later" || outcome === "unsure") return checking;
      receipt = outcome;
      failpoint("written");
      await approvals.close(card.id, { state: "done", receipt });
    } catch (error) {
      const certain = !begun && !receipt && error instanceof SvyazError && !(error instanceof OutcomeUnknown);
      const failed = certain && (await approvals.holds(taken).catch(() => false));
      metrics.count("svyaz_writes_total", { tool: card.tool, outcome: failed ? "failed" : "unknown" });
      if (!failed) {
        log.warn("a write has an unknown outcome", { approval: card.id, error });
        return checking;
      }
      await approvals.close(card.id, { state: "failed", reason: error.message });
      return { state: "failed", sentence: words.writeFailed(card.title, errorReport(error, card.language, card.trace)) };
    } finally {
      clearInterval(renewal);
    }
    failpoint("closed");
    metrics.count("svyaz_writes_total", { tool: card.tool, outcome: "done" });
    await remember(card, receipt, taken.askedBy).catch((error: unknown) => log.warn("a receipt was not remembered", { error }));
    return { state: "done", receipt };
  };

  /** So that "move it to negotiation" knows what "it" is. */
  const remember = async (card: ApprovalCard, receipt: Receipt, person: Person): Promise<void> => {
    const words = texts(card.language).conversation;
    const facts = words.receipt(card.title, card.tool);
    const about = [{ ref: receipt.ref, kind: receipt.ref.kind === "lead" ? "deal" : receipt.ref.kind, name: card.title }];
    await history.append(person, card.address, card.trace, {
      asked: words.yes,
      calls: [{ id: `done-${card.id.slice(0, 8)}`, name: card.tool, input: {}, outcome: "succeeded", facts, about }],
      answered: facts,
      at: now(),
    });
  };

  return {
    decide: (approval, yes, person) => decide(approval, yes, person),

    async press(event, person, channel) {
      const kept = await choices.find(event.choice);
      const approval = kept?.approval ?? event.choice;
      const card = kept?.kind === "approval" ? await approvals.card(approval) : undefined;
      const refuse = (sentence: string) =>
        channel.send(event.address, [{ kind: "text", markdown: sentence }], {
          key: `refused:${event.id}`,
          onlyFor: event.visibility === "group" ? event.sender.id : undefined,
        });
      if (!kept || !card) {
        await refuse(texts(person.language).conversation.choiceGone);
        return;
      }
      const yes = event.option === "yes";
      // A second person's button works in the chat it was sent to; what was asked in a group went to the asker's own chat.
      const ownChat =
        kept.approval === undefined
          ? event.visibility === "private" && event.address.channel === card.address.channel
          : sameRoom(event.address, kept.address);
      const bound = ownChat && kept.person === person.id;
      if (bound) await choices.placed(event.choice, [event.on]);
      const begins = bound && yes && card.state === "waiting" && !parts.readOnly;
      if (begins) {
        const { writing } = texts(person.id === card.askedBy ? card.language : person.language).conversation;
        await channel.edit(event.on, [{ kind: "text", markdown: `**${card.title}**\n${writing}` }]).catch(() => []);
      }
      const settled = await decide(approval, yes, person, bound ? undefined : event.address);
      if (settled.state === "refused") {
        await refuse(settled.sentence);
        if (begins) await channel.edit(event.on, [{ kind: "text", markdown: `**${card.title}**\n${settled.sentence}` }]);
        return;
      }
      const shown: Block[] = settled.sentence === undefined ? outcome(card, settled) : [{ kind: "text", markdown: settled.sentence }];
      await channel.edit(event.on, settled.state === "waiting" ? [...shown, takingBack(card)] : shown);
    },

    async recover() {
      await remindSeconds().catch((error: unknown) => log.error("second persons could not be looked after", { error }));
      for (const left of await approvals.left()) {
        await recoverOne(left).catch((error: unknown) =>
          log.error("an approval could not be recovered", { approval: left.approval, error }),
        );
      }
    },
  };

  async function remindSeconds(): Promise<void> {
    const { unasked, expired } = await approvals.secondsMissing();
    for (const card of unasked) await secondPerson.ask(card);
    for (const card of expired) await secondPerson.expired(card);
  }

  async function recoverOne({ approval, state, agreedAt }: Left): Promise<void> {
    const card = await approvals.card(approval);
    if (!card) return;
    const words = texts(card.language).conversation;
    // "agreed" was never taken, so nothing of it was ever sent.
    const begun = state === "running";
    const stale = now().getTime() - agreedAt.getTime() > giveUpMs;
    const settled = await carryOut(card, begun, async (tool, approved, turn) => {
      const written = begun ? await tool.written(approved, turn) : "absent";
      if (typeof written === "object") return { ref: written };
      if (written === "unsure") return "unsure";
      return stale ? "later" : tool.run(approved, turn);
    });
    log.info("recovered an approval", { approval: card.id, state: settled.state });
    if (settled.state === "done") {
      await secondPerson.tellAsker(
        card,
        [{ kind: "text", markdown: words.recovered(card.title) }, ...receiptBlocks(card, settled.receipt)],
        `recovered:${card.id}`,
      );
    } else if (settled.state === "failed") {
      await secondPerson.tellAsker(card, [{ kind: "text", markdown: settled.sentence }], `failed:${card.id}`);
    } else if (settled.state === "checking" && stale) {
      await approvals.close(card.id, { state: begun ? "unknown" : "failed", reason: "not found fifteen minutes after the yes" });
      const sentence = begun
        ? words.gaveUp(card.title, card.operation.system)
        : words.writeFailed(card.title, words.approval.expired ?? "");
      await secondPerson.tellAsker(card, [{ kind: "text", markdown: sentence }], `${begun ? "unknown" : "failed"}:${card.id}`);
    }
  }

  function outcome(card: ApprovalCard, settled: Settled): Block[] {
    return settled.state === "done" ? receiptBlocks(card, settled.receipt) : [{ kind: "text", markdown: settled.sentence }];
  }
}

/** While a second person is asked, the asker can still say no. */
function takingBack(card: ApprovalCard): Block {
  const { no } = texts(card.language).conversation;
  return { kind: "choice", id: card.id, question: card.title, options: [{ id: "no", label: no, style: "danger" }] };
}

/** The card's last words: what was written, and where to find it. */
export function receiptBlocks(card: ApprovalCard, receipt: Receipt): Block[] {
  const words = texts(card.language).conversation;
  return [
    { kind: "text", markdown: `✅ ${words.receipt(card.title, card.tool)}` },
    // What is Svyaz's own stands in no system.
    ...(receipt.ref.system === "svyaz"
      ? []
      : [{ kind: "sources" as const, sources: [{ title: words.open, url: receipt.url, ref: receipt.ref }] }]),
  ];
}
