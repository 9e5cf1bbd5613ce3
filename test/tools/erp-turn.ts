import type { ErpConnector } from "../../src/domain/erp.js";
import { SvyazError, SystemUnavailable } from "../../src/domain/errors.js";
import type { Family } from "../../src/domain/access.js";
import type { Found } from "../../src/domain/connector.js";
import type { Listing } from "../../src/domain/listing.js";
import type { Block } from "../../src/domain/message.js";
import type { Language } from "../../src/domain/people.js";
import type { ToolAnswer, Turn } from "../../src/domain/tool.js";

export const now = () => new Date("2026-11-20T09:00:00.000Z");

export interface Stand {
  readonly system: string;
  readonly title: string;
  readonly erp: ErpConnector;
}

/** A turn of the manager's with these ERPs, and the errors of those that did not open. */
export function turnWith(
  stands: readonly Stand[],
  { language = "ru", failed = [] }: { language?: Language; failed?: readonly SvyazError[] } = {},
): Turn {
  const none = <T>(): Listing<T> => ({ page: async () => ({ items: [] }), async *[Symbol.asyncIterator]() {} });
  return {
    id: "turn-1",
    actor: "boris",
    person: { id: "boris", name: "Борис", language, timeZone: "Europe/Moscow", roles: ["manager"], principals: [] },
    language,
    address: { channel: "terminal", chat: "1" },
    systems: async <F extends Family>() =>
      ({
        ready: stands.map((stand) => ({ ...stand, check: async () => {} })),
        missing: failed.map((error) => ({ system: error.system ?? "", error })),
      }) as unknown as Found<F>,
    system: async () => {
      throw new SystemUnavailable("not asked for");
    },
    search: async () => [],
    read: async () => "",
    mirror: { same: async () => [], related: () => none(), whole: async () => [] },
    schedules: { add: async () => ({ id: "" }), list: () => none(), cancel: async () => {} } as unknown as Turn["schedules"],
    status: async () => [],
    now,
    signal: new AbortController().signal,
    progress() {},
  };
}

/** The block of a kind; a test that finds none fails. */
export function block<K extends Block["kind"]>(answer: ToolAnswer, kind: K, at = 0): Extract<Block, { kind: K }> {
  const found = (answer.forPerson ?? []).filter((one): one is Extract<Block, { kind: K }> => one.kind === kind)[at];
  if (!found) throw new Error(`no ${kind} in the answer: ${answer.forModel}`);
  return found;
}
