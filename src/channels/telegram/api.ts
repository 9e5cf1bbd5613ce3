import { autoRetry } from "@grammyjs/auto-retry";
import { Api, HttpError, type Transformer } from "grammy";
import type { Metrics } from "../../domain/metrics.js";
import { isRepeatable, saysUnchanged, toError } from "./errors.js";

/** The Bot API as the rest of this folder calls it. */
export interface Telegram {
  readonly api: Api;
  readonly apiRoot: string;
  /** Only for the address of a file; never for a log or an error. */
  readonly token: string;
  /** Runs one call; what it throws is one of Svyaz's errors. `settle` may answer for Telegram's refusal first. */
  readonly call: <T>(method: string, run: () => Promise<T>, settle?: (error: unknown) => Promise<T> | undefined) => Promise<T>;
  /** The text without the token in it, plain or percent-encoded. */
  readonly hide: (text: string) => string;
}

/** Long enough for a 50 MB upload; a call that takes longer counts as lost. */
const callSeconds = 90;
const pausesMs = [300, 1500];

export function openTelegram(token: string, apiRoot: string, metrics: Metrics): Telegram {
  const api = new Api(token, { apiRoot, timeoutSeconds: callSeconds });
  api.config.use(
    counted(metrics),
    repeatedWhereHarmless,
    followingMoves(),
    // Waiting out a 429 repeats a call that did not happen. Lost connections and 5xx are left to `repeatedWhereHarmless`:
    // the plugin would send such a message again.
    autoRetry({ maxRetryAttempts: 3, maxDelaySeconds: 35, rethrowHttpErrors: true, rethrowInternalServerErrors: true }),
  );
  const hide = (text: string) => text.replaceAll(token, "[secret]").replaceAll(encodeURIComponent(token), "[secret]");
  return {
    api,
    apiRoot,
    token,
    hide,
    async call(method, run, settle) {
      try {
        return await run().catch((error: unknown) => {
          const settled = settle?.(error);
          if (settled === undefined) throw error;
          return settled;
        });
      } catch (error) {
        throw toError(error, method, hide);
      }
    },
  };
}

function counted(metrics: Metrics): Transformer {
  const failed = (reason: string) => metrics.count("svyaz_channel_errors_total", { channel: "telegram", reason });
  return async (previous, method, payload, signal) => {
    try {
      const answer = await previous(method, payload, signal);
      if (!answer.ok && answer.error_code === 429) metrics.count("svyaz_channel_limited_total", { channel: "telegram" });
      else if (!answer.ok && !saysUnchanged(answer)) failed(String(answer.error_code));
      return answer;
    } catch (error) {
      if (!signal?.aborted) failed("no-answer");
      throw error;
    }
  };
}

/** Reads and edits again after a lost connection or a 5xx. */
const repeatedWhereHarmless: Transformer = async (previous, method, payload, signal) => {
  for (const pauseMs of method === "getUpdates" ? [] : pausesMs) {
    try {
      const answer = await previous(method, payload, signal);
      if (answer.ok || answer.error_code < 500 || !isRepeatable(method)) return answer;
    } catch (error) {
      if (!(error instanceof HttpError) || !isRepeatable(method) || signal?.aborted) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return previous(method, payload, signal);
};

/**
 * A group that became a supergroup has a new id, told in the refusal of the first call to the old one.
 * Stored addresses keep the old id, so every process learns it anew.
 */
function followingMoves(): Transformer {
  const moved = new Map<string, number>();
  return async (previous, method, payload, signal) => {
    const chat = "chat_id" in payload ? String(payload.chat_id) : undefined;
    if (chat === undefined) return previous(method, payload, signal);
    const now = () => ({ ...payload, chat_id: moved.get(chat) ?? chat });
    const answer = await previous(method, now(), signal);
    const movedTo = answer.ok ? undefined : answer.parameters?.migrate_to_chat_id;
    if (movedTo === undefined) return answer;
    moved.set(chat, movedTo);
    return previous(method, now(), signal);
  };
}
