import { join } from "node:path";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { type Beginnings, type Begun, begin, definitions, type Environment } from "./begin.js";
import { createTerminal, type Terminal } from "./channels/terminal/index.js";
import { type Instance, readInstances, variableOf } from "./connectors/kit/define.js";
import { createSystems } from "./connectors/kit/systems.js";
import type { ChatCommand } from "./conversation/commands.js";
import { type Connect, createConnect } from "./conversation/connect.js";
import { createAdminChat, readChatName } from "./conversation/admin-chat.js";
import { createAuditCommand } from "./conversation/audit-command.js";
import { createChoices } from "./conversation/choices.js";
import { createTurnFactory, noSchedules } from "./conversation/context.js";
import { createContacts } from "./conversation/contacts.js";
import { createDecisions, type Decisions } from "./conversation/decisions.js";
import { createHistory } from "./conversation/history.js";
import { createInbox, type RunningInbox } from "./conversation/inbox.js";
import { createInterruptedQuestions } from "./conversation/resume.js";
import { createSignInLinks } from "./conversation/sign-in-links.js";
import { createSignIns } from "./conversation/sign-ins.js";
import { createSecondPerson } from "./conversation/second.js";
import { createTurns } from "./conversation/turn.js";
import type { Assistant } from "./domain/assistant.js";
import type { Channel } from "./domain/channel.js";
import { SignInNeeded, type SvyazError } from "./domain/errors.js";
import type { Systems } from "./domain/connector.js";
import type { DocumentIndex } from "./domain/document-index.js";
import type { Log } from "./domain/log.js";
import type { FieldProtection, SystemStatus } from "./domain/mirror.js";
import type { Metrics } from "./domain/metrics.js";
import type { ChartSpec } from "./domain/numbers.js";
import type { SignIns } from "./domain/sign-in.js";
import type { AgentTool, Turn, WriteTool } from "./domain/tool.js";
import { createAccess } from "./guard/access.js";
import { createApprovals } from "./guard/approvals.js";
import { type AuditService, createAuditLog } from "./guard/audit.js";
import { type AuditHeads, createAuditHeads } from "./guard/audit-heads.js";
import { createBudgets } from "./guard/limits.js";
import { createPeople, type People } from "./guard/people.js";
import { createPersonalData, type PersonalData } from "./guard/personal-data.js";
import { createRetention, type Retention } from "./guard/retention.js";
import { openPolicy, type PolicyStore, standardPolicyFile } from "./guard/policy-file.js";
import { createSealer } from "./guard/sealer.js";
import { createFieldProtection } from "./guard/field-protection.js";
import { type Keyring, openKeyring } from "./guard/keyring.js";
import { createVault, type VaultService } from "./guard/vault.js";
import type { Database } from "./platform/database.js";
import { migrate } from "./platform/migrate.js";
import { createServer, type Server } from "./platform/server.js";
import { type Settings, settingsError } from "./platform/settings.js";
import { renderChart } from "./reports/chart.js";
import type { Sandbox } from "./sandbox/index.js";
import { createDocumentIndex } from "./search/document-index.js";
import { createEmbedder } from "./search/embed.js";
import { closeExtraction, extractText } from "./search/extract.js";
import { followIndex } from "./search/follow.js";
import { createRightsMirror, type RightsMirror } from "./sync/members.js";
import { createMirror } from "./sync/mirror.js";
import { createSync, type Sync } from "./sync/run.js";
import { syncStatus } from "./sync/status.js";
import { texts } from "./text/texts.js";
import { channelWords } from "./text/wordings.js";
import * as toolFiles from "./tools/index.js";
import { type AlertService, createAlerts } from "./watch/alerts.js";
import { createHealth, type Health } from "./watch/health.js";
import { createMetrics } from "./watch/metrics.js";
import { createSinks } from "./watch/sinks.js";

const syncEveryMs = 5 * 60_000;
const recoverEveryMs = 5_000;
const headsEveryMs = 60_000;
const policyEveryMs = 20_000;
const rightsEveryMs = 5 * 60_000;
const firstRightsAfterMs = 1_000;
const checkEveryMs = 60_000;
const retentionEveryMs = 15 * 60_000;
const firstSyncAfterMs = 5_000;

/** What a test puts in the place of the real thing. */
export interface Replacements extends Beginnings {
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
  readonly policy: PolicyStore;
  readonly audit: AuditService;
  readonly heads: AuditHeads;
  readonly keyring: Keyring;
  readonly vault: VaultService;
  readonly protection: FieldProtection;
  readonly personalData: PersonalData;
  readonly retention: Retention;
  readonly systems: Systems;
  readonly connect: Connect;
  readonly alerts: AlertService;
  readonly signIns: SignIns;
  readonly decisions: Decisions;
  readonly inbox: RunningInbox;
  readonly terminal: Terminal;
  readonly index: DocumentIndex;
  readonly metrics: Metrics;
  readonly assistant: Assistant;
  readonly sync: Sync;
  readonly rights: RightsMirror;
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
export async function createApp(
  settings: Settings,
  environment: Environment,
  log: Log,
  replacements: Replacements = {},
  begun: Begun = begin(settings, environment, log, replacements),
): Promise<App> {
  const { data, now } = begun;
  const loading = loadAgent();
  // When several things fail, the one that is waited for first has the reason to tell.
  loading.catch(() => undefined);
  const sandbox = await begun.sandbox;
  const configured = { ...environment, ...sandbox?.environment };
  const { instances, problems } = readInstances(definitions, configured);
  if (problems.length > 0) throw settingsError(problems);
  const database = await begun.database;
  await migrate(database);
  const metrics = createMetrics();
  const audit = createAuditLog({ database, now, log });
  const sealer = createSealer({ database, log, metrics });
  const people = createPeople({ database, timeZone: settings.SVYAZ_TIME_ZONE });
  const policy = await openPolicy({
    file: settings.SVYAZ_ACCESS ?? standardPolicyFile,
    required: settings.SVYAZ_ACCESS !== undefined,
    systems: instances.map(({ system }) => system),
    note: (event) => audit.note(event),
    log,
  });
  const access = createAccess({ people, policy: () => policy.current() });
  const approvals = createApprovals({ database, access, people, audit, now });
  const production = environment["NODE_ENV"] === "production" || readInstances(definitions, environment).instances.length > 0;
  const keyring = await openKeyring({ key: settings.ENCRYPTION_KEY, file: settings.SVYAZ_KEYRING, data, production });
  const vault = createVault({ database, keyring, environment: configured, note: (event) => audit.note(event), now });
  const protection = await createFieldProtection({ vault, mayStore: !keyring.refusal, sensitive: sensitiveOf, log });
  const pictures = join(data, "pictures");
  const blindIndex: FieldProtection["blindIndex"] = (kind, value) => protection.blindIndex(kind, value);
  const personalData = createPersonalData({ database, audit, blindIndex, pictures, now });
  const retention = createRetention({
    database,
    audit,
    days: {
      messages: settings.SVYAZ_RETENTION_MESSAGES,
      history: settings.SVYAZ_RETENTION_HISTORY,
      approvals: settings.SVYAZ_RETENTION_APPROVALS,
      pictures: settings.SVYAZ_RETENTION_PICTURES,
      audit: settings.SVYAZ_RETENTION_AUDIT,
    },
    timeZone: settings.SVYAZ_TIME_ZONE,
    pictures,
    now,
    log,
  });
  const adminRoom = settings.SVYAZ_ADMIN_CHAT === undefined ? undefined : readChatName(settings.SVYAZ_ADMIN_CHAT);
  const alertWords = texts(settings.SVYAZ_LANGUAGE).alerts;
  const alerts = createAlerts({
    database,
    sinks: createSinks({ room: adminRoom, channel: (id) => channel(id), mailbox: mailboxOf(settings), language: settings.SVYAZ_LANGUAGE }),
    grouped: (all) => ({ title: alertWords.stormTitle(all.length), text: all.map(({ title }) => `• ${title}`).join("\n") }),
    sinkFailed: (sink, reason) => ({ title: alertWords.sinkTitle(sink), text: alertWords.sinkText(sink, reason) }),
    metrics,
    log,
    now,
  });
  const budgets = createBudgets({ database, settings, alerts, now });
  const titleOf = (system: string) => instances.find((one) => one.system === system)?.definition.title ?? system;
  const signIns = createSignIns({ database, alerts, titleOf, language: settings.SVYAZ_LANGUAGE, now });
  const systems = createSystems({
    instances,
    vault,
    signIns,
    access,
    approvals,
    audit,
    metrics,
    log,
    now,
    timeoutMs: replacements.httpTimeoutMs,
  });
  if (sandbox) await settleSandboxPeople(people, sandbox);

  const { createAssistant, createModel, createPlanner, createToolset, openMasking } = await loading;
  const masking = replacements.model
    ? undefined
    : openMasking({
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
  const index = createDocumentIndex({ database, embedder, log });
  const rights = createRightsMirror({ database, systems, alerts, log });
  const sync = createSync({ database, systems, audit, alerts, protection, metrics, log, now });
  const health = createHealth({ systems, alerts, variableOf, language: settings.SVYAZ_LANGUAGE, metrics, log, now });
  const status = async () => withHealth(await syncStatus(database), await health.latest());
  const extract = async (file: { readonly bytes: Uint8Array; readonly mediaType?: string; readonly fileName?: string }) => {
    const extracted = await extractText(file);
    return extracted.markdown;
  };

  const turnFor = createTurnFactory({
    systems,
    access,
    audit,
    index,
    mirror: (person) => createMirror(database, person, (ref, fields) => protection.open(ref, fields)),
    schedules: noSchedules,
    status,
    extract,
    now,
  });
  const tools = replacements.tools ?? Object.values(toolFiles);
  const toolset = createToolset({ tools, approvals, audit, metrics, log, titleOf });
  const model = replacements.model ?? (await chatModel(settings, createModel));
  const assistant = createAssistant({
    toolset,
    model,
    masking,
    planner: (turn: Turn) => createPlanner({ now, timeZone: turn.person.timeZone, language: turn.language }),
    systems: () => systems.configured.map(({ definition }) => definition.title),
    budgets,
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
    pictures,
    drawChart: (chart, caption) => renderChart(chart, { title: caption, language: settings.SVYAZ_LANGUAGE }),
  });
  let address: string | undefined;
  const ownUrl = () => settings.SVYAZ_PUBLIC_URL ?? address ?? `http://${settings.SVYAZ_HOST}:${settings.SVYAZ_PORT}`;
  const linkHosts = hostsOf(instances, ownUrl());
  const channels: readonly Channel[] =
    replacements.channels ?? (await messengers({ settings, server, log, metrics, now, allowedHosts: linkHosts }));
  const channel = (id: string) => [terminal as Channel, ...channels].find((one) => one.id === id);

  const choices = createChoices({ database, now });
  const history = createHistory({ database, now });
  const writeTools = tools.filter((tool): tool is WriteTool => tool.kind === "write");
  const contacts = createContacts({ accounts: (person) => people.accountsOf(person), channel });
  const secondPerson = createSecondPerson({ approvals, choices, contacts, person: (id) => access.person(id), channel, log });
  const decisions = createDecisions({
    approvals,
    choices,
    history,
    tools: writeTools,
    turnFor,
    secondPerson,
    failpoint: replacements.failpoint,
    metrics,
    log,
    now,
  });
  const interrupted = createInterruptedQuestions({ database, now });
  const runTurn = createTurns({
    access,
    approvals,
    assistant,
    audit,
    alerts,
    budgets,
    choices,
    history,
    interrupted,
    turnFor,
    seconds: settings.SVYAZ_TURN_SECONDS,
    language: settings.SVYAZ_LANGUAGE,
    metrics,
    log,
    now,
  });
  const connect = createConnect({
    provider: systems.signIn,
    links: createSignInLinks({ database, now }),
    interrupted,
    systems: systems.configured,
    findPerson: (id) => people.find(id),
    ownerOf: (principal) => people.ownerOf(principal),
    audit,
    channel,
    take: (event) => inbox.take(event),
    publicUrl: ownUrl,
    language: settings.SVYAZ_LANGUAGE,
    log,
  });
  server.route({
    method: "GET",
    path: "/oauth/:system",
    handler: ({ params, query }) => connect.callback(params["system"] ?? "", query),
  });
  server.route({
    method: "GET",
    path: "/oauth/:system/start",
    handler: ({ params, query }) => connect.start(params["system"] ?? "", query),
  });
  const commands: readonly ChatCommand[] = [...connect.commands, createAuditCommand({ latest: (query) => audit.latest(query), titleOf })];
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
    turnsAtOnce: settings.SVYAZ_TURNS_AT_ONCE,
    failpoint: replacements.failpoint,
    metrics,
    log,
    now,
  });

  const adminChat = createAdminChat({ name: settings.SVYAZ_ADMIN_CHAT, channel, log });
  const heads = createAuditHeads({
    database,
    audit,
    secrets: vault.of({ system: "svyaz" }),
    file: settings.SVYAZ_AUDIT_HEADS ?? join(data, "audit-heads.jsonl"),
    seal: () => sealer.seal(),
    // A command that runs for a moment has no messenger at hand.
    publish: async (words, key) => (serving ? adminChat(words, key) : undefined),
    language: settings.SVYAZ_LANGUAGE,
    timeZone: settings.SVYAZ_TIME_ZONE,
    alerts,
    log,
    now,
  });
  let serving = false;

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
    policy,
    audit,
    heads,
    keyring,
    vault,
    protection,
    personalData,
    retention,
    systems,
    connect,
    alerts,
    signIns,
    decisions,
    inbox,
    terminal,
    index,
    metrics,
    assistant,
    sync,
    rights,
    sandbox,
    channels,
    linkHosts,
    model,
    now,
    status,
    follow,

    async start({ serve, background: withBackground }) {
      // It also reads what the first question needs.
      if (withBackground) every(checkEveryMs, "the health check", () => health.check());
      await sealer.start();
      await rights.membersAtFirst(stopping.signal);
      await terminal.start(inbox);
      if (serve) for (const one of channels) await one.start(inbox);
      await inbox.start();
      serving = serve;
      if (withBackground) alerts.start();
      if (withBackground) every(headsEveryMs, "signing the audit log", () => heads.signWhenDue());
      every(recoverEveryMs, "recovery", () => decisions.recover());
      if (withBackground) every(retentionEveryMs, "the nightly purge", () => retention.purgeWhenDue(), firstSyncAfterMs);
      every(policyEveryMs, "the access policy", () => policy.refresh(alerts));
      // Groups come before anybody asks; who may read what is compared with the texts' first reading, so a little later.
      if (withBackground) every(rightsEveryMs, "group membership", () => rights.members({ signal: stopping.signal }), firstRightsAfterMs);
      if (withBackground) every(rightsEveryMs, "rights", () => rights.audiences({ signal: stopping.signal }), firstSyncAfterMs);
      // The first question goes first: the first pass begins a little later.
      if (withBackground) every(syncEveryMs, "synchronisation", () => synchronise(), firstSyncAfterMs);
      const url = serve ? await server.start() : undefined;
      address = url;
      return { url };
    },

    async stop() {
      stopping.abort(new Error("stopping"));
      for (const timer of timers) clearInterval(timer);
      await alerts.stop();
      await Promise.allSettled(channels.map((one) => one.stop()));
      await server.stop();
      await inbox.stop();
      await terminal.stop();
      await Promise.allSettled(background);
      await systems.close();
      await heads.signWhenGrown();
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

type Agent = Awaited<ReturnType<typeof loadAgent>>;

/** The one folder whose libraries take so long to load that something else is done meanwhile. */
async function loadAgent() {
  const [assistant, masking, model, planner, toolset] = await Promise.all([
    import("./agent/assistant.js"),
    import("./agent/masking/masking.js"),
    import("./agent/model.js"),
    import("./agent/planner/index.js"),
    import("./agent/toolset.js"),
  ]);
  planner.knownWords();
  return { ...assistant, ...masking, ...model, ...planner, ...toolset };
}

/** Also of a system that is configured no longer and still has rows. */
function sensitiveOf(system: string): readonly string[] {
  return definitions.find(({ id }) => id === system.split(".")[0])?.sensitive ?? [];
}

async function settleSandboxPeople(people: People, sandbox: Sandbox): Promise<void> {
  if ((await people.list()).length > 0) return;
  for (const person of sandbox.people) {
    await people.add({ id: person.id, name: person.name, email: person.email, roles: [person.role] });
    for (const { system, principal } of person.links) await people.link(person.id, system, principal);
  }
}

async function chatModel(settings: Settings, createModel: Agent["createModel"]): Promise<BaseChatModel | undefined> {
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

/** Where links in answers may lead: the connected systems' own addresses, and our own, where signing in begins. */
function hostsOf(instances: readonly Pick<Instance, "settings">[], own: string): readonly string[] {
  const addresses = instances.map(({ settings }) => (settings as { readonly BASE_URL?: unknown }).BASE_URL);
  return [own, ...addresses].flatMap((one) => (typeof one === "string" ? [new URL(one).hostname] : []));
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

/** A sign-in that somebody can renew is no wrong key. */
function errorOf(error: SvyazError | undefined): string | undefined {
  return error instanceof SignInNeeded && error.connectable ? "reconnect" : error?.code;
}

/** A line for each kind that is mirrored, and one for each system that has none; what the system itself says now comes first. */
function withHealth(mirrored: readonly SystemStatus[], health: readonly Health[]): readonly SystemStatus[] {
  return health.flatMap(({ system, checkedAt, error }) => {
    const lines = mirrored.filter((line) => line.system === system);
    const own = lines.length > 0 ? lines : [{ system, kind: "", stored: 0, searchable: 0, indexed: 0, asOf: checkedAt }];
    return own.map((line) => ({ ...line, error: errorOf(error) ?? line.error }));
  });
}

/** Where alerts go by e-mail: both the server and the address must be set. */
function mailboxOf({ SMTP_SERVER: host, SMTP_PORT: port = 587, ALERT_EMAIL: address, EMAIL_PASSWORD: password }: Settings) {
  return host && address ? { host, port, address, password } : undefined;
}
