import { join } from "node:path";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type Beginnings, type Begun, begin, definitions, type Environment } from "./begin.js";
import { chatModel, loadAgent } from "./app/agent.js";
import { createAlerting } from "./app/alerting.js";
import { createBackground } from "./app/background.js";
import { createFront, type Front } from "./app/front.js";
import { createMirroring, type Mirroring } from "./app/mirroring.js";
import { createTalk, type Talk } from "./app/talk.js";
import { createTrust, type Trust } from "./app/trust.js";
import { type Instance, readInstances } from "./connectors/kit/define.js";
import { shareOverRedis } from "./connectors/kit/limits.js";
import { createSystems } from "./connectors/kit/systems.js";
import { createAdminChat, readChatName } from "./conversation/admin-chat.js";
import { createSignIns } from "./conversation/sign-ins.js";
import type { Assistant } from "./domain/assistant.js";
import type { Channel } from "./domain/channel.js";
import type { Systems } from "./domain/connector.js";
import type { Log } from "./domain/log.js";
import type { Metrics } from "./domain/metrics.js";
import type { SignIns } from "./domain/sign-in.js";
import type { AgentTool, Turn } from "./domain/tool.js";
import { createReach } from "./agent/reach.js";
import { type AuditHeads, createAuditHeads } from "./guard/audit-heads.js";
import { createBudgets } from "./guard/limits.js";
import type { People } from "./guard/people.js";
import type { Database } from "./platform/database.js";
import { migrate } from "./platform/migrate.js";
import { createSlots } from "./platform/slots.js";
import { type Settings, settingsError } from "./platform/settings.js";
import type { Sandbox } from "./sandbox/index.js";
import { createEmbedder } from "./search/embed.js";
import { closeExtraction } from "./search/extract.js";
import * as toolFiles from "./tools/index.js";
import type { AlertService } from "./watch/alerts.js";
import { measureOpen } from "./watch/gauges.js";
import { createMetrics } from "./watch/metrics.js";

const recoverEveryMs = 5_000;
const schedulesEveryMs = 30_000;
const headsEveryMs = 60_000;
const policyEveryMs = 20_000;
const checkEveryMs = 60_000;
const firstSyncAfterMs = 5_000;
const firstQueueAfterMs = 500;

/** What a test puts in the place of the real thing. */
export interface Replacements extends Beginnings {
  readonly model?: BaseChatModel;
  readonly channels?: readonly Channel[];
  readonly tools?: readonly AgentTool[];
  readonly failpoint?: (name: string) => void;
  /** Other waits than a person would bear in a test. */
  readonly httpTimeoutMs?: number;
  /** When the job queue comes up after the start. */
  readonly queueAfterMs?: number;
}

/** Every part, put together and ready to start. */
export interface App
  extends Pick<Trust, "people" | "policy" | "audit" | "keyring" | "vault" | "protection" | "personalData" | "retention">,
    Pick<Mirroring, "index" | "rights" | "jobs" | "sync" | "webhooks" | "status" | "follow">,
    Pick<Talk, "connect" | "decisions" | "inbox" | "notices" | "scheduleRuns" | "tell">,
    Pick<Front, "channels" | "linkHosts" | "publicUrl" | "terminal"> {
  readonly settings: Settings;
  readonly data: string;
  readonly log: Log;
  readonly database: Database;
  /** The configured systems with their settings. */
  readonly instances: readonly Instance[];
  readonly systems: Systems;
  readonly signIns: SignIns;
  readonly heads: AuditHeads;
  readonly alerts: AlertService;
  readonly metrics: Metrics;
  readonly assistant: Assistant;
  readonly sandbox?: Sandbox;
  /** Absent where the planner answers. */
  readonly model?: BaseChatModel;
  readonly now: () => Date;
  /** Takes messages; with `serve` also the web server and the messengers' channels, with `background` synchronisation. */
  start(options: { readonly serve: boolean; readonly background: boolean }): Promise<{ readonly url?: string }>;
  stop(): Promise<void>;
}

/** Puts every part together by hand, in order of the import table; the only place that knows them all, with what lies in `app/`. */
export async function createApp(
  settings: Settings,
  environment: Environment,
  log: Log,
  replacements: Replacements = {},
  begun: Begun = begin(settings, environment, log, replacements),
): Promise<App> {
  const { data, now } = begun;
  const readOnly = settings.SVYAZ_READ_ONLY;
  const language = settings.SVYAZ_LANGUAGE;
  const loading = loadAgent();
  // When several things fail, the one that is waited for first has the reason to tell.
  loading.catch(() => undefined);
  const sandbox = await begun.sandbox;
  const configured = { ...environment, ...sandbox?.environment };
  const { instances, problems } = readInstances(definitions, configured);
  if (problems.length > 0) throw settingsError(problems);
  const titleOf = (system: string) => instances.find((one) => one.system === system)?.definition.title ?? system;
  const database = await begun.database;
  await migrate(database);
  const background = createBackground(log);
  const { signal } = background;
  const queueAfterMs = (work: boolean) => replacements.queueAfterMs ?? (work ? firstSyncAfterMs : firstQueueAfterMs);
  const metrics = createMetrics();
  const shared = { settings, database, metrics, log, now };

  const trust = await createTrust({ ...shared, environment, configured, instances, data });
  const { audit, people, access, approvals, vault, sealer } = trust;
  const room = settings.SVYAZ_ADMIN_CHAT === undefined ? undefined : readChatName(settings.SVYAZ_ADMIN_CHAT);
  const alerts = createAlerting({
    ...shared,
    room,
    channel: (id) => front.channel(id),
    actions: (alert) => talk.roomButtons.below(alert),
  });
  const budgets = createBudgets({ database, settings, alerts, now });
  const signIns = createSignIns({ database, alerts, titleOf, language, now });
  const redis = settings.REDIS_URL ? await shareOverRedis(settings.REDIS_URL, log) : undefined;
  const systems = createSystems({
    // The embedded engine has one process: nobody to share with.
    shared: redis ?? (database.engine === "postgresql" ? { slots: createSlots(database) } : undefined),
    instances,
    vault,
    signIns,
    access,
    approvals,
    audit,
    readOnly,
    metrics,
    log,
    now,
    timeoutMs: replacements.httpTimeoutMs,
  });
  if (sandbox) await settleSandboxPeople(people, sandbox);

  const agent = await loading;
  const masking = replacements.model
    ? undefined
    : agent.openMasking({
        mode: settings.SVYAZ_MASKING,
        baseUrl: settings.OPENAI_BASE_URL,
        openSystems: settings.SVYAZ_MASKING_OPEN,
        systems: () => systems.configured.map(({ system }) => system),
        database,
        now,
      });
  const embedder = settings.OPENAI_EMBEDDING_MODEL
    ? createEmbedder({
        apiKey: settings.OPENAI_API_KEY,
        baseUrl: settings.OPENAI_BASE_URL,
        model: settings.OPENAI_EMBEDDING_MODEL,
        conceal: masking?.conceal,
      })
    : undefined;
  const mirroring = createMirroring({
    ...shared,
    systems,
    trust,
    alerts,
    embedder,
    titleOf,
    tell: (until) => talk.tell(until),
    signal,
  });

  const tools = replacements.tools ?? Object.values(toolFiles);
  const withheld = readOnly ? tools.filter(({ kind }) => kind === "write").map(({ name }) => name) : [];
  const beyond = createReach({ tools, access, configured: systems.configured });
  const model = replacements.model ?? (await chatModel(settings, agent.createModel));
  const assistant = agent.createAssistant({
    toolset: agent.createToolset({ tools, approvals, audit, metrics, log, titleOf }),
    model,
    masking,
    planner: ({ person, language: spoken }: Turn) =>
      agent.createPlanner({ now, timeZone: person.timeZone, language: spoken, withheld, beyond: () => beyond(person) }),
    systems: () => systems.configured.map(({ definition }) => definition.title),
    readOnly,
    budgets,
    limits: { steps: settings.SVYAZ_TURN_STEPS, calls: settings.SVYAZ_TURN_CALLS, tokens: settings.SVYAZ_TURN_TOKENS },
    metrics,
    log,
  });

  const front = await createFront({ ...shared, metrics, instances, data, channels: replacements.channels });
  const talk = createTalk({
    ...shared,
    trust,
    systems,
    alerts,
    budgets,
    mirroring,
    front,
    assistant,
    tools,
    knowsWord: agent.knowsWord,
    room,
    titleOf,
    failpoint: replacements.failpoint,
    signal,
  });
  const { inbox, decisions, scheduleRuns } = talk;
  let serving = false;
  const adminChat = createAdminChat({ name: settings.SVYAZ_ADMIN_CHAT, channel: front.channel, log });
  const heads = createAuditHeads({
    database,
    audit,
    secrets: vault.of({ system: "svyaz" }),
    file: settings.SVYAZ_AUDIT_HEADS ?? join(data, "audit-heads.jsonl"),
    seal: () => sealer.seal(),
    // A command that runs for a moment has no messenger at hand.
    publish: async (words, key) => (serving ? adminChat(words, key) : undefined),
    language,
    timeZone: settings.SVYAZ_TIME_ZONE,
    alerts,
    log,
    now,
  });

  return {
    settings,
    data,
    log,
    database,
    instances,
    ...trust,
    ...mirroring,
    ...front,
    ...talk,
    heads,
    systems,
    alerts,
    signIns,
    metrics,
    assistant,
    sandbox,
    model,
    now,

    async start({ serve, background: inBackground }) {
      const does = (role: "chat" | "web" | "worker") => settings.SVYAZ_ROLE === "all" || settings.SVYAZ_ROLE === role;
      const work = inBackground && does("worker");
      // A command that runs for a moment answers by itself, whatever the service's processes do.
      const chat = !serve || does("chat");
      // It also reads what the first question needs.
      if (work) background.every(checkEveryMs, "the health check", () => mirroring.health.check());
      if (work) background.every(checkEveryMs, "looking for standstill", () => mirroring.lookForStalled());
      if (work) background.every(checkEveryMs, "counting what is open", () => measureOpen(database, metrics, now()));
      await sealer.start();
      await mirroring.rights.membersAtFirst(signal);
      await front.terminal.start(inbox);
      if (serve && chat) for (const one of front.channels) await one.start(inbox);
      if (chat) await inbox.start();
      serving = serve;
      if (work) alerts.start();
      if (work) background.every(headsEveryMs, "signing the audit log", () => heads.signWhenDue());
      if (chat) background.every(recoverEveryMs, "recovery", () => decisions.recover());
      if (chat && inBackground) background.every(schedulesEveryMs, "schedules", () => scheduleRuns.tick(signal), firstSyncAfterMs);
      background.every(policyEveryMs, "the access policy", () => trust.policy.refresh(alerts));
      // The first question goes first: the queue comes up and the first pass begins a little later.
      if (inBackground) background.later(queueAfterMs(work), "the job queue", () => mirroring.startJobs({ work }));
      if (!serve) return {};
      if (does("web")) front.serve({ connect: talk.connect, webhooks: mirroring.webhooks });
      return { url: await front.listen() };
    },

    async stop() {
      background.abort();
      await alerts.stop();
      await Promise.allSettled(front.channels.map((one) => one.stop()));
      await front.close();
      await inbox.stop();
      await front.terminal.stop();
      await mirroring.jobs.stop();
      await background.settled();
      await systems.close();
      await redis?.close();
      await heads.signWhenGrown();
      await sealer.stop();
      await closeExtraction();
      if (!replacements.database) await database.close();
      await sandbox?.close();
    },
  };
}

async function settleSandboxPeople(people: People, sandbox: Sandbox): Promise<void> {
  if ((await people.list()).length > 0) return;
  for (const person of sandbox.people) {
    await people.add({ id: person.id, name: person.name, email: person.email, roles: [person.role] });
    for (const { system, principal } of person.links) await people.link(person.id, system, principal);
  }
}
