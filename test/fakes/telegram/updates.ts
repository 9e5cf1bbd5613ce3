import type { ServerResponse } from "node:http";
import { Refusal } from "./refusal.js";

export type FakeUpdate = { readonly update_id: number } & Readonly<Record<string, unknown>>;

/** Updates on their way to the bot: kept until confirmed by an offset, or until the webhook has answered 2xx. */
export class UpdateQueue {
  readonly waiting: FakeUpdate[] = [];
  private next = 500;
  private allowed: readonly string[] | undefined;
  private poll: { readonly end: () => void; readonly conflict: () => void } | undefined;
  private webhook: { readonly url: string; readonly secret?: string } | undefined;
  private delivering = false;
  private closed = false;
  /** Statuses the webhook answered with, in order. */
  readonly statuses: number[] = [];

  add(kind: string, content: unknown): number {
    const id = this.next;
    this.next += 1;
    if (this.allowed && !this.allowed.includes(kind)) return id;
    this.waiting.push({ update_id: id, [kind]: content });
    this.poll?.end();
    void this.deliver();
    return id;
  }

  getUpdates(fields: Readonly<Record<string, unknown>>, response: ServerResponse): Promise<readonly FakeUpdate[]> {
    if (this.webhook)
      throw new Refusal(
        409,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    const { offset = 0, limit = 100, timeout = 0, allowed_updates: allowed } = fields as Record<string, number | undefined>;
    if (limit < 1 || limit > 100 || timeout > 50) throw new Refusal(400, "Bad Request: wrong limit or timeout");
    if (Array.isArray(allowed)) this.allowed = allowed as string[];
    this.poll?.conflict();
    while (this.waiting[0] && this.waiting[0].update_id < offset) this.waiting.shift();
    const ready = () => this.waiting.slice(0, limit);
    if (ready().length > 0 || timeout === 0) return Promise.resolve(ready());
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => () => {
        clearTimeout(timer);
        if (this.poll === mine) this.poll = undefined;
        act();
      };
      const end = settle(() => resolve(ready()));
      const timer = setTimeout(end, timeout * 1000);
      const conflict = settle(() =>
        reject(new Refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")),
      );
      const mine = { end, conflict };
      this.poll = mine;
      response.on("close", end);
    });
  }

  setWebhook({ url, secret_token: secret, allowed_updates: allowed }: Readonly<Record<string, unknown>>): true {
    if (typeof url !== "string" || !/^https:\/\/|^http:\/\/127\.0\.0\.1:/.test(url)) {
      throw new Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook");
    }
    if (secret !== undefined && !(typeof secret === "string" && /^[\w-]{1,256}$/.test(secret))) {
      throw new Refusal(400, "Bad Request: secret token contains unallowed characters");
    }
    if (Array.isArray(allowed)) this.allowed = allowed as string[];
    this.webhook = { url, secret };
    void this.deliver();
    return true;
  }

  deleteWebhook(): true {
    this.webhook = undefined;
    return true;
  }

  close(): void {
    this.closed = true;
    this.poll?.end();
  }

  /** In order, one at a time, again and again until the bot says 2xx. */
  private async deliver(): Promise<void> {
    if (this.delivering || !this.webhook) return;
    this.delivering = true;
    while (this.waiting[0] && this.webhook && !this.closed) {
      const { url, secret } = this.webhook;
      const headers: Record<string, string> = { "content-type": "application/json" };
      if (secret) headers["x-telegram-bot-api-secret-token"] = secret;
      const status = await fetch(url, { method: "POST", headers, body: JSON.stringify(this.waiting[0]) }).then(
        (response) => response.status,
        () => 0,
      );
      this.statuses.push(status);
      if (status >= 200 && status < 300) this.waiting.shift();
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.delivering = false;
  }
}
