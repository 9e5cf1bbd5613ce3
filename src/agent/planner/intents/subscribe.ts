import type { Clause } from "../clause.js";
import { clientOf, filled, type Input, type Intent, type Memory } from "../intent.js";

/** «сообщай о новых документах по договору с Ромашкой», «сразу, если выручка упала больше 10 %», "tell me when deal 1024 moves to contract" */
export const subscribe: Intent = {
  name: "subscribe",
  kind: "write",
  vocabulary: {
    notify:
      "сообщай, сообщайте, сообщать, сообщи, сообщите, уведомляй, уведомляйте, уведомлять, уведоми, оповещай, оповещать, оповести, предупреди, предупреждай, предупреждать, извещай, сигналь, сигнализируй, маякни, дай знать, дай мне знать, подпиши меня, подпишись, подписать меня, подписаться, хочу подписаться, следи, следить, отслеживай, присмотри, сразу если, сразу как, как только, notify, notifying, alert me, alert, let me know, inform, warn, warn me, subscribe, subscribe me, watch, keep an eye, keep me posted",
    // "Tell me, when …"; "tell me" alone asks for an answer now.
    "say-it": "скажи, скажите, напиши, напишите, пиши, черкни, tell me, text me, ping me, message me",
    subscribed: "подпиши, подпишись, подписать, подписаться, subscribe",
    "at-once": "сразу, немедленно, тут же, срочно сообщи, immediately, right away, at once, straight away, instantly",
    whenever: "когда, если, как только, при, о новых, о новом, о появлении, when, whenever, if, once, as soon as, about new, about any new",
    "say-when": "=когда, =если, как только, =when, =if, as soon as",
    falls:
      "упала, упало, упал, упали, упадет, упадут, падает, падение, падении, снизилась, снизится, снизилось, снизились, снижение, снижении, просела, просядет, просел, просадка, просадке, уменьшилась, уменьшится, сократилась, сократится, drop, drops, dropped, fall, falls, fell, decrease, decreases, decline, declines, goes down, go down, shrinks",
    rises:
      "выросла, выросли, вырастет, вырастут, вырос, растет, рост, росте, увеличилась, увеличится, поднялась, поднимется, подскочила, rise, rises, rose, grow, grows, grew, increase, increases, goes up, go up, jumps",
    "comes-to":
      "перейдет, перейдут, перешла, переходит, перейдёт, дойдет, дойдёт, попадет, встанет, окажется, сменит этап, сменит стадию, изменит этап, поменяет этап, сменится этап, двинется, сдвинется, moves to, move to, moves into, reaches, gets to, enters, goes to, changes stage, changes its stage, changes, is moved, moves",
    appears:
      "появится, появятся, появляется, появляются, появлении, появилось, появился, выйдет, выложат, опубликуют, добавят, загрузят, придет, appears, appear, comes out, come out, is published, are published, is added, are added, gets added, shows up, comes in, arrives",
    fresh: "новый, новая, новую, новое, новые, новых, новом, новому, нового, new, any new",
  },
  cues: [
    [12, "notify", "whenever"],
    [18, "say-it", "say-when", "comes-to"],
    [18, "say-it", "say-when", "appears"],
    [18, "say-it", "say-when", "fresh"],
    [18, "say-it", "say-when", "falls"],
    [18, "say-it", "say-when", "rises"],
    [18, "say-it", "say-when", "state-won"],
    [18, "say-it", "say-when", "state-lost"],
    [11, "notify", "appears"],
    [11, "notify", "falls"],
    [11, "notify", "rises"],
    [11, "notify", "fresh"],
    [11, "notify", "comes-to"],
    [10, "notify", "document"],
    [10, "notify", "#deal"],
    [11, "at-once", "whenever", "falls"],
    [11, "at-once", "whenever", "rises"],
    [11, "at-once", "whenever", "appears"],
    [11, "at-once", "whenever", "comes-to"],
    [9, "whenever", "falls", "percent"],
    [2, "notify", "percent"],
    [-6, "asks-how", "first:asks-how"],
    [-18, "remind"],
    [-12, "task"],
    [-9, "note"],
    [-9, "write-down"],
    [-20, "no-more"],
    [-20, "schedules"],
    [-12, "first:show"],
    [-14, "first:create"],
  ],
  build(clause, memory, prior) {
    const changed = typeof prior.on === "object" ? correction(clause, memory, prior) : undefined;
    if (changed) return { kind: "call", input: changed };
    const on = conditionOf(clause, memory);
    if (on === undefined) return { kind: "ask", question: "askWatch", input: prior };
    return { kind: "call", input: { title: titleOf(clause), on } };
  },
};

const measures = ["cost", "margin", "quantity", "orders", "purchases"] as const;
const usualPercent = 10;
const usualDays = 7;

function conditionOf(clause: Clause, memory: Memory): Input | undefined {
  const measure = measureOf(clause);
  const direction = directionOf(clause);
  if (measure && direction)
    return { event: "metric", measure, direction, percent: percentOf(clause) ?? usualPercent, days: daysOf(clause) ?? usualDays };
  const closed = clause.has("state-won") ? "won" : clause.has("state-lost") ? "lost" : undefined;
  const moves = closed !== undefined || clause.has("comes-to") || clause.has("stage");
  if (clause.has("#deal") || clause.has("#ref:deal") || (clause.has("deal") && moves)) {
    const { client } = clientOf(clause, memory, clause.phrases({ besides: stagePlaces(clause) }));
    const deal = clause.contact("deal") ?? clause.contact("ref") ?? numberOf(clause) ?? client ?? memory.deal;
    return deal === undefined ? undefined : filled({ event: "deal-stage", deal, stage: stageOf(clause) ?? closed });
  }
  if ((clause.has("lead") || clause.has("leads") || clause.has("deal")) && !clause.has("document")) return { event: "new-lead" };
  // «Сообщи, когда Ромашка заплатит», «если остатки упадут»: nothing that can be watched, and no document either.
  const papers = ["document", "paper", "appears", "fresh", "quoted", "subscribed"].some((concept) => clause.has(concept));
  if (direction !== undefined || !(papers || memory.asked === "askWatch")) return undefined;
  const text = subjectOf(clause);
  return text === "" ? undefined : { event: "document", text };
}

/** "Make it 20 %", «лучше маржа», «нет, в договор»: the subscription of a card with what is said changed. */
function correction(clause: Clause, memory: Memory, prior: Input): Input | undefined {
  const on = prior.on as Input;
  const title = String(prior.title);
  const said = titleOf(clause);
  if (on.event === "metric") {
    const percent = percentOf(clause);
    const changed = filled({ ...on, measure: measureOf(clause) ?? on.measure, direction: directionOf(clause) ?? on.direction });
    const input = { ...changed, percent: percent ?? on.percent, days: daysOf(clause) ?? on.days };
    if (JSON.stringify(input) === JSON.stringify(on)) return undefined;
    // Another figure is no longer that of the title.
    if (changed.measure !== on.measure) return { title: said, on: input };
    const renamed = percent === undefined ? title : title.replace(/\d+(?:[.,]\d+)?(?=\s*(?:%|проц|per))/iu, String(percent));
    return { title: (renamed === title ? `${title}, ${said}` : renamed).slice(0, 120), on: input };
  }
  if (on.event === "deal-stage") {
    const places = stagePlaces(clause);
    const moved = places.length > 0 ? stageOf(clause) : /(?:^|\s)(?:в|во|на|to|into|at)\s+(.{2,60}?)[.!?]*$/iu.exec(clause.text)?.[1];
    const deal = clause.contact("deal") ?? numberOf(clause);
    if (moved === undefined && deal === undefined) return undefined;
    const old = typeof on.stage === "string" ? on.stage : undefined;
    const renamed = moved !== undefined && old && title.includes(old) ? title.replace(old, moved) : `${title}, ${said}`;
    return { title: renamed.slice(0, 120), on: filled({ ...on, deal: deal ?? on.deal, stage: moved ?? on.stage }) };
  }
  const fresh = conditionOf(clause, memory);
  return fresh && { title: said, on: fresh };
}

function measureOf(clause: Clause): string | undefined {
  const figure = measures.find(
    (one) => clause.has(`measure:${one}`) && !(one === "purchases" && clause.has("falls") && clause.has("sales")),
  );
  return figure ?? (clause.has("sales") ? "revenue" : undefined);
}

function directionOf(clause: Clause): "falls" | "rises" | undefined {
  return clause.has("falls") ? "falls" : clause.has("rises") ? "rises" : undefined;
}

/** «сделка 1024», in whatever case. */
function numberOf(clause: Clause): string | undefined {
  return /(?:сделк\p{L}*|deal|лид\p{L}*|lead)\s*(?:№|#|no\.?)?\s*(\d{2,12})(?!\p{L})/iu.exec(clause.text)?.[1];
}

/** "10 %", "10 процентов", "10 per cent". */
function percentOf(clause: Clause): number | undefined {
  const match = /(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:%|процент|percent|per cent|pct)/iu.exec(clause.text);
  return match?.[1] === undefined ? undefined : Number(match[1].replace(",", "."));
}

/** A day, a week or a month against the one before. */
function daysOf(clause: Clause): number | undefined {
  if (clause.has("month")) return 30;
  if (clause.has("week")) return 7;
  return clause.has("day") || clause.has("yesterday") ? 1 : undefined;
}

/** The words behind "перейдёт в" or "moves to", up to a mark. */
function stagePlaces(clause: Clause): readonly number[] {
  const moved = clause.find("comes-to");
  if (moved < 0) return [];
  let from = moved;
  while (from < clause.words.length && clause.words[from]?.means.has("comes-to")) from++;
  while (/^(в|во|на|до|к|to|into|the|in|at|этап|этапа|стадию|stage)$/.test(clause.words[from]?.key ?? "")) from++;
  let to = from;
  while (
    to < clause.words.length &&
    !/^[,;.!?]$/.test(clause.words[to]?.text ?? "") &&
    !clause.words[to]?.means.has("notify") &&
    !clause.contactPlaces.has(to)
  )
    to++;
  return Array.from({ length: to - from }, (_, at) => from + at);
}

function stageOf(clause: Clause): string | undefined {
  const places = stagePlaces(clause);
  const [first] = places;
  if (first === undefined || places.every((at) => ["stage", "me", "filler"].some((one) => clause.words[at]?.means.has(one))))
    return undefined;
  return clause.slice(first, (places.at(-1) ?? first) + 1).replace(/\s+(stage|этап)$/iu, "") || undefined;
}

const unsaid = [
  "notify",
  "at-once",
  "whenever",
  "appears",
  "fresh",
  "filler",
  "me",
  "we",
  "hello",
  "asks-when",
  "say-it",
  "say-when",
  "send-again",
  "instead",
];

/** The words a document must hold: those that do not belong to the wish to be told of it. */
function subjectOf(clause: Clause): string {
  const gone = new Set<number>();
  clause.words.forEach((word, at) => {
    if (!word.quoted && unsaid.some((concept) => word.means.has(concept))) gone.add(at);
    if (/^(документ\p{L}*|документац\p{L}*|файл\p{L}*|documents?|files?|docs?)$/u.test(word.key)) gone.add(at);
  });
  for (const [at, word] of clause.words.entries()) {
    const loose = word.means.has("preposition") || word.means.has("and") || word.kind === "mark";
    const behind = clause.words.findIndex((_, next) => next > at && !gone.has(next));
    const before = clause.words.slice(0, at).some((_, one) => !gone.has(one));
    if (loose && (!before || behind < 0)) gone.add(at);
  }
  return clause.without(gone).slice(0, 200);
}

/** What is told, in the person's words: the wish without its "tell me". */
function titleOf(clause: Clause): string {
  const gone = new Set<number>();
  for (const [at, word] of clause.words.entries()) {
    if (
      word.quoted ||
      !["notify", "say-it", "at-once", "me", "we", "filler", "hello", "and", "not", "instead", "elliptic"].some((one) =>
        word.means.has(one),
      ) ||
      word.means.has("fresh")
    ) {
      if (word.kind !== "mark" || word.quoted || /^[«"“]$/.test(word.text)) break;
    }
    gone.add(at);
  }
  return (clause.without(gone) || clause.text).slice(0, 120);
}
