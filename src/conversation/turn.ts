import type { Access } from "../domain/access.js";
import type { Approvals } from "../domain/approval.js";
import type { Answer, Assistant, Exchange } from "../domain/assistant.js";
import type { Alerts } from "../domain/alert.js";
import type { AuditLog } from "../domain/audit.js";
import type { Budgets } from "../domain/budget.js";
import type { Channel, Progress } from "../domain/channel.js";
import { AccessDenied, ApprovalUnusable } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { Block, IncomingMessage, MessageRef, Reply } from "../domain/message.js";
import type { Metrics } from "../domain/metrics.js";
import type { Language, Person } from "../domain/people.js";
import type { Turn } from "../domain/tool.js";
import { formatMoment } from "../text/format.js";
import { texts } from "../text/texts.js";
import type { Choices } from "./choices.js";
import type { TurnRequest } from "./context.js";
import type { History } from "./history.js";
import type { InterruptedQuestions } from "./resume.js";
import { type KnowsWord, languageHere } from "./language.js";

/** The longest message that is read, characters. */
const longestMessage = 20_000;

export interface TurnParts {
  readonly access: Access;
  readonly approvals: Approvals;
  readonly assistant: Assistant;
  readonly audit: AuditLog;
  readonly alerts: Alerts;
  readonly budgets: Budgets;
  readonly choices: Choices;
  readonly history: History;
  readonly interrupted: InterruptedQuestions;
  readonly turnFor: (request: TurnRequest) => Turn;
  readonly seconds: number;
  /** The company's: what admins read. */
  readonly language: Language;
  /** Tells words from names, to hear which language is spoken. */
  readonly knowsWord: KnowsWord;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

export interface TurnJob {
  readonly message: IncomingMessage;
  readonly person: Person;
  readonly actor: string;
  /** Also the audit trace. */
  readonly trace: string;
  readonly channel: Channel;
  /** A placeholder that an earlier try posted. */
  readonly placeholder?: MessageRef;
  readonly onPlaceholder: (message: MessageRef) => Promise<void>;
  readonly stop: AbortSignal;
}

/** One message, its answer: placeholder, agent, reply, history. Every way out tells the person something. */
export function createTurns(parts: TurnParts) {
  const { approvals, assistant, audit, choices, history, metrics, now } = parts;

  return async (job: TurnJob): Promise<void> => {
    const { message, person, actor, trace, channel } = job;
    const inGroup = message.visibility === "group";
    const past = await history.window(person, message.address, !inGroup);
    const earlier = past.map(({ asked }) => asked);
    const language = languageHere(message.text.slice(0, longestMessage), earlier, person.language, parts.knowsWord);
    const words = texts(language).conversation;
    const started = performance.now();
    const plain = sensible(message, language) ?? (await refusal(job, language));
    if (plain !== undefined) {
      await deliver(job, undefined, [{ kind: "text", markdown: plain }], false, language);
      return;
    }
    // What a first try proposed was never shown.
    if (job.placeholder) await approvals.withdraw(trace);
    // A placeholder in a group would be seen by all; there the answer comes at once, to the asker.
    const progress = inGroup || job.placeholder ? undefined : await channel.progress(message.address);
    if (progress) await job.onPlaceholder(progress.message);
    const signal = AbortSignal.any([AbortSignal.timeout(parts.seconds * 1000), job.stop]);
    const turn = parts.turnFor({
      id: trace,
      person,
      actor,
      language,
      address: message.address,
      signal,
      progress: (text) => progress?.step(text),
    });
    const answer = await assistant.answer({
      turn,
      text: message.text,
      quoted: message.quoted,
      history: past,
      onCall: (call) => progress?.call?.(call),
    });
    metrics.count("svyaz_turns_total", { outcome: answer.cut ?? "answered" });
    if (answer.cut === "too-many-steps") await tellOfLoop(person, trace);
    metrics.observe("svyaz_turn_seconds", (performance.now() - started) / 1000);
    // Before the answer that offers the sign-in: whoever is quick finds the question waiting.
    if (answer.signIns.length > 0) await parts.interrupted.keep(person, message, answer.signIns);
    const replaced = await closeCards(answer, past.at(-1), turn);
    const blocks = await choices.keep(compose(answer, language, trace, person, replaced), person, message.address);
    const reply: Reply = blocks.length > 0 ? blocks : [{ kind: "text", markdown: words.modelNonsense }];
    await deliver(job, progress, reply, answer.calls.length > 0, language);
    await history.append(person, message.address, trace, { asked: message.text, calls: answer.calls, answered: answer.text, at: now() });
    await audit.note({
      name: "reply.sent",
      actor,
      trace,
      payload: {
        blocks: blocks.map(({ kind }) => kind),
        calls: answer.calls.map(({ name, outcome }) => `${name}: ${outcome}`),
        cut: answer.cut ?? null,
      },
    });
  };

  /** The sentence for somebody who has used up their day. */
  async function refusal({ person, message }: TurnJob, language: Language): Promise<string | undefined> {
    const spent = await parts.budgets.take({ person, address: message.address }, { turns: 1 });
    return spent && spentSentence(person, language);
  }

  function spentSentence(person: Person, language: Language): string {
    return texts(language).limits.spent(formatMoment(parts.budgets.resetsAt(), language, person.timeZone));
  }

  async function tellOfLoop(person: Person, trace: string): Promise<void> {
    const words = texts(parts.language).limits;
    await parts.alerts
      .raise({ key: `loop:${person.id}`, level: "warning", title: words.loopTitle(person.id), text: words.loopText(trace) })
      .catch((error: unknown) => parts.log.error("an alert could not be raised", { trace, error }));
  }

  /** In a group what tools brought goes to the asker alone; the group learns only that it did. */
  async function deliver(
    job: TurnJob,
    progress: Progress | undefined,
    reply: Reply,
    isPrivate: boolean,
    language: Language,
  ): Promise<void> {
    const { channel, message, trace, placeholder } = job;
    if (progress) await progress.finish(reply);
    else if (placeholder) await channel.edit(placeholder, reply);
    else if (message.visibility === "group" && isPrivate) {
      const words = texts(language).conversation;
      const said = await channel.send(message.address, reply, { key: `reply:${trace}`, onlyFor: message.sender.id }).then(
        () => words.answeredPrivately,
        (error: unknown) => {
          // The messenger lets a bot write first only to those who have opened it.
          if (error instanceof AccessDenied) return words.openMeFirst;
          throw error;
        },
      );
      await channel.send(message.address, [{ kind: "text", markdown: said }], { key: `private:${trace}` });
    } else await channel.send(message.address, reply, { key: `reply:${trace}` });
  }

  /**
   * "No" right behind a card rejects it, as its button would. Behind "make it 25k" the corrected card takes the place of the first,
   * so that they are not both pressed: resolves to whether it did.
   */
  async function closeCards({ calls, toLast }: Answer, before: Exchange | undefined, { person, address, id }: Turn): Promise<boolean> {
    const proposed = (all: Answer["calls"] = []) => all.filter(({ outcome }) => outcome === "proposed").map(({ name }) => name);
    const shown = (tool: string) => approvals.lastShown({ person, address, tool, trace: id });
    const old = proposed(before?.calls);
    if (toLast === "refuses") {
      for (const tool of old) {
        const card = await shown(tool);
        if (!card) continue;
        // A press that was quicker has its own receipt.
        await approvals.answer(card, false, person, address).catch((error: unknown) => {
          if (!(error instanceof ApprovalUnusable)) throw error;
        });
      }
    }
    const [fresh, ...others] = proposed(calls);
    if (toLast !== "corrects" || !fresh || others.length > 0 || old[0] !== fresh) return false;
    const card = await shown(fresh);
    return card !== undefined && approvals.supersede(card, person, id);
  }

  /** The model's words first, then what the tools have for the person, then what is missing and why. */
  function compose(answer: Answer, language: Language, trace: string, person: Person, replaced: boolean): Block[] {
    const words = texts(language).conversation;
    const succeeded = answer.calls.filter(({ outcome }) => outcome === "succeeded").map(({ name }) => name);
    const notice: Record<NonNullable<Answer["cut"]>, string> = {
      "model-unavailable": [words.modelUnavailable, succeeded.length > 0 ? words.done(succeeded) : "", words.nothingWritten]
        .filter(Boolean)
        .join(" "),
      "model-nonsense": words.modelNonsense,
      "too-many-steps": words.tooManySteps,
      "out-of-time": words.outOfTime,
      "budget-spent": spentSentence(person, language),
      stopped: words.stopped,
      "planner-instead": words.plannerInstead,
    };
    // What an admin needs to find out why.
    const number = wentWrong(answer) ? texts(language).limits.requestNumber(trace) : "";
    const sentences = [answer.cut ? notice[answer.cut] : "", answer.text, replaced ? words.superseded : ""];
    const text = sentences.filter(Boolean).join("\n\n");
    const last = [...answer.missing.map((sentence) => `⚠ ${sentence}`), number].filter(Boolean).join("\n");
    return [
      ...(text ? [{ kind: "text" as const, markdown: text }] : []),
      ...answer.blocks,
      ...(last ? [{ kind: "text" as const, markdown: last }] : []),
    ];
  }
}

/** What needs no model to answer: nothing readable, a voice message, a book. */
function sensible(message: IncomingMessage, language: Language): string | undefined {
  const words = texts(language).conversation;
  if (message.files.some(({ seconds }) => seconds !== undefined) && message.text.trim() === "") return words.textNeeded;
  if (message.text.length > longestMessage) return words.tooLong(longestMessage);
  if (/[\p{L}\p{N}]/u.test(message.text)) return undefined;
  return message.files.length > 0 ? words.filesNotRead : words.empty;
}

/** Nothing came of it, or not all: the model or a system failed, or each call was refused. A question back is no trouble. */
function wentWrong({ cut, missing, calls }: Answer): boolean {
  const broken = cut !== undefined && cut !== "stopped" && cut !== "budget-spent" && cut !== "planner-instead";
  const fruitless = calls.length > 0 && calls.every(({ outcome }) => outcome === "failed" || outcome === "denied");
  return broken || missing.length > 0 || fruitless;
}
