import { createHmac, timingSafeEqual } from "node:crypto";
import type { Receiver } from "@slack/bolt";
import { SettingsInvalid } from "../../domain/errors.js";
import type { Log } from "../../domain/log.js";
import type { WebhookRequest } from "../../domain/webhook.js";
import type { Dispatch } from "./dispatch.js";

/** What Slack's call is answered with. */
export interface WebhookAnswer {
  readonly status: number;
  /** Plain text. */
  readonly body?: string;
}

/** Answers one call of Slack. Events and presses come to the same address. */
export type WebhookHandler = (request: WebhookRequest) => Promise<WebhookAnswer>;

const oldestSeconds = 5 * 60;

/**
 * Receives by HTTP. The signature over the raw body is checked before a byte of it is read, and 200 is said only once the event
 * is stored: on anything else Slack delivers it again. Presses are not repeated; the person sees a mark and presses again.
 */
export function createWebhookReceiver(
  signingSecret: string,
  register: (handler: WebhookHandler) => void,
  dispatch: () => Dispatch,
  now: () => Date,
  log: Log,
): Receiver {
  if (!/^\S{16,}$/.test(signingSecret)) throw new SettingsInvalid("slack: the signing secret must be at least 16 characters");
  const storing = new Set<Promise<unknown>>();
  let open = true;

  const handle: WebhookHandler = async ({ method, headers, body }) => {
    if (!isSigned(signingSecret, headers, body, now())) return { status: 401 };
    if (method !== "POST") return { status: 405 };
    const parsed = parse(headers["content-type"] ?? "", Buffer.from(body).toString("utf8"));
    if (parsed === undefined) return { status: 400 };
    // Slack proves an address once, when it is entered.
    if (parsed.type === "url_verification") return { status: 200, body: String(parsed.challenge) };
    const number = Number(headers["x-slack-retry-num"] ?? 0);
    try {
      await dispatch()(parsed, { number, reason: headers["x-slack-retry-reason"] });
      return { status: 200 };
    } catch (error) {
      log.error("slack: an event could not be stored and will be delivered again", { error: String(error) });
      return { status: 503 };
    }
  };

  return {
    init() {},

    async start() {
      register((request) => {
        const answer = open ? handle(request) : Promise.resolve({ status: 503 });
        storing.add(answer);
        return answer.finally(() => storing.delete(answer));
      });
    },

    async stop() {
      open = false;
      await Promise.allSettled(storing);
    },
  };
}

/** docs.slack.dev, "Verifying requests from Slack": HMAC-SHA256 over `v0:timestamp:body`, not older or newer than five minutes. */
export function isSigned(secret: string, headers: WebhookRequest["headers"], body: Uint8Array, now: Date): boolean {
  const timestamp = headers["x-slack-request-timestamp"] ?? "";
  const signature = /^v0=([0-9a-f]{64})$/.exec(headers["x-slack-signature"] ?? "")?.[1];
  const isFresh = /^\d{1,12}$/.test(timestamp) && Math.abs(now.getTime() / 1000 - Number(timestamp)) <= oldestSeconds;
  const expected = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest();
  // Compared in any case, so that the time tells nothing.
  return timingSafeEqual(Buffer.from(signature ?? "0".repeat(64), "hex"), expected) && signature !== undefined && isFresh;
}

function parse(contentType: string, body: string): Record<string, unknown> | undefined {
  const json = contentType.startsWith("application/x-www-form-urlencoded") ? (new URLSearchParams(body).get("payload") ?? "") : body;
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
