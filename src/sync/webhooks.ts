import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { AuditLog } from "../domain/audit.js";
import type { Systems } from "../domain/connector.js";
import type { EntityRef } from "../domain/entity.js";
import { NotFound, RequestRefused, SystemUnavailable, TooManyRequests } from "../domain/errors.js";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import type { FieldProtection } from "../domain/mirror.js";
import type { Vault } from "../domain/vault.js";
import type { WebhookRequest } from "../domain/webhook.js";
import { type Database, storableJson } from "../platform/database.js";
import { applyChanges } from "./apply.js";

const standardBytes = 1_000_000;
/** Senders repeat for days. */
const keptMs = 7 * 24 * 3_600_000;
/** A source that sends more than this a second, over ten seconds, is told to wait. */
const perSecond = 50;
const windowMs = 10_000;
/** So many things are read again at once. */
const batch = 50;
/** An answer that waited longer to be stored is asked for again; a shorter wait is made good by what the next run reads twice. */
const staleMs = 60_000;
const mediaTypes = ["application/x-www-form-urlencoded", "application/json"];
/** No vendor's hook nests deeper. */
const deepest = 32;
const keyName = "WEBHOOK_KEY";
const signatureName = "WEBHOOK_SECRET";

const Row = z.object({
  id: z.coerce.string(),
  refs: z.array(z.object({ system: z.string(), kind: z.string(), id: z.string() })),
});

export interface WebhookParts {
  readonly database: Database;
  readonly systems: Systems;
  readonly vault: Vault;
  readonly audit: AuditLog;
  readonly protection: FieldProtection;
  /** Has the system's open deliveries read again soon. */
  readonly wake: (system: string) => Promise<void>;
  /** Told after rows are stored with which something has happened. */
  readonly onEvents: () => Promise<void>;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
}

export interface Webhooks {
  /**
   * Takes one delivery: verified on its raw body, stored before this resolves, and read again behind it. The same delivery twice is
   * one. Throws NotFound for a system that takes none or a wrong key, RequestRefused for a wrong signature or an unreadable body,
   * TooManyRequests for a flood.
   */
  take(system: string, key: string | undefined, request: WebhookRequest): Promise<void>;
  /** Reads again what open deliveries name. What cannot be read stays open. */
  refresh(system: string, signal: AbortSignal): Promise<{ readonly read: number }>;
  /** The address a vendor is to call, with its secret; made at the first asking. */
  address(system: string, publicUrl: string): Promise<string>;
  /** Forgets settled deliveries that nobody repeats any more. */
  purge(): Promise<number>;
}

/** The third door of synchronisation. What a hook says is a hint only: every thing it names is read again with our own rights. */
export function createWebhooks(parts: WebhookParts): Webhooks {
  const { database, systems, vault, audit, protection, metrics, log, now } = parts;
  const arrivals = new Map<string, number[]>();

  async function verify(system: string, key: string | undefined): Promise<void> {
    const secrets = vault.of({ system });
    const [own, signature] = await Promise.all([secrets.get(keyName), secrets.get(signatureName)]);
    if (key === undefined) {
      // Without a key in its address a delivery must bear a signature, which the connector checks.
      if (!signature) throw unknown(system);
      return;
    }
    const given = createHash("sha256").update(key).digest();
    const expected = createHash("sha256")
      .update(own?.reveal() ?? randomBytes(32))
      .digest();
    if (!timingSafeEqual(given, expected) || !own) throw unknown(system);
  }

  function count(system: string): void {
    const at = now().getTime();
    const recent = (arrivals.get(system) ?? []).filter((one) => one > at - windowMs);
    recent.push(at);
    arrivals.set(system, recent);
    if (recent.length > (perSecond * windowMs) / 1000) {
      throw new TooManyRequests(`${system}: too many web hooks at once`, { system, operation: "webhook.take" }, windowMs);
    }
  }

  return {
    async take(system, key, request) {
      // Looked for in the same places whether there is such a system or not: how long it takes tells nobody.
      await verify(system, key);
      const known = systems.configured.find((one) => one.system === system);
      if (!known) throw unknown(system);
      // A small body that unpacks to a large one is nobody's web hook.
      if (!["", "identity"].includes(request.headers["content-encoding"] ?? "")) {
        throw new RequestRefused(`${system}: a packed web hook is not taken`, { system, operation: "webhook.take" });
      }
      const mediaType = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
      if (request.body.byteLength > 0 && !mediaTypes.includes(mediaType)) {
        throw new RequestRefused(`${system}: a web hook is a form or JSON`, { system, operation: "webhook.take" });
      }
      if (mediaType === "application/json" && depthOf(request.body) > deepest) {
        throw new RequestRefused(`${system}: the web hook is nested too deeply`, { system, operation: "webhook.take" });
      }
      if (request.body.byteLength > (known.definition.webhookBytes ?? standardBytes)) {
        throw new RequestRefused(`${system}: the web hook's body is too long`, { system, operation: "webhook.take" });
      }
      const { webhook } = await systems.forSvyaz(system);
      if (!webhook) throw unknown(system);
      const refs = await webhook.read(request);
      // Only what is genuine counts: a stranger cannot use up the sender's share.
      count(system);
      const delivery = idOf(request);
      const { rowCount } = await database.query(
        `insert into webhook_deliveries (system, delivery, refs, received_at, settled_at) values ($1, $2, $3, $4, $5)
         on conflict (system, delivery) do nothing`,
        [system, delivery, storableJson(refs), request.receivedAt, refs.length === 0 ? request.receivedAt : null],
      );
      metrics.count("svyaz_webhooks_total", { system, outcome: rowCount === 0 ? "repeated" : refs.length === 0 ? "empty" : "taken" });
      if (rowCount === 0 || refs.length === 0) return;
      // The row is what counts: whoever looks next finds it.
      await parts.wake(system).catch((error: unknown) => log.warn("a web hook waits for the next look", { system, error }));
    },

    async refresh(system, signal) {
      const opened = await systems.forSvyaz(system);
      let read = 0;
      for (;;) {
        signal.throwIfAborted();
        const { rows } = await database.query(
          "select id, refs from webhook_deliveries where system = $1 and settled_at is null order by id limit $2",
          [system, batch],
        );
        const open = rows.map((row) => Row.parse(row));
        if (open.length === 0) return { read };
        const refs = distinct(open.flatMap((one) => one.refs)).filter(
          (ref) => ref.system === system && opened.sync?.kinds.includes(ref.kind),
        );
        const trace = `webhook-${open[0]?.id}`;
        await audit.during({ name: "webhook.refreshed", actor: "svyaz", trace, payload: { system, things: refs.length } }, async () => {
          const asked = performance.now();
          const changes = refs.length > 0 ? ((await opened.sync?.fetch(refs)) ?? []) : [];
          const { events } = await database.transaction(async (tx) => {
            // Behind the lock: a process that was paused may have got here long after it asked.
            const settled = await tx.query(
              "update webhook_deliveries set settled_at = $2 where id = any($1::bigint[]) and settled_at is null",
              [open.map(({ id }) => id), now()],
            );
            if (settled.rowCount === 0) return { events: 0 };
            if (performance.now() - asked > staleMs) {
              throw new SystemUnavailable(`${system}: what a web hook named was read too long ago`, {
                system,
                operation: "webhook.refresh",
              });
            }
            return applyChanges(tx, changes, now(), undefined, protection);
          });
          if (events > 0) await parts.onEvents();
        });
        read += refs.length;
      }
    },

    async address(system, publicUrl) {
      if (!systems.configured.some((one) => one.system === system)) throw new NotFound(`there is no system ${system}`, { system });
      const key = await vault.of({ system }).update(keyName, async (current) => {
        if (current) return current;
        const made = randomBytes(24).toString("base64url");
        return { reveal: () => made };
      });
      return new URL(`/webhooks/${system}/${key.reveal()}`, publicUrl).href;
    },

    async purge() {
      const { rowCount } = await database.query("delete from webhook_deliveries where settled_at < $1", [
        new Date(now().getTime() - keptMs),
      ]);
      return rowCount;
    },
  };
}

/** The same for a system that is not there, one that takes no hooks, and a wrong key: a stranger learns nothing. */
function unknown(system: string): NotFound {
  return new NotFound(`no web hooks are taken for ${system}`, { system, operation: "webhook.take" });
}

/** The sender's own id of the delivery, where it has one (Standard Webhooks and others); else the digest of what it says. */
function idOf({ headers, body }: WebhookRequest): string {
  const own = headers["webhook-id"] ?? headers["x-event-id"] ?? headers["x-atlassian-webhook-identifier"];
  return own ? `id:${own.slice(0, 200)}` : `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

/** How deep JSON is nested, told from its bytes and before anybody parses them. */
function depthOf(body: Uint8Array): number {
  let depth = 0;
  let deepestYet = 0;
  let quoted = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (quoted) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) quoted = false;
    } else if (byte === 0x22) quoted = true;
    else if (byte === 0x5b || byte === 0x7b) deepestYet = Math.max(deepestYet, ++depth);
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return deepestYet;
}

function distinct(refs: readonly EntityRef[]): readonly EntityRef[] {
  return [...new Map(refs.map((ref) => [`${ref.system}\0${ref.kind}\0${ref.id}`, ref])).values()];
}
