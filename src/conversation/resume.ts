import type { InboxEvent, IncomingMessage } from "../domain/message.js";
import type { Person } from "../domain/people.js";
import { type Database, storableJson } from "../platform/database.js";
import { chatKey } from "./chat.js";

/** A question older than this is asked again by the person, if it still matters. */
const waitMs = 15 * 60_000;

/** Questions that wait for their asker to sign in somewhere: one a chat, the last. */
export interface InterruptedQuestions {
  keep(person: Person, message: IncomingMessage, systems: readonly string[]): Promise<void>;
  /** Takes the newest question that waited for this system, as a new event with the same words. It is given out once. */
  take(person: string, system: string): Promise<InboxEvent | undefined>;
}

export function createInterruptedQuestions({
  database,
  now,
}: {
  readonly database: Database;
  readonly now: () => Date;
}): InterruptedQuestions {
  return {
    async keep(person, message, systems) {
      await database.query(
        `insert into interrupted_questions (chat, person, systems, message, at) values ($1, $2, $3, $4, $5)
         on conflict (chat) do update set person = $2, systems = $3, message = $4, at = $5`,
        [chatKey(message.address), person.id, systems, storableJson(message), now()],
      );
    },

    async take(person, system) {
      const { rows } = await database.query<{ message: IncomingMessage; at: Date }>(
        "delete from interrupted_questions where person = $1 and $2 = any(systems) returning message, at",
        [person, system],
      );
      const [newest] = rows.toSorted((a, b) => b.at.getTime() - a.at.getTime());
      if (!newest || now().getTime() - newest.at.getTime() > waitMs) return undefined;
      // The id follows from the first one's, so that a repeated callback asks nothing twice.
      return { ...newest.message, id: `resumed:${newest.message.id}`, receivedAt: now() };
    },
  };
}
