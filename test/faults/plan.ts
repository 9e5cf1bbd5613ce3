import type { Fault } from "../../src/sandbox/faults.js";
import { createRandom, type Random } from "../../src/sandbox/random.js";
import { httpTimeoutMs, type OpenDeal } from "./company.js";
import type { Death } from "./orders.js";

/** What somebody wants done, and how it is known again in the CRM's store. */
export type Errand = {
  readonly who: string;
  readonly chat: string;
  readonly text: string;
  readonly answer: Answer;
} & (
  | { readonly kind: "note"; readonly words: string }
  | { readonly kind: "task"; readonly words: string }
  | { readonly kind: "deal"; readonly title: string; readonly price: number }
  | { readonly kind: "lead"; readonly phone: string; readonly words: string }
  | { readonly kind: "move"; readonly deal: number; readonly stage: number }
);

const answers = [
  ["yes", 6],
  ["press", 4],
  ["twice", 2],
  ["press-and-yes", 2],
  ["stranger-then-yes", 1],
  ["no", 1.5],
  ["no-and-yes", 0.7],
  ["never", 1.5],
] as const;
export type Answer = (typeof answers)[number][0];

/** How the process comes to its end. */
export type End =
  | { readonly kind: "failpoint"; readonly death: Death }
  /** When the system gets a request that this fault spoils. */
  | { readonly kind: "request"; readonly fault: Fault }
  | { readonly kind: "moment"; readonly ms: number }
  /** It is asked to stop, and does. */
  | { readonly kind: "stop" };

/** One seed's schedule. The same seed gives the same; only the clocks of the machine add to it. */
export interface Plan {
  readonly seed: number;
  readonly errands: readonly Errand[];
  /** What goes wrong while people ask, and while they answer their cards. */
  readonly askFaults: readonly Fault[];
  readonly answerFaults: readonly Fault[];
  /** When the first process is doomed, and how it ends. */
  readonly doomedWhile: "asking" | "answering";
  readonly end: End;
  /** Whether Anna goes by a sign-in of her own, and whether its token ends before she answers. */
  readonly signIn?: "fresh" | "aged";
  /** Whether synchronisation runs beside all this. */
  readonly sync: boolean;
  /** A process that is started at once, amid the trouble, and ends this way or after a second. */
  readonly second?: Death | "lives";
  /** How far the clock has gone when the last one starts, milliseconds. */
  readonly laterMs: number;
}

const people = ["anna", "boris", "admin"] as const;
const failpoints = ["stored", "begun", "answered", "agreed", "taken", "written", "closed"] as const;
const recoveryFailpoints = ["begun", "answered", "taken", "written", "closed", "statement", "statement-done"] as const;

/** Longer than a call waits; and so long that the next process may be at work before the request takes effect. */
const slowMs = 1_600;
const verySlowMs = 6_000;

/** So long that leases have run out, or that a doubtful write is given up. */
const afterLeasesMs = 130_000;
const afterGivingUpMs = 16 * 60_000;

const page = "<html><body><h1>403 Forbidden</h1></body></html>";

export function makePlan(seed: number, deals: (person: string) => readonly OpenDeal[]): Plan {
  const random = createRandom(`faults-${seed}`);
  const doomedWhile = random.chance(0.2) ? "asking" : "answering";
  const taken = new Set<number>();
  const free = (person: string) => deals(person).filter(({ id }) => !taken.has(id));
  const errands = Array.from({ length: random.integer(4, 6) }, (_, at) => {
    const errand = makeErrand(random, seed, at, free);
    if (errand.kind === "move") taken.add(errand.deal);
    return errand;
  });
  return {
    seed,
    errands,
    askFaults: random.chance(0.3) ? [readFault(random)] : [],
    answerFaults: Array.from({ length: random.integer(0, 4) }, () => (random.chance(0.6) ? writeFault(random) : readFault(random))),
    doomedWhile,
    end: makeEnd(random, doomedWhile),
    sync: random.chance(0.4),
    ...(random.chance(0.5)
      ? { second: random.chance(0.5) ? "lives" : { at: random.pick(recoveryFailpoints), hit: random.integer(1, 4) } }
      : {}),
    laterMs: random.chance(0.15) ? afterGivingUpMs : afterLeasesMs,
    ...(random.chance(0.5) ? { signIn: random.chance(0.7) ? "aged" : "fresh" } : {}),
  };
}

function makeErrand(random: Random, seed: number, at: number, deals: (person: string) => readonly OpenDeal[]): Errand {
  const who = random.pick(people);
  const own = { who, chat: `${who}-${seed}-${random.integer(1, 2)}`, answer: random.weighted(answers) };
  const sign = `${seed}-${at}`;
  const deal = random.pick(deals(who));
  switch (random.pick(["note", "task", "deal", "deal", "lead", "move"] as const)) {
    case "note": {
      const words = `просят отсрочку по счёту ${sign}`;
      return { ...own, kind: "note", words, text: `добавь заметку к сделке ${deal.id}: ${words}` };
    }
    case "task": {
      const words = `согласовать счёт ${sign}`;
      return { ...own, kind: "task", words, text: `создай задачу по сделке ${deal.id}: ${words} до 30.12` };
    }
    case "deal": {
      const title = `Поставка ${sign}`;
      const price = random.integer(10, 900) * 1_000;
      return { ...own, kind: "deal", title, price, text: `создай сделку «${title}» с Ромашкой на ${price} рублей` };
    }
    case "lead": {
      const phone = `7900${String(seed).padStart(5, "0")}${String(at).padStart(2, "0")}`;
      const words = `хочет насосы ${sign}`;
      return { ...own, kind: "lead", phone, words, text: `новый лид: Иван Петров, +${phone}, ${words}` };
    }
    case "move":
      return { ...own, kind: "move", deal: deal.id, stage: deal.stage.id, text: `передвинь сделку ${deal.id} в «${deal.stage.name}»` };
  }
}

function makeEnd(random: Random, doomedWhile: Plan["doomedWhile"]): End {
  switch (
    random.weighted([
      ["failpoint", 4],
      ["statement", 3],
      ["request", 4],
      ["moment", 2],
      ["stop", 1],
    ] as const)
  ) {
    case "failpoint":
      return { kind: "failpoint", death: { at: random.pick(failpoints), hit: random.integer(1, 4) } };
    case "statement":
      return {
        kind: "failpoint",
        death: { at: random.pick(["statement", "statement-done"] as const), hit: random.integer(1, 120) },
      };
    case "request": {
      const fault = random.pick<Fault>([{ kind: "hang" }, { kind: "hang", takesEffect: true }, { kind: "delay", ms: verySlowMs }]);
      return { kind: "request", fault: { ...fault, ...where(random, doomedWhile === "answering"), after: random.integer(0, 2) } };
    }
    case "moment":
      return { kind: "moment", ms: random.integer(0, 800) };
    case "stop":
      return { kind: "stop" };
  }
}

/** Which writes: any of a method. */
function where(random: Random, write: boolean): { readonly method: string; readonly path?: string } {
  if (!write) return { method: "GET" };
  return random.chance(0.25)
    ? { method: "PATCH" }
    : { method: "POST", path: random.pick(["*", "*/notes", "*/leads", "*/leads/complex", "*/tasks"]) };
}

function writeFault(random: Random): Fault {
  const at = { ...where(random, true), after: random.integer(0, 2) };
  return random.weighted<Fault>([
    [{ ...at, kind: "status", status: 429, headers: { "retry-after": "0" }, body: {} }, 2],
    [{ ...at, kind: "status", status: 500, takesEffect: true }, 2],
    [{ ...at, kind: "status", status: 502, takesEffect: false }, 1],
    [{ ...at, kind: "cut", takesEffect: true }, 2],
    [{ ...at, kind: "cut", takesEffect: false }, 2],
    [{ ...at, kind: "delay", ms: slowMs }, 2],
    [{ ...at, kind: "delay", ms: httpTimeoutMs / 3 }, 1],
    [{ ...at, kind: "nonsense" }, 1],
    [{ ...at, kind: "drop-field", field: "id" }, 1],
    [{ ...at, kind: "status", status: 400, body: { title: "Bad Request" } }, 1],
    [{ ...at, kind: "status", status: 403, headers: { "content-type": "text/html" }, body: page }, 0.4],
  ]);
}

function readFault(random: Random): Fault {
  const at = { ...where(random, false), after: random.integer(0, 6), times: random.integer(1, 4) };
  return random.weighted<Fault>([
    [{ ...at, kind: "status", status: 429, headers: { "retry-after": "0" }, body: {} }, 2],
    [{ ...at, kind: "status", status: 503 }, 2],
    [{ ...at, kind: "cut", takesEffect: false }, 2],
    [{ ...at, kind: "delay", ms: slowMs }, 1],
    [{ ...at, kind: "nonsense" }, 1],
    [{ ...at, kind: "drop-field", field: "id" }, 1],
    [{ ...at, kind: "status", status: 401, body: { title: "Unauthorized" } }, 0.5],
    [{ ...at, kind: "status", status: 403, headers: { "content-type": "text/html" }, body: page }, 0.3],
  ]);
}
