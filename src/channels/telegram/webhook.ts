import { createHash, timingSafeEqual } from "node:crypto";
import { SettingsInvalid } from "../../domain/errors.js";
import type { Log } from "../../domain/log.js";
import type { WebhookRequest } from "../../domain/webhook.js";
import type { Keep } from "./polling.js";

/** Answers one call of Telegram with an HTTP status. */
export type WebhookHandler = (request: WebhookRequest) => Promise<{ readonly status: number }>;

/**
 * Receives updates by HTTP. The secret is compared in constant time before a byte of the body is read, and 200 is said only
 * once the update is stored: on anything else Telegram delivers it again.
 */
export function createWebhook(secretToken: string, keep: Keep, log: Log, hide: (text: string) => string): WebhookHandler {
  if (!/^[\w-]{16,256}$/.test(secretToken))
    throw new SettingsInvalid("telegram: the web hook's secret must be 16 to 256 of A-Z a-z 0-9 _ -");
  const expected = digest(secretToken);
  return async ({ method, headers, body }) => {
    if (!timingSafeEqual(digest(headers["x-telegram-bot-api-secret-token"] ?? ""), expected)) return { status: 401 };
    if (method !== "POST") return { status: 405 };
    let update: unknown;
    try {
      update = JSON.parse(Buffer.from(body).toString("utf8"));
    } catch {
      return { status: 400 };
    }
    try {
      await keep(update);
      return { status: 200 };
    } catch (error) {
      log.error("telegram: an update could not be stored and will be delivered again", { error: hide(String(error)) });
      return { status: 503 };
    }
  };
}

/** Digests have one length, so that the comparison tells nothing of the secret's. */
function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
