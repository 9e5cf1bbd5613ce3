import { createRunner, createSource, type RunnerHandle } from "@grammyjs/runner";
import type { Log } from "../../domain/log.js";
import type { Telegram } from "./api.js";
import { toError } from "./errors.js";
import { wantedUpdates } from "./updates.js";

/** `keep` resolves once the update is stored (or is none of ours), and throws while it cannot be. */
export type Keep = (update: unknown) => Promise<void>;

const longPollSeconds = 30;
const longestPauseMs = 30_000;

/**
 * Fetches updates through the runner and confirms none that is not stored. The runner's own fetcher moves the offset as soon
 * as updates arrive, so a failed store or a crash would lose them; here the offset is the first update not yet stored, and
 * the next `getUpdates`, which is the confirmation, goes out after the whole batch was tried.
 * Chats are stored side by side, one chat in its order. An update that cannot be stored holds the offset and is offered
 * again after a pause; the others go on meanwhile.
 */
export function startPolling(telegram: Telegram, keep: Keep, log: Log): { stop(): Promise<void> } {
  let offset = 0;
  const stored = new Set<number>();
  const pausesMs = { fetch: 0, store: 0 };
  let stopping = false;
  let wake = () => {};

  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const slower = (what: "fetch" | "store") => {
    pausesMs[what] = Math.min(longestPauseMs, Math.max(250, pausesMs[what] * 2));
  };

  const supply = async (_size: number, signal: Parameters<Telegram["api"]["getUpdates"]>[1]): Promise<Fetched[]> => {
    const pauseMs = Math.max(pausesMs.fetch, pausesMs.store);
    if (pauseMs > 0) await pause(pauseMs);
    if (stopping) return [];
    try {
      const request = { offset, limit: 100, timeout: longPollSeconds, allowed_updates: wantedUpdates };
      const updates = await telegram.api.getUpdates(request, signal);
      pausesMs.fetch = 0;
      return updates;
    } catch (error) {
      if (signal?.aborted) throw error;
      // A second poller (409), a refused token or no network: said each time, and tried again, ever more slowly.
      slower("fetch");
      const failure = toError(error, "getUpdates", telegram.hide);
      log.warn("telegram: updates cannot be fetched", { error: failure.message, code: failure.code, againInMs: pausesMs.fetch });
      return [];
    }
  };

  const handle = async (updates: Fetched[]): Promise<number> => {
    const fresh = updates.filter((update) => !stored.has(update.update_id));
    const failures = await Promise.all(byChat(fresh).map((chat) => storeInOrder(chat)));
    const failed = failures.filter((id) => id !== undefined);
    const last = updates.at(-1);
    if (failed.length > 0) {
      offset = Math.min(...failed);
      slower("store");
    } else if (last) {
      offset = last.update_id + 1;
      pausesMs.store = 0;
    }
    for (const id of stored) if (id < offset) stored.delete(id);
    return Number.POSITIVE_INFINITY;
  };

  /** The first update of the chat that could not be stored. */
  const storeInOrder = async (updates: readonly Fetched[]): Promise<number | undefined> => {
    for (const update of updates) {
      try {
        await keep(update);
        stored.add(update.update_id);
      } catch (error) {
        log.error("telegram: an update could not be stored and is asked for again", {
          update: update.update_id,
          error: telegram.hide(String(error)),
        });
        return update.update_id;
      }
    }
    return undefined;
  };

  const runner: RunnerHandle = createRunner(createSource({ supply }), { handle, size: () => 0, snapshot: () => [] });
  runner.start();

  return {
    async stop() {
      stopping = true;
      wake();
      await runner.stop();
      // Confirms the last batch; without it, it would only come again.
      await telegram.api.getUpdates({ offset, limit: 1, timeout: 0, allowed_updates: wantedUpdates }).catch(() => undefined);
    },
  };
}

type Fetched = Awaited<ReturnType<Telegram["api"]["getUpdates"]>>[number];

function byChat(updates: readonly Fetched[]): readonly (readonly Fetched[])[] {
  const chats = new Map<number, Fetched[]>();
  for (const update of updates) {
    const chat = (update.message ?? update.callback_query?.message ?? update.my_chat_member)?.chat.id ?? 0;
    chats.set(chat, [...(chats.get(chat) ?? []), update]);
  }
  return [...chats.values()];
}
