import { createHash } from "node:crypto";
import type { Access } from "../domain/access.js";
import type { AuditLog } from "../domain/audit.js";
import type { Systems } from "../domain/connector.js";
import type { DocumentIndex, IndexQuery } from "../domain/document-index.js";
import type { EntityRef } from "../domain/entity.js";
import { NotFound } from "../domain/errors.js";
import type { Address } from "../domain/message.js";
import type { Mirror, SystemStatus } from "../domain/mirror.js";
import type { Language, Person } from "../domain/people.js";
import type { Schedules } from "../domain/schedule.js";
import type { Turn } from "../domain/tool.js";

export interface ContextParts {
  readonly systems: Systems;
  readonly access: Access;
  readonly audit: Pick<AuditLog, "during">;
  readonly index: DocumentIndex;
  readonly mirror: (person: Person) => Mirror;
  readonly schedules: Schedules;
  readonly status: () => Promise<readonly SystemStatus[]>;
  /** Bytes of a document → Markdown, in a worker with limits. */
  readonly extract: (file: { readonly bytes: Uint8Array; readonly mediaType: string; readonly fileName: string }) => Promise<string>;
  readonly now: () => Date;
}

export interface TurnRequest {
  readonly id: string;
  readonly person: Person;
  readonly actor: string;
  readonly language: Language;
  readonly address: Address;
  readonly signal: AbortSignal;
  readonly progress?: (text: string) => void;
}

/** Makes the Turn: everything a tool may use, in the person's name. Nothing is opened until it is asked for. */
export function createTurnFactory(parts: ContextParts): (request: TurnRequest) => Turn {
  const { systems, access, audit, index, now } = parts;
  return ({ id, person, actor, language, address, signal, progress }) => {
    const call = { trace: id, actor, signal };
    const turn: Turn = {
      id,
      person,
      actor,
      language,
      address,
      signal,
      now,
      mirror: parts.mirror(person),
      schedules: parts.schedules,
      status: parts.status,
      progress: progress ?? (() => {}),
      systems: (family) => systems.for(person, family, call),

      async system(family, system) {
        const { ready, missing } = await systems.for(person, family, call);
        const found = ready.find((one) => one.system === system);
        if (found) return found;
        const failed = missing.find((one) => one.system === system);
        throw failed?.error ?? new NotFound(`${system}: no such system for ${family}`, { system, operation: `${family}.open` });
      },

      async search(query) {
        const readable = await readableSystems(person);
        const wanted = query.systems ? readable.filter((system) => query.systems?.includes(system)) : readable;
        if (wanted.length === 0) return [];
        const given = createHash("sha256").update(query.text).digest("hex").slice(0, 16);
        const wish: IndexQuery = {
          ...query,
          systems: wanted,
          person,
          readable: async (refs) => {
            const { ready } = await systems.for(person, "documents", call);
            const asked = ready.map(async ({ system, documents }) => {
              const here = refs.filter((ref) => ref.system === system);
              const open = here.length > 0 ? new Set(await documents.readable(here.map((ref) => ref.id))) : new Set<string>();
              return here.filter((ref) => open.has(ref.id));
            });
            // A system that does not say stays hidden.
            return (await Promise.allSettled(asked)).flatMap((result) => (result.status === "fulfilled" ? result.value : []));
          },
        };
        return audit.during({ name: "index.searched", actor, trace: id, payload: { systems: wanted, given } }, () => index.search(wish));
      },

      async read(ref) {
        const { ready, missing } = await systems.for(person, "documents", call);
        const system = ready.find((one) => one.system === ref.system);
        if (!system) {
          const indexed = (await readableSystems(person)).includes(ref.system) ? await readIndexed(ref) : undefined;
          if (indexed !== undefined) return indexed;
          throw (
            missing.find((one) => one.system === ref.system)?.error ??
            new NotFound(`${ref.system}:${ref.id} is not there`, { system: ref.system, operation: "documents.read" })
          );
        }
        const { content, card } = await system.documents.read(ref.id);
        if ("markdown" in content) return content.markdown;
        return parts.extract({ ...content, fileName: card.title });
      },
    };
    return turn;

    function readIndexed(ref: EntityRef): Promise<string | undefined> {
      return audit.during({ name: "index.read", actor, trace: id, subject: ref }, () => index.read(ref, person));
    }

    async function readableSystems(reader: Person): Promise<string[]> {
      const names = [...new Set([...systems.configured.map(({ system }) => system), "files"])];
      const rulings = await Promise.all(names.map((system) => access.decide(reader, { system, family: "documents", verb: "read" })));
      return names.filter((_, at) => rulings[at]?.effect === "allow");
    }
  };
}
