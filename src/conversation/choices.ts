import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Address, Block, MessageRef, Option } from "../domain/message.js";
import type { Person } from "../domain/people.js";
import { type Database, storableJson } from "../platform/database.js";

const questionMs = 24 * 60 * 60_000;
/** In the place of a person's id; no person is called so. */
export const anybody = "*";

const Row = z.object({
  kind: z.enum(["question", "approval"]),
  person: z.string(),
  address: z.custom<Address>((value) => typeof value === "object" && value !== null),
  options: z.custom<Option[]>(Array.isArray),
  approval: z.string().nullable(),
  sent: z.custom<MessageRef[]>(Array.isArray),
});
const columns = "kind, person, address, options, approval, sent";

export interface KeptChoice {
  readonly kind: "question" | "approval";
  readonly person: string;
  readonly address: Address;
  readonly options: readonly Option[];
  /** What a second person's own button stands for; absent, it is the approval of the same id. */
  readonly approval?: string;
  /** Where it is seen, as far as that is known. */
  readonly sent: readonly MessageRef[];
}

/** What the buttons under a reply stand for. A messenger carries only the id and the option. */
export interface Choices {
  /** Gives every question its id and keeps it; approvals come with theirs. */
  keep(blocks: readonly Block[], person: Person, address: Address): Promise<Block[]>;
  find(id: string): Promise<KeptChoice | undefined>;
  /** A second person's own button of an approval, bound to them and their chat; one a person, however often it is asked for. */
  second(
    approval: { readonly id: string; readonly expiresAt: Date },
    person: Person,
    address: Address,
    options: readonly Option[],
  ): Promise<string>;
  /** A button for whoever may press it in that room: who that is, is decided at the press. Its id. */
  forRoom(options: readonly Option[], address: Address): Promise<string>;
  /** All buttons of an approval: the asker's and those of second persons. */
  ofApproval(approval: string): Promise<readonly KeptChoice[]>;
  placed(id: string, sent: readonly MessageRef[]): Promise<void>;
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
      const { rows } = await database.query(`select ${columns} from choices where id = $1`, [id]);
      return rows[0] && toChoice(rows[0]);
    },

    async second(approval, person, address, options) {
      const { rows } = await database.query<{ id: string }>(
        `insert into choices (id, kind, person, address, options, created_at, expires_at, approval) values ($1, 'approval', $2, $3, $4, $5, $6, $7)
         on conflict (approval, person) where approval is not null do update set address = excluded.address returning id`,
        [
          randomBytes(18).toString("base64url"),
          person.id,
          storableJson(address),
          storableJson(options),
          now(),
          approval.expiresAt,
          approval.id,
        ],
      );
      return rows[0]?.id ?? "";
    },

    async forRoom(options, address) {
      const id = randomBytes(18).toString("base64url");
      const at = now();
      await database.query(
        "insert into choices (id, kind, person, address, options, created_at, expires_at) values ($1, 'question', $2, $3, $4, $5, $6)",
        [id, anybody, storableJson(address), storableJson(options), at, new Date(at.getTime() + questionMs)],
      );
      return id;
    },

    async ofApproval(approval) {
      const { rows } = await database.query(`select ${columns} from choices where kind = 'approval' and (id = $1 or approval = $1)`, [
        approval,
      ]);
      return rows.map(toChoice);
    },

    async placed(id, sent) {
      await database.query("update choices set sent = $2 where id = $1", [id, storableJson(sent)]);
    },

    async use(id, option, person) {
      const { rows } = await database.query(
        `update choices set used_at = $3 where id = $1 and person = $2 and kind = 'question' and used_at is null and expires_at > $3 returning ${columns}`,
        [id, person.id, now()],
      );
      const chosen = rows[0] && Row.parse(rows[0]).options.find((one) => one.id === option);
      return chosen && (chosen.says ?? chosen.label);
    },
  };
}

function toChoice(row: unknown): KeptChoice {
  const { approval, ...choice } = Row.parse(row);
  return { ...choice, approval: approval ?? undefined };
}
