import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { createAssistant } from "./agent/assistant.js";
import { createModel } from "./agent/model.js";
import { createPlanner } from "./agent/planner/index.js";
import { createToolset } from "./agent/toolset.js";
import { createTerminal, type Terminal } from "./channels/terminal/index.js";
import * as connectorFolders from "./connectors/index.js";
import { readInstances } from "./connectors/kit/define.js";
import { createSystems } from "./connectors/kit/systems.js";
import type { ChatCommand } from "./conversation/commands.js";
import { createChoices } from "./conversation/choices.js";
import { createTurnFactory, noSchedules } from "./conversation/context.js";
import { createDecisions, type Decisions } from "./conversation/decisions.js";
import { createHistory } from "./conversation/history.js";
import { createInbox, type RunningInbox } from "./conversation/inbox.js";
import { createTurns } from "./conversation/turn.js";
import type { Alerts } from "./domain/alert.js";
import type { Assistant } from "./domain/assistant.js";
import type { Channel } from "./domain/channel.js";
import type { ConnectorDefinition, Systems } from "./domain/connector.js";
import type { DocumentIndex } from "./domain/document-index.js";
import type { Log } from "./domain/log.js";
import type { SystemStatus } from "./domain/mirror.js";
import type { Metrics } from "./domain/metrics.js";
import type { ChartSpec } from "./domain/numbers.js";
import type { AgentTool, Turn, WriteTool } from "./domain/tool.js";
import { createAccess } from "./guard/access.js";
import { createApprovals } from "./guard/approvals.js";
import { type AuditService, createAuditLog } from "./guard/audit.js";
import { createPeople, type People } from "./guard/people.js";
import { createSealer } from "./guard/sealer.js";
import { createEnvironmentVault } from "./guard/vault.js";
import { createDatabase, type Database } from "./platform/database.js";
import { migrate } from "./platform/migrate.js";
import { createServer, type Server } from "./platform/server.js";
import { type Problem, type Settings, settingsError } from "./platform/settings.js";
import { renderChart } from "./reports/chart.js";
import { type Sandbox, startSandbox } from "./sandbox/index.js";
import { createDocumentIndex } from "./search/document-index.js";
import { createEmbedder } from "./search/embed.js";
import { closeExtraction, extractText } from "./search/extract.js";
import { followIndex } from "./search/follow.js";
import { createMirror } from "./sync/mirror.js";
import { createSync, type Sync } from "./sync/run.js";
import { syncStatus } from "./sync/status.js";
import { texts } from "./text/texts.js";
import { channelWords } from "./text/wordings.js";
import * as toolFiles from "./tools/index.js";
import { createHealth, type Health } from "./watch/health.js";
import { createMetrics } from "./watch/metrics.js";

const syncEveryMs = 5 * 60_000;
const recoverEveryMs = 5_000;
const checkEveryMs = 60_000;
const firstSyncAfterMs = 5_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** What a test puts in the place of the real thing. */
export interface Replacements {
  readonly database?: Database;
  readonly model?: BaseChatModel;
  readonly channels?: readonly Channel[];
  readonly tools?: readonly AgentTool[];
  readonly failpoint?: (name: string) => void;
  /** Other waits than a person would bear in a test. */
  readonly httpTimeoutMs?: number;
}

/** Every part, put together and ready to start. */
export interface App {
  readonly settings: Settings;
  readonly data: string;
  readonly log: Log;
  readonly database: Database;
  readonly people: People;
  readonly audit: AuditService;
  readonly systems: Systems;
  readonly decisions: Decisions;
  readonly inbox: RunningInbox;
  readonly terminal: Terminal;
  readonly index: DocumentIndex;
  readonly metrics: Metrics;
  readonly assistant: Assistant;
  readonly sync: Sync;
  readonly sandbox?: Sandbox;
  readonly channels: readonly Channel[];
  /** Hosts that links in answers may lead to. */
  readonly linkHosts: readonly string[];
  /** Absent where the planner answers. */
  readonly model?: BaseChatModel;
  readonly now: () => Date;
  status(): Promise<readonly SystemStatus[]>;
  /** Reads what synchronisation stored and search does not know yet. */
  follow(options?: {
    readonly systems?: readonly string[];
    readonly signal?: AbortSignal;
    readonly onDone?: (indexed: number) => void;
  }): Promise<number>;
  /** Takes messages; with `serve` also the web server and the messengers' channels, with `background` synchronisation. */
  start(options: { readonly serve: boolean; readonly background: boolean }): Promise<{ readonly url?: string }>;
  stop(): Promise<void>;
}

/** Puts every part together by hand, in order of the import table; the only file that knows them all. */
export async function createApp(settings: Settings, environment: Environment, log: Log, replacements: Replacements = {}): Promise<App> {
  const data = resolve(settings.SVYAZ_DATA);
  mkdirSync(data, { recursive: true });
  const now = settings.SVYAZ_NOW ? fixedClock(new Date(settings.SVYAZ_NOW)) : () => new Date();
  // The embedded engine starts in its own thread while the sandbox makes its company up.
  const opening = Promise.resolve(
    replacements.database ?? createDatabase({ url: settings.DATABASE_URL, dataDir: join(data, "database"), log }),
  );
  // When the sandbox does not come up either, its reason is the one to tell.
  opening.catch(() => undefined);
  const { sandbox, configured } = await configure(settings, environment, data, now);
  const { instances, problems } = readInstances(definitions, configured);
  if (problems.length > 0) throw settingsError(problems);
  const database = await opening;
  await migrate(database);
  const metrics = createMetrics();
  const audit = createAuditLog({ database, now, log });
  const sealer = createSealer({ database, log, metrics });
  const people = createPeople({ database, timeZone: settings.SVYAZ_TIME_ZONE });
  const access = createAccess({ people });
  const approvals = createApprovals({ database, access, audit, now });
  const vault = createEnvironmentVault(configured);
  const systems = createSystems({ instances, vault, access, approvals, audit, metrics, log, now, timeoutMs: replacements.httpTimeoutMs });
  if (sandbox) await settleSandboxPeople(people, sandbox);

  const embedder = settings.OPENAI_EMBEDDING_MODEL
    ? createEmbedder({ apiKey: settings.OPENAI_API_KEY, baseUrl: settings.OPENAI_BASE_URL, model: settings.OPENAI_EMBEDDING_MODEL })
    : undefined;
  const index = createDocumentIndex({ database, embedder, log });
  const alerts = logAlerts(log);
  const sync = createSync({ database, systems, audit, alerts, metrics, log, now });
  const health = createHealth({ systems, log, now });
  const status = async () => withHealth(await syncStatus(database), await health.latest());
  const extract = async (file: { readonly bytes: Uint8Array; readonly mediaType?: string; readonly fileName?: string }) => {
    const extracted = await extractText(file);
    return extracted.markdown;
  };

  const turnFor = createTurnFactory({
    systems,
    access,
    index,
    mirror: (person) => createMirror(database, person),
    schedules: noSchedules,
    status,
    extract,
    now,
  });
  const tools = replacements.tools ?? Object.values(toolFiles);
  const titleOf = (system: string) => systems.configured.find((one) => one.system === system)?.definition.title ?? system;
  const toolset = createToolset({ tools, approvals, audit, metrics, log, titleOf });
  const model = replacements.model ?? (await chatModel(settings));
  const assistant = createAssistant({
    toolset,
    model,
    planner: (turn: Turn) => createPlanner({ now, timeZone: turn.person.timeZone, language: turn.language }),
    systems: () => systems.configured.map(({ definition }) => definition.title),
    limits: { steps: settings.SVYAZ_TURN_STEPS, calls: settings.SVYAZ_TURN_CALLS, tokens: settings.SVYAZ_TURN_TOKENS },
    metrics,
    log,
  });

  const server = createServer({
    log,
    host: settings.SVYAZ_HOST,
    port: settings.SVYAZ_PORT,
    ready: () => readiness(database),
    metrics: () => metrics.text(),
  });
  const terminal = createTerminal({
    pictures: join(data, "pictures"),
    drawChart: (chart, caption) => renderChart(chart, { title: caption, language: settings.SVYAZ_LANGUAGE }),
  });
  const channels: readonly Channel[] =
    replacements.channels ?? (await messengers({ settings, server, log, metrics, now, allowedHosts: hostsOf(instances) }));
  const channel = (id: string) => [terminal as Channel, ...channels].find((one) => one.id === id);

  const choices = createChoices({ database, now });
  const history = createHistory({ database, now });
  const writeTools = tools.filter((tool): tool is WriteTool => tool.kind === "write");
  const decisions = createDecisions({
    approvals,
    choices,
    history,
    tools: writeTools,
    turnFor,
    channel,
    failpoint: replacements.failpoint,
    metrics,
    log,
    now,
  });
  const runTurn = createTurns({
    access,
    approvals,
    assistant,
    audit,
    choices,
    history,
    turnFor,
    seconds: settings.SVYAZ_TURN_SECONDS,
    metrics,
    log,
    now,
  });
  const commands: readonly ChatCommand[] = [];
  const inbox = createInbox({
    database,
    access,
    guests: people,
    matchEmail: settings.SLACK_MATCH_EMAIL,
    audit,
    choices,
    decisions,
    commands,
    runTurn,
    channel,
    language: settings.SVYAZ_LANGUAGE,
    failpoint: replacements.failpoint,
    metrics,
    log,
    now,
  });

  const stopping = new AbortController();
  const timers: NodeJS.Timeout[] = [];
  const background = new Set<Promise<unknown>>();

  const follow: App["follow"] = ({ systems: only, signal = stopping.signal, onDone } = {}) =>
    followIndex({ database, index, log, signal, systems: only, onDone, read: (ref) => readForIndex(systems, ref, extract) });

  const app: App = {
    settings,
    data,
    log,
    database,
    people,
    audit,
    systems,
    decisions,
    inbox,
    terminal,
    index,
    metrics,
    assistant,
    sync,
    sandbox,
    channels,
    linkHosts: hostsOf(instances),
    model,
    now,
    status,
    follow,

    async start({ serve, background: withBackground }) {
      await sealer.start();
      await terminal.start(inbox);
      if (serve) for (const one of channels) await one.start(inbox);
      await inbox.start();
      if (withBackground) every(checkEveryMs, "the health check", () => health.check());
      every(recoverEveryMs, "recovery", () => decisions.recover());
      // The first question goes first: the first pass begins a little later.
      if (withBackground) every(syncEveryMs, "synchronisation", () => synchronise(), firstSyncAfterMs);
      const url = serve ? await server.start() : undefined;
      return { url };
    },

    async stop() {
      stopping.abort(new Error("stopping"));
      for (const timer of timers) clearInterval(timer);
      await Promise.allSettled(channels.map((one) => one.stop()));
      await server.stop();
      await inbox.stop();
      await terminal.stop();
      await Promise.allSettled(background);
      await systems.close();
      await sealer.stop();
      await closeExtraction();
      if (!replacements.database) await database.close();
      await sandbox?.close();
    },
  };
  return app;

  /** Runs at once and then in this rhythm; a round that takes longer than the pause is not joined by another. */
  function every(ms: number, name: string, act: () => Promise<unknown>, firstAfterMs = 0): void {
    let busy = false;
    const round = () => {
      if (busy || stopping.signal.aborted) return;
      busy = true;
      const work = act()
        .catch((error: unknown) => {
          if (!stopping.signal.aborted) log.error(`${name} failed`, { error });
        })
        .finally(() => {
          busy = false;
          background.delete(work);
        });
      background.add(work);
    };
    if (firstAfterMs > 0) timers.push(setTimeout(round, firstAfterMs).unref());
    else round();
    timers.push(setInterval(round, ms).unref());
  }

  async function synchronise(): Promise<void> {
    for (const { system } of systems.configured) {
      if (stopping.signal.aborted) return;
      await sync.run(system, { signal: stopping.signal }).catch((error: unknown) => log.warn("synchronisation failed", { system, error }));
      await follow({ systems: [system] });
    }
  }
}

const definitions = Object.values(connectorFolders) as readonly ConnectorDefinition[];

/** What is wrong with the connectors' variables, so that it can be told together with what is wrong with Svyaz's own. */
export function connectorProblems(environment: Environment): readonly Problem[] {
  return readInstances(definitions, environment).problems;
}

/** The sandbox joins when nothing real is configured, unless the settings say otherwise. */
async function configure(settings: Settings, environment: Environment, data: string, now: () => Date) {
  const real = readInstances(definitions, environment);
  if (real.problems.length > 0) throw settingsError(real.problems);
  const wanted = settings.SVYAZ_SANDBOX ?? real.instances.length === 0;
  if (!wanted) return { configured: environment };
  const sandbox = await startSandbox({ folder: join(data, "sandbox"), now });
  return { sandbox, configured: { ...environment, ...sandbox.environment } };
}

async function settleSandboxPeople(people: People, sandbox: Sandbox): Promise<void> {
  if ((await people.list()).length > 0) return;
  for (const person of sandbox.people) {
    await people.add({ id: person.id, name: person.name, email: person.email, roles: [person.role] });
    for (const { system, principal } of person.links) await people.link(person.id, system, principal);
  }
}

async function chatModel(settings: Settings): Promise<BaseChatModel | undefined> {
  if (!settings.OPENAI_API_KEY && !settings.OPENAI_BASE_URL) return undefined;
  return createModel({
    apiKey: settings.OPENAI_API_KEY,
    baseUrl: settings.OPENAI_BASE_URL,
    model: settings.OPENAI_MODEL,
    timeoutMs: Math.min(60_000, settings.SVYAZ_TURN_SECONDS * 1000),
  });
}

/** The messengers that have a token; their libraries are loaded only then. */
async function messengers(parts: {
  settings: Settings;
  server: Server;
  log: Log;
  metrics: Metrics;
  now: () => Date;
  allowedHosts: readonly string[];
}): Promise<readonly Channel[]> {
  const { settings, server, log, metrics, now, allowedHosts } = parts;
  const language = settings.SVYAZ_LANGUAGE;
  const words = { ru: channelWords("ru", settings.SVYAZ_TIME_ZONE), en: channelWords("en", settings.SVYAZ_TIME_ZONE) };
  const drawChart = (chart: ChartSpec, caption: string) => renderChart(chart, { title: caption, language });
  const shared = { drawChart, allowedHosts, language, words, log, metrics, now };
  const channels: Channel[] = [];
  if (settings.TELEGRAM_BOT_TOKEN) {
    const { createTelegram } = await import("./channels/telegram/index.js");
    const secretToken = settings.TELEGRAM_WEBHOOK_SECRET;
    channels.push(
      createTelegram({
        ...shared,
        token: settings.TELEGRAM_BOT_TOKEN,
        apiRoot: settings.TELEGRAM_API_ROOT,
        commands: { ru: texts("ru").channels.commands, en: texts("en").channels.commands },
        mode: secretToken
          ? {
              kind: "webhook",
              secretToken,
              url: new URL("/webhooks/telegram", settings.SVYAZ_PUBLIC_URL).href,
              register: (handler) => server.route({ method: "POST", path: "/webhooks/telegram", handler }),
            }
          : { kind: "polling" },
      }),
    );
  }
  if (settings.SLACK_BOT_TOKEN) {
    const { createSlack } = await import("./channels/slack/index.js");
    const signingSecret = settings.SLACK_SIGNING_SECRET;
    channels.push(
      createSlack({
        ...shared,
        botToken: settings.SLACK_BOT_TOKEN,
        appToken: settings.SLACK_APP_TOKEN,
        http:
          settings.SLACK_APP_TOKEN || !signingSecret
            ? undefined
            : { signingSecret, register: (handler) => server.route({ method: "POST", path: "/slack/events", handler }) },
        slackApiUrl: settings.SLACK_API_URL,
      }),
    );
  }
  return channels;
}

/** Where links in answers may lead: the connected systems' own addresses. */
function hostsOf(instances: readonly { readonly settings: unknown }[]): readonly string[] {
  return instances.flatMap(({ settings }) => {
    const address = (settings as { readonly BASE_URL?: unknown }).BASE_URL;
    return typeof address === "string" ? [new URL(address).hostname] : [];
  });
}

async function readiness(database: Database): Promise<readonly string[]> {
  try {
    await database.query("select 1");
    return [];
  } catch {
    return ["the database does not answer"];
  }
}

async function readForIndex(
  systems: Systems,
  ref: { readonly system: string; readonly id: string },
  extract: (file: { bytes: Uint8Array; mediaType: string; fileName: string }) => Promise<string>,
): Promise<string> {
  const { documents } = await systems.forSvyaz(ref.system);
  if (!documents) return "";
  const { content, card } = await documents.read(ref.id);
  return "markdown" in content ? content.markdown : extract({ ...content, fileName: card.title });
}

/** A clock that starts at a fixed moment and then runs: leases and expiries still work. */
function fixedClock(start: Date): () => Date {
  const begun = performance.now();
  return () => new Date(start.getTime() + performance.now() - begun);
}

/** A line for each kind that is mirrored, and one for each system that has none; what the system itself says now comes first. */
function withHealth(mirrored: readonly SystemStatus[], health: readonly Health[]): readonly SystemStatus[] {
  return health.flatMap(({ system, checkedAt, error }) => {
    const lines = mirrored.filter((line) => line.system === system);
    const own = lines.length > 0 ? lines : [{ system, kind: "", stored: 0, searchable: 0, indexed: 0, asOf: checkedAt }];
    return own.map((line) => ({ ...line, error: error?.code ?? line.error }));
  });
}

/** Until alerts have their channels, they are lines of the log. */
function logAlerts(log: Log): Alerts {
  return {
    raise: async ({ key, title, text }) => log.warn(`alert: ${title}`, { key, text }),
    resolve: async () => {},
  };
}
