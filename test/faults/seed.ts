import { setTimeout as delay } from "node:timers/promises";
import type { Proving } from "./company.js";
import type { ApprovalFact, Facts } from "./facts.js";
import { type Course, isOf, judge } from "./judge.js";
import type { Death, Knocked } from "./orders.js";
import { type End, type Errand, makePlan, type Plan } from "./plan.js";
import { Died } from "./svyaz.js";

export interface SeedReport {
  readonly seed: number;
  readonly seconds: number;
  readonly violations: readonly string[];
  /** Cards by their state in the end. */
  readonly cards: Readonly<Record<string, number>>;
  readonly restarts: number;
}

/** Who may go by a sign-in of their own. */
const signer = "anna";
const settleMs = 10_000;
const mostRounds = 3;
const mostSyncs = 6;
const leasesMs = 130_000;

/** One seed: people ask and answer, things break, the process dies; then everything is healed and judged. */
export async function runSeed(proving: Proving, seed: number): Promise<SeedReport> {
  const begun = performance.now();
  const plan = makePlan(seed, (person) => proving.openDealsOf(person));
  // The two clocks may differ by some seconds, and the seed before ended minutes ago by both.
  const since = Math.floor(proving.now().getTime() / 1_000) - 60;
  const courses = plan.errands.map((errand): Course => ({ errand, confirmed: new Set(), acknowledged: new Set() }));
  const cards = new Map<Errand, readonly string[]>();
  const restartsBefore = proving.restarts;

  const refreshesBefore = proving.refreshes();
  if (plan.signIn) await proving.svyaz.order({ act: "sign-in", as: signer });

  const asking = plan.doomedWhile === "asking" ? plan.end : undefined;
  await amid(proving, plan.askFaults, asking, async () => {
    const askInTurn = async (chat: string) => {
      for (const { errand } of courses) if (errand.chat === chat) cards.set(errand, (await orUndefined(ask(proving, errand))) ?? []);
    };
    await Promise.all([...new Set(plan.errands.map(({ chat }) => chat))].map(askInTurn));
  });
  if (!proving.svyaz.alive) {
    await proving.restart();
    // Whoever has lost sight of the answer looks into the chat again.
    const { approvals } = await settled(proving);
    for (const { errand } of courses)
      cards.set(
        errand,
        approvals.filter((one) => one.state === "waiting" && isOf(errand, one, since)).map(({ id }) => id),
      );
  }

  if (plan.signIn === "aged") proving.ageTokens();
  const answering = plan.doomedWhile === "answering" ? plan.end : undefined;
  await amid(proving, plan.answerFaults, answering, async () => {
    const sync = plan.sync ? orUndefined(proving.svyaz.order({ act: "sync" })) : undefined;
    await Promise.all(
      courses.flatMap((course) => (cards.get(course.errand) ?? []).map((card) => orUndefined(answer(proving, course, card)))),
    );
    await sync;
  });

  if (plan.end.kind === "stop") await orUndefined(proving.svyaz.stop());
  if (plan.second !== undefined) await secondLife(proving, plan.second);
  await proving.heal();
  proving.putForward(plan.laterMs);
  await proving.restart();
  const token = plan.signIn ? await tokenAfter(proving, plan, proving.refreshes() - refreshesBefore) : [];
  let facts = await settled(proving);
  for (let round = 1; round < mostRounds && !isSettled(facts); round += 1) {
    proving.putForward(leasesMs);
    await proving.restart();
    facts = await settled(proving);
  }
  const unread = await readAnew(proving);
  facts = await proving.facts();
  const violations = [
    ...judge(plan, courses, facts, proving, since),
    ...token,
    ...unread.map((what) => `the healed system is not read: ${what}`),
  ];
  const own = facts.approvals.filter((one) => courses.some(({ errand }) => isOf(errand, one, since)));
  return {
    seed,
    seconds: (performance.now() - begun) / 1_000,
    violations,
    cards: counted(own),
    restarts: proving.restarts - restartsBefore,
  };
}

/** So often a token may be asked for in one seed: each process once, and a fault or two on the way. Beyond is a loop. */
const mostRefreshes = 8;

/**
 * After the healing: her sign-in works, or she is asked to sign in again, which a death or a fault alone excuses; she does, so
 * that what is doubtful can be looked up.
 */
async function tokenAfter(proving: Proving, plan: Plan, refreshes: number): Promise<readonly string[]> {
  const { svyaz } = proving;
  const knock = () => svyaz.order<Knocked>({ act: "knock", as: signer });
  const found = await knock();
  const wrong: string[] = [];
  if (refreshes > mostRefreshes) wrong.push(`the token was asked for ${refreshes} times`);
  if (found === "trouble") wrong.push("the sign-in neither works nor is asked for anew");
  const excused = plan.end.kind !== "stop" || plan.answerFaults.length > 0 || plan.askFaults.length > 0;
  if (found === "reconnect" && !excused) wrong.push("the sign-in was lost for nothing");
  if (found !== "answered") {
    await svyaz.order({ act: "sign-in", as: signer });
    const again = await knock();
    if (again !== "answered") wrong.push(`a new sign-in does not help: ${again}`);
  }
  return wrong;
}

/** Does the work while the faults are there and the end is near. */
async function amid(proving: Proving, faults: Plan["askFaults"], end: End | undefined, work: () => Promise<void>): Promise<void> {
  const { svyaz } = proving;
  const over = new AbortController();
  if (end?.kind === "failpoint") await svyaz.order({ act: "die", death: end.death });
  for (const fault of faults) proving.fail(fault);
  if (end?.kind === "request") {
    proving.fail(end.fault);
    void (async () => {
      while (!over.signal.aborted && !proving.spoiled(end.fault)) await delay(2);
      if (!over.signal.aborted) await svyaz.kill();
    })();
  }
  if (end?.kind === "moment")
    void delay(end.ms, undefined, { signal: over.signal }).then(
      () => svyaz.kill(),
      () => undefined,
    );
  await work();
  over.abort();
}

function ask({ svyaz }: Proving, { text, who, chat }: Errand): Promise<readonly string[]> {
  return svyaz.order({ act: "ask", text, as: who, chat });
}

async function answer({ svyaz }: Proving, { errand, confirmed, acknowledged }: Course, id: string): Promise<void> {
  const { who, chat } = errand;
  const decide = async (yes: boolean, as = who) => {
    if (yes && as === who) confirmed.add(id);
    const code = await svyaz.order<number>({ act: "decide", id, yes, as });
    if (yes && code === 0) acknowledged.add(id);
  };
  const press = async (yes: boolean) => {
    if (yes) confirmed.add(id);
    await svyaz.order({ act: "press", id, yes, as: who, chat });
  };
  switch (errand.answer) {
    case "yes":
      return decide(true);
    case "press":
      return press(true);
    case "twice":
      return void (await Promise.all([decide(true), decide(true)]));
    case "press-and-yes":
      return void (await Promise.all([press(true), decide(true)]));
    case "stranger-then-yes":
      await decide(true, "vera");
      return decide(true);
    case "no":
      return decide(false);
    case "no-and-yes":
      return void (await Promise.all([press(false), decide(true)]));
    case "never":
      return;
  }
}

/** Starts Svyaz amid the trouble, at once after its end: what was sent may still be under way. */
async function secondLife(proving: Proving, end: Death | "lives"): Promise<void> {
  const alive = await orUndefined(proving.restart(end === "lives" ? undefined : end).then(() => true));
  if (alive) await Promise.race([delay(1_200), proving.svyaz.ended]);
}

/**
 * Synchronises, and says what could not be read. A run that was cut off is ended by the next one, and what came after its
 * beginning is read by the one after that; a busy machine may cost another.
 */
async function readAnew({ svyaz }: Proving): Promise<readonly string[]> {
  let unread: readonly string[] = [];
  for (let run = 0, whole = 0; run < mostSyncs && whole < 2; run += 1) {
    unread = await svyaz.order<readonly string[]>({ act: "sync" });
    if (unread.length === 0) whole += 1;
  }
  return unread;
}

/** What is there once nothing is under way any more, or when waiting has no more sense. */
async function settled(proving: Proving): Promise<Facts> {
  const until = performance.now() + settleMs;
  for (;;) {
    const facts = await proving.facts();
    if (isSettled(facts) || performance.now() > until) return facts;
    await delay(150);
  }
}

function isSettled({ approvals, open }: Facts): boolean {
  return open.length === 0 && !approvals.some(({ state }) => state === "agreed" || state === "running");
}

/** A process that dies in the middle owes no answer. */
async function orUndefined<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Died) return undefined;
    throw error;
  }
}

function counted(approvals: readonly ApprovalFact[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of approvals) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
