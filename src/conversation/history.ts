import { z } from "zod";
import type { Exchange, ToolCallRecord } from "../domain/assistant.js";
import type { Address } from "../domain/message.js";
import type { Person } from "../domain/people.js";
import { type Database, storableJson } from "../platform/database.js";
import { chatKey, roomKey } from "./chat.js";

/** What a model carries of the past, so that turn 200 costs as turn 2: at most so many exchanges and characters. */
const windowExchanges = 10;
const windowCharacters = 12_000;
const keptFacts = 600;
/** A new root of a direct chat goes on where the last one stopped, for this long. */
const carryMs = 30 * 60_000;

const Row = z.object({ asked: z.string(), calls: z.custom<ToolCallRecord[]>(Array.isArray), answered: z.string(), at: z.date() });

export interface History {
  /** The newest exchanges of this person in this chat, oldest first. */
  window(person: Person, address: Address, isPrivate: boolean): Promise<readonly Exchange[]>;
  append(person: Person, address: Address, trace: string, exchange: Exchange): Promise<void>;
}

export function createHistory({ database, now }: { readonly database: Database; readonly now: () => Date }): History {
  const newest = async (person: Person, column: "chat" | "room", key: string, since?: Date): Promise<Exchange[]> => {
    const { rows } = await database.query(
      `select asked, calls, answered, at from exchanges where person = $1 and ${column} = $2 and at >= $3 order by id desc limit ${windowExchanges}`,
      [person.id, key, since ?? new Date(0)],
    );
    return rows.map((row) => Row.parse(row));
  };

  return {
    async window(person, address, isPrivate) {
      let exchanges = await newest(person, "chat", chatKey(address));
      if (exchanges.length === 0 && isPrivate && address.thread) {
        exchanges = await newest(person, "room", roomKey(address), new Date(now().getTime() - carryMs));
      }
      const kept: Exchange[] = [];
      let characters = 0;
      for (const exchange of exchanges) {
        characters += exchange.asked.length + exchange.answered.length + exchange.calls.reduce((sum, { facts }) => sum + facts.length, 0);
        if (kept.length > 0 && characters > windowCharacters) break;
        kept.unshift(exchange);
      }
      return kept;
    },

    async append(person, address, trace, exchange) {
      const calls = exchange.calls.map((call) => ({ ...call, facts: call.facts.slice(0, keptFacts) }));
      await database.query(
        "insert into exchanges (person, chat, room, trace, asked, calls, answered, at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
          person.id,
          chatKey(address),
          roomKey(address),
          trace,
          exchange.asked.slice(0, 4_000),
          storableJson(calls),
          exchange.answered.slice(0, 4_000),
          exchange.at,
        ],
      );
    },
  };
}
