import { type Logger, LogLevel } from "@slack/bolt";
import { WebClient, type WebClientOptions } from "@slack/web-api";
import type { z } from "zod";
import { AnswerUnexpected, OutcomeUnknown } from "../../domain/errors.js";
import type { Log } from "../../domain/log.js";
import type { Metrics } from "../../domain/metrics.js";
import { codeOf, isRepeatable, pauseBefore, toError } from "./errors.js";

/** The Web API as the rest of this folder calls it. */
export interface Slack {
  /** Where it lives; files are taken from and brought to Slack's file host or this one, and nowhere else. */
  readonly apiUrl: string;
  /** Only for downloads; never for a log or an error. */
  readonly token: string;
  /**
   * Runs one method and checks its answer; what it throws is one of Svyaz's errors. Waits out a 429 of up to 35 s three times;
   * after a lost connection or a 5xx only what nobody sees twice is repeated. `settle` may answer for Slack's refusal first.
   */
  call<T>(
    method: string,
    fields: Readonly<Record<string, unknown>>,
    answer: z.ZodType<T>,
    settle?: (error: unknown) => Promise<T> | undefined,
  ): Promise<T>;
  /** The text without any of the tokens in it. */
  readonly hide: (text: string) => string;
}

/** A call that takes longer counts as lost. */
const callMs = 30_000;

/** The library's own repeating is off: it would send a message again after a lost connection. */
export function clientOptions(apiUrl: string, logger: Logger): WebClientOptions {
  return { slackApiUrl: apiUrl, logger, timeout: callMs, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
}

export function openSlack(token: string, apiUrl: string, logger: Logger, metrics: Metrics, hide: Slack["hide"]): Slack {
  const client = new WebClient(token, clientOptions(apiUrl, logger));

  return {
    apiUrl,
    token,
    hide,
    async call(method, fields, answer, settle) {
      const raw = await run(method, fields, settle);
      if ("settled" in raw) return raw.settled;
      const { success, data, error } = answer.safeParse(raw.answer);
      if (success) return data;
      const problems = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
      const details = { system: "slack", operation: method };
      // What was sent stands there, even if the answer does not say under which name.
      if (!isRepeatable(method)) throw new OutcomeUnknown(`slack: ${method}: the answer cannot be read (${problems})`, details);
      throw new AnswerUnexpected(`slack: ${method}: ${problems}`, details);
    },
  };

  async function run<T>(
    method: string,
    fields: Readonly<Record<string, unknown>>,
    settle: ((error: unknown) => Promise<T> | undefined) | undefined,
  ): Promise<{ readonly answer: unknown } | { readonly settled: T }> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return { answer: await client.apiCall(method, { ...fields }) };
      } catch (error) {
        const code = codeOf(error);
        if (code === "ratelimited") metrics.count("svyaz_channel_limited_total", { channel: "slack" });
        const settled = settle?.(error);
        if (settled !== undefined) return { settled: await settled };
        if (code !== "ratelimited") metrics.count("svyaz_channel_errors_total", { channel: "slack", reason: code });
        const pauseMs = pauseBefore(error, method, attempt);
        if (pauseMs === undefined) throw toError(error, method, hide);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  }
}

/** What the libraries say, in our log: their debug lines hold whole messages and are dropped. */
export function asLogger(log: Log, hide: Slack["hide"]): Logger {
  const said = (parts: readonly unknown[]) => hide(`slack: ${parts.map(String).join(" ")}`);
  return {
    debug: () => {},
    info: (...parts) => log.debug(said(parts)),
    warn: (...parts) => log.warn(said(parts)),
    error: (...parts) => log.warn(said(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}
