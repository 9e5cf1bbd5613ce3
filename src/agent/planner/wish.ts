import { cancelSchedule } from "./intents/cancel-schedule.js";
import { createTask } from "./intents/create-task.js";
import { scheduleReport } from "./intents/schedule-report.js";
import { subscribe } from "./intents/subscribe.js";
import { trade } from "./vocabulary.js";
import { Lexicon, readWords, type Vocabulary } from "./words.js";

const concepts = ["create", "move", "new", "task", "note"] as const;
const words: Vocabulary = Object.fromEntries([
  ...concepts.map((concept) => [concept, trade[concept] ?? ""] as const),
  ...Object.entries(createTask.vocabulary ?? {}),
  ...["send-again", "recurs", "by-the-clock"].map((concept) => [concept, scheduleReport.vocabulary[concept] ?? ""] as const),
  ...["notify", "comes-to", "appears"].map((concept) => [concept, subscribe.vocabulary[concept] ?? ""] as const),
  ["no-more", cancelSchedule.vocabulary["no-more"] ?? ""],
  ["stop-it", cancelSchedule.vocabulary["stop-it"] ?? ""],
]);
const lexicon = new Lexicon([words], []);

/** A shorter message goes on with what was asked before: "да", "давай на 75", "yes please". */
const shortWords = 4;

/**
 * Whether the person's own words ask for something to be written. Only they can: what a document or a record says cannot.
 * Rather too often yes than no: what is written still waits for its card.
 */
export function wishesToWrite(text: string, before = ""): boolean {
  const asks = (one: string) => readWords(one, lexicon).some(({ means }) => means.size > 0);
  return asks(text) || (text.trim().split(/\s+/u).length <= shortWords && asks(before));
}
