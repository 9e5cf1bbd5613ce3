import { createHmac, randomUUID } from "node:crypto";
import type { WebSocket } from "ws";

type Json = Readonly<Record<string, unknown>>;

/** One event or press on its way to the app. */
export interface Delivery {
  readonly kind: "events_api" | "interactive";
  readonly payload: Json;
  attempts: number;
  /** HTTP statuses in order; for a socket 200 or 0. */
  readonly statuses: number[];
  acknowledged: boolean;
  /** Slack does not try again: it was taken, refused once too often, or is a press. */
  settled: boolean;
}

export interface DeliveryOptions {
  /** How long Slack waits for an acknowledgement; three seconds in the real service. */
  readonly ackMs: number;
  /** Before each of the three repetitions; nothing, a minute and five minutes in the real service. */
  readonly retriesMs: readonly number[];
  readonly signingSecret: string;
  readonly now: () => Date;
}

const mostRetries = 3;

/** Hands events to the app by a socket or by HTTP, waits for each acknowledgement, and repeats events, but never presses. */
export class Deliveries {
  readonly all: Delivery[] = [];
  private readonly sockets = new Set<WebSocket>();
  private readonly waiting = new Map<string, (acknowledged: boolean) => void>();
  private readonly atWork = new Set<Promise<void>>();
  private readonly ready: (() => void)[] = [];
  private url: string | undefined;
  private closed = false;

  constructor(private readonly options: DeliveryOptions) {}

  /** Resolves after the first attempt. */
  add(kind: Delivery["kind"], payload: Json): Promise<Delivery> {
    const delivery: Delivery = { kind, payload, attempts: 0, statuses: [], acknowledged: false, settled: false };
    this.all.push(delivery);
    return new Promise((resolve) => {
      const work = this.deliver(delivery, () => resolve(delivery)).finally(() => this.atWork.delete(work));
      this.atWork.add(work);
    });
  }

  connect(socket: WebSocket): void {
    this.sockets.add(socket);
    socket.on("message", (data: Buffer) => {
      const { envelope_id: id } = JSON.parse(data.toString("utf8")) as { envelope_id: string };
      this.waiting.get(id)?.(true);
    });
    socket.on("close", () => this.sockets.delete(socket));
    socket.send(JSON.stringify({ type: "hello", num_connections: this.sockets.size, connection_info: { app_id: "A0SVYAZAPP" } }));
    for (const go of this.ready.splice(0)) go();
  }

  get connections(): number {
    return this.sockets.size;
  }

  /** The service recycles its connections regularly and says so; or they simply break. */
  disconnect(how: "asked" | "cut"): void {
    for (const socket of this.sockets) {
      if (how === "asked") socket.send(JSON.stringify({ type: "disconnect", reason: "refresh_requested", debug_info: {} }));
      else socket.terminate();
    }
  }

  deliverTo(url: string): void {
    this.url = url;
    for (const go of this.ready.splice(0)) go();
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const go of this.ready.splice(0)) go();
    for (const settle of this.waiting.values()) settle(false);
    for (const socket of this.sockets) socket.terminate();
    await Promise.allSettled(this.atWork);
  }

  sign(body: string, at: Date = this.options.now(), secret = this.options.signingSecret): Record<string, string> {
    const timestamp = String(Math.floor(at.getTime() / 1000));
    const signature = createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex");
    return { "x-slack-request-timestamp": timestamp, "x-slack-signature": `v0=${signature}` };
  }

  private async deliver(delivery: Delivery, afterFirst: () => void): Promise<void> {
    let reason = "";
    while (!this.closed) {
      const { status, stop } = this.url ? await this.post(this.url, delivery, reason) : await this.push(delivery, reason);
      if (this.closed) break;
      delivery.attempts += 1;
      delivery.statuses.push(status);
      delivery.acknowledged = status >= 200 && status < 300;
      delivery.settled = delivery.acknowledged || stop || delivery.kind === "interactive" || delivery.attempts > mostRetries;
      afterFirst();
      if (delivery.settled) break;
      reason = status === 0 ? "timeout" : "http_error";
      await pause(this.options.retriesMs[delivery.attempts - 1] ?? 0);
    }
    afterFirst();
  }

  private async push({ kind, payload, attempts }: Delivery, reason: string): Promise<{ status: number; stop: boolean }> {
    while (this.sockets.size === 0 && !this.url && !this.closed) await new Promise<void>((go) => this.ready.push(go));
    const [socket] = this.sockets;
    if (!socket) return { status: 0, stop: false };
    const id = randomUUID();
    const retry = kind === "events_api" ? { retry_attempt: attempts, retry_reason: reason } : {};
    socket.send(JSON.stringify({ envelope_id: id, type: kind, accepts_response_payload: kind === "interactive", payload, ...retry }));
    const acknowledged = await new Promise<boolean>((resolve) => {
      this.waiting.set(id, resolve);
      setTimeout(resolve, this.options.ackMs, false);
      socket.on("close", () => resolve(false));
    });
    this.waiting.delete(id);
    return { status: acknowledged ? 200 : 0, stop: false };
  }

  private async post(url: string, { kind, payload, attempts }: Delivery, reason: string): Promise<{ status: number; stop: boolean }> {
    const json = JSON.stringify(payload);
    const body = kind === "events_api" ? json : `payload=${encodeURIComponent(json)}`;
    const headers: Record<string, string> = {
      "content-type": kind === "events_api" ? "application/json" : "application/x-www-form-urlencoded",
      ...this.sign(body),
      ...(attempts === 0 ? {} : { "x-slack-retry-num": String(attempts), "x-slack-retry-reason": reason }),
    };
    try {
      const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(this.options.ackMs) });
      await response.arrayBuffer();
      return { status: response.status, stop: response.headers.get("x-slack-no-retry") === "1" };
    } catch {
      return { status: 0, stop: false };
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
