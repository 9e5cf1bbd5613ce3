import { Clause } from "../../../src/agent/planner/clause.js";
import { findContacts } from "../../../src/agent/planner/contacts.js";
import { knownWords } from "../../../src/agent/planner/grammar.js";
import { clean, readWords } from "../../../src/agent/planner/words.js";

/** Friday, 20 November 2026, noon in Moscow. */
export const now = { today: "2026-11-20", minutes: 12 * 60 };

/** A message as the grammars see it. */
export function said(message: string, at = now): Clause {
  const text = clean(message);
  return new Clause(readWords(text, knownWords()), text, findContacts(text), at);
}
