import type { EntityRef } from "./entity.js";

export interface WebhookRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly receivedAt: Date;
}

export interface WebhookSource {
  /** Checks the signature first and throws RequestRefused. What it names is a hint only: `SyncSource.fetch` reads the truth. */
  read(request: WebhookRequest): Promise<readonly EntityRef[]>;
  register?(url: string): Promise<void>;
  list?(): Promise<readonly { readonly id: string; readonly url: string }[]>;
  remove?(id: string): Promise<void>;
}
