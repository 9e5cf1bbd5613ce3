import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Address, Block, Option } from "../domain/message.js";
import type { Person } from "../domain/people.js";
import { type Database, storableJson } from "../platform/database.js";

const questionMs = 24 * 60 * 60_000;

const Row = z.object({
  kind: z.enum(["question", "approval"]),
  person: z.string(),
  address: z.custom<Address>((value) => typeof value === "object" && value !== null),
  options: z.custom<Option[]>(Array.isArray),
  expires_at: z.date(),
  used_at: z.date().nullable(),
});

export interface KeptChoice {
  readonly kind: "question" | "approval";
  readonly person: string;
  readonly address: Address;
  readonly options: readonly Option[];
}

/** What the buttons under a reply stand for. A messenger carries only the id and the option. */
export interface Choices {
  /** Gives every question its id and keeps it; approvals come with theirs. */
  keep(blocks: readonly Block[], person: Person, address: Address): Promise<Block[]>;
  find(id: string): Promise<KeptChoice | undefined>;
  /** The pressed question's words, once, for the one who was asked. */
  use(id: string, option: string, person: Person): Promise<string | undefined>;
}

export function createChoices({ database, now }: { readonly database: Database; readonly now: () => Date }): Choices {
  return {
    keep: (blocks, person, address) =>
      Promise.all(
        blocks.map(async (block) => {
          if (block.kind !== "choice") return block;
          const kind = block.id === "" ? "question" : "approval";
          const id = block.id || randomBytes(18).toString("base64url");
          const at = now();
          await database.query(
            "insert into choices (id, kind, person, address, options, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing",
            [
              id,
              kind,
              person.id,
              storableJson(address),
              storableJson(block.options),
              at,
              block.expiresAt ?? new Date(at.getTime() + questionMs),
            ],
          );
          return { ...block, id };
        }),
      ),

    async find(id) {
      const { rows } = await database.query("select kind, person, address, options, expires_at, used_at from choices where id = $1", [id]);
      return rows[0] && Row.parse(rows[0]);
    },

    async use(id, option, person) {
      const { rows } = await database.query(
        "update choices set used_at = $3 where id = $1 and person = $2 and kind = 'question' and used_at is null and expires_at > $3 returning kind, person, address, options, expires_at, used_at",
        [id, person.id, now()],
      );
      const chosen = rows[0] && Row.parse(rows[0]).options.find((one) => one.id === option);
      return chosen && (chosen.says ?? chosen.label);
    },
  };
}
