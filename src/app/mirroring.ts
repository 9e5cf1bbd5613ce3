import type { Alerts } from "../domain/alert.js";
import type { Systems } from "../domain/connector.js";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import { variableOf } from "../connectors/kit/define.js";
import { createJobs } from "../platform/jobs.js";
import type { Database } from "../platform/database.js";
import type { Settings } from "../platform/settings.js";
import { createDocumentIndex } from "../search/document-index.js";
import type { createEmbedder } from "../search/embed.js";
import { extractText } from "../search/extract.js";
import { followIndex, type Readout } from "../search/follow.js";
import { defineSyncJobs } from "../sync/jobs.js";
import { linkClients } from "../sync/link.js";
import { createRightsMirror } from "../sync/members.js";
import { createSync } from "../sync/run.js";
import { syncStatus } from "../sync/status.js";
import { createWebhooks } from "../sync/webhooks.js";
import { createHealth } from "../watch/health.js";
import { createStalledCheck } from "../watch/stalled.js";
import { withHealth } from "./standing.js";
import type { Trust } from "./trust.js";

/** As the clock of `sync/jobs.ts` has it. */
const syncEveryMs = 5 * 60_000;

export interface MirroringParts {
  readonly settings: Settings;
  readonly database: Database;
  readonly systems: Systems;
  readonly trust: Pick<Trust, "audit" | "vault" | "protection" | "retention">;
  readonly alerts: Alerts;
  readonly embedder: ReturnType<typeof createEmbedder> | undefined;
  readonly titleOf: (system: string) => string;
  /** Tells people of the events that synchronisation has found. */
  readonly tell: (signal: AbortSignal) => Promise<unknown>;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

export type Mirroring = ReturnType<typeof createMirroring>;

/** Everything that keeps the mirror and the index true to the systems, and says how true they are. */
export function createMirroring(parts: MirroringParts) {
  const { settings, database, systems, alerts, titleOf, metrics, log, now } = parts;
  const { audit, vault, protection, retention } = parts.trust;
  const index = createDocumentIndex({ database, embedder: parts.embedder, log });
  const rights = createRightsMirror({ database, systems, alerts, language: settings.SVYAZ_LANGUAGE, log });
  const jobs = createJobs({ database, metrics, log });
  /** The queue is up: until then nobody can be asked about it. */
  let queueing = false;
  // The rows are what counts: where no queue is up, whoever looks next tells.
  const onEvents = async () => void (await jobs.send("notices", {}).catch(() => undefined));
  const sync = createSync({ database, systems, audit, alerts, language: settings.SVYAZ_LANGUAGE, protection, metrics, log, now, onEvents });
  const wake = async (system: string) => void (await jobs.send("refresh", { system }));
  const webhooks = createWebhooks({ database, systems, vault, audit, protection, wake, onEvents, metrics, log, now });
  const told = { alerts, language: settings.SVYAZ_LANGUAGE, metrics, now };
  const health = createHealth({ ...told, systems, variableOf, timeZone: settings.SVYAZ_TIME_ZONE, log });
  const status = async () => withHealth(await syncStatus(database), await health.latest());
  const lookForStalled = createStalledCheck({ ...told, database, status, titleOf, everyMs: syncEveryMs });

  /** Bytes of a file → Markdown, in a process with limits. */
  const extract = async (file: { readonly bytes: Uint8Array; readonly mediaType?: string; readonly fileName?: string }) => {
    const extracted = await extractText(file);
    return extracted.markdown;
  };

  const readForIndex = async (ref: { readonly system: string; readonly id: string }): Promise<Readout> => {
    const { documents } = await systems.forSvyaz(ref.system);
    if (!documents) return "";
    const { content, card } = await documents.read(ref.id);
    if ("markdown" in content) return content.markdown;
    const { status, markdown } = await extractText({ ...content, fileName: card.title }, { signal: parts.signal });
    return status === "ok" || status === "empty" ? markdown : { unreadable: status };
  };

  /** Links clients that several systems know, and reads what synchronisation stored and search does not know yet. */
  async function follow({
    systems: only,
    signal = parts.signal,
    onDone,
  }: {
    readonly systems?: readonly string[];
    readonly signal?: AbortSignal;
    readonly onDone?: (indexed: number) => void;
  } = {}): Promise<number> {
    await linkClients(database, { now }).catch((error: unknown) => log.warn("linking clients failed", { error }));
    return followIndex({ database, index, log, signal, systems: only, onDone, read: readForIndex });
  }

  const clock = defineSyncJobs({
    jobs,
    sync,
    webhooks,
    follow: (system, signal) => follow({ systems: [system], signal }),
    chores: [
      { name: "rights", run: (signal) => Promise.all([rights.members({ signal }), rights.audiences({ signal })]) },
      { name: "notices", run: (signal) => parts.tell(signal) },
      { name: "purge", run: () => Promise.all([retention.purgeWhenDue(), webhooks.purge()]) },
    ],
    systems,
    timeZone: settings.SVYAZ_TIME_ZONE,
  });

  /** Brings the queue up; with `work` this process also takes jobs and sets the clock. */
  async function startJobs({ work }: { readonly work: boolean }): Promise<void> {
    await jobs.start({ work });
    queueing = true;
    if (work) await clock.schedule(new Date());
  }

  /** Undefined as long as the queue is not up. */
  const deadJobs = async () => (queueing ? (await jobs.dead()).length : undefined);
  const nextRun = () => (queueing ? new Date((Math.floor(now().getTime() / syncEveryMs) + 1) * syncEveryMs) : undefined);

  return { index, rights, jobs, sync, webhooks, health, status, lookForStalled, extract, follow, startJobs, deadJobs, nextRun };
}
