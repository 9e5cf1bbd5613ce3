import type { KnowsWord } from "../conversation/language.js";
import { createAuditCommand } from "../conversation/audit-command.js";
import { createChoices } from "../conversation/choices.js";
import type { ChatCommand } from "../conversation/commands.js";
import { createConnect } from "../conversation/connect.js";
import { createContacts } from "../conversation/contacts.js";
import { createTurnFactory } from "../conversation/context.js";
import { createDecisions } from "../conversation/decisions.js";
import { createDoubtCards } from "../conversation/doubt-cards.js";
import { createHistory } from "../conversation/history.js";
import { createInbox, type RunningInbox } from "../conversation/inbox.js";
import { createNotices } from "../conversation/notices.js";
import { createInterruptedQuestions } from "../conversation/resume.js";
import { createRoomButtons } from "../conversation/room-buttons.js";
import { createScheduleRuns } from "../conversation/schedule-runs.js";
import { createSchedules } from "../conversation/schedules.js";
import { createSecondPerson } from "../conversation/second.js";
import { createSignInLinks } from "../conversation/sign-in-links.js";
import { createStatusCommand } from "../conversation/status-command.js";
import { createTurns } from "../conversation/turn.js";
import type { Alerts } from "../domain/alert.js";
import type { Assistant } from "../domain/assistant.js";
import type { Budgets } from "../domain/budget.js";
import type { Systems } from "../domain/connector.js";
import type { Log } from "../domain/log.js";
import type { Address } from "../domain/message.js";
import type { Metrics } from "../domain/metrics.js";
import type { SignInProvider } from "../domain/sign-in.js";
import type { AgentTool, WriteTool } from "../domain/tool.js";
import type { Database } from "../platform/database.js";
import type { Settings } from "../platform/settings.js";
import { createClientBook } from "../sync/clients.js";
import { readDealFacts } from "../sync/deal-facts.js";
import { openQuestions } from "../sync/link.js";
import { createMirrors } from "../sync/mirror.js";
import { inputOn } from "../tools/kit/reportable.js";
import { observe } from "../tools/kit/watches.js";
import type { AlertService } from "../watch/alerts.js";
import type { Front } from "./front.js";
import type { Mirroring } from "./mirroring.js";
import { summary } from "./standing.js";
import type { Trust } from "./trust.js";

export interface TalkParts {
  readonly settings: Settings;
  readonly database: Database;
  readonly trust: Trust;
  readonly systems: Systems & { readonly signIn: SignInProvider };
  readonly alerts: Alerts & Pick<AlertService, "open">;
  readonly budgets: Budgets;
  readonly mirroring: Mirroring;
  readonly front: Front;
  readonly assistant: Assistant;
  readonly tools: readonly AgentTool[];
  readonly knowsWord: KnowsWord;
  /** The admins' room. */
  readonly room: Address | undefined;
  readonly titleOf: (system: string) => string;
  readonly failpoint?: (name: string) => void;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly now: () => Date;
}

export type Talk = ReturnType<typeof createTalk>;

/** Everything between a message and its answer, and what Svyaz says unasked. */
export function createTalk(parts: TalkParts) {
  const { settings, database, systems, alerts, budgets, mirroring, front, tools, titleOf, failpoint, metrics, log, now } = parts;
  const { access, approvals, audit, people, protection } = parts.trust;
  const { status, sync } = mirroring;
  const { channel, publicUrl } = front;
  const language = settings.SVYAZ_LANGUAGE;
  const readOnly = settings.SVYAZ_READ_ONLY;

  const contacts = createContacts({ accounts: (person) => people.accountsOf(person), channel });
  const turnFor = createTurnFactory({
    systems,
    access,
    audit,
    index: mirroring.index,
    mirror: createMirrors({ database, access, systems, open: (ref, fields) => protection.open(ref, fields) }),
    schedules: createSchedules({ database, approvals, audit, alerts, contacts, now }),
    status,
    extract: mirroring.extract,
    now,
  });
  const choices = createChoices({ database, now });
  const history = createHistory({ database, now });
  const interrupted = createInterruptedQuestions({ database, now });

  const decisions = createDecisions({
    approvals,
    choices,
    history,
    tools: tools.filter((tool): tool is WriteTool => tool.kind === "write"),
    turnFor,
    secondPerson: createSecondPerson({ approvals, choices, contacts, person: (id) => access.person(id), channel, log }),
    readOnly,
    failpoint,
    metrics,
    log,
    now,
  });
  const runTurn = createTurns({
    access,
    approvals,
    assistant: parts.assistant,
    audit,
    alerts,
    budgets,
    choices,
    history,
    interrupted,
    turnFor,
    seconds: settings.SVYAZ_TURN_SECONDS,
    language,
    knowsWord: parts.knowsWord,
    metrics,
    log,
    now,
  });

  const scheduleRuns = createScheduleRuns({
    database,
    access,
    audit,
    alerts,
    contacts,
    choices,
    tools,
    turnFor,
    channel,
    inputOf: inputOn,
    observe,
    titleOf,
    language,
    metrics,
    log,
    now,
  });
  const notices = createNotices({
    database,
    access,
    ownerOf: (principal) => people.ownerOf(principal),
    everybody: async () => (await people.list()).filter(({ active }) => active),
    facts: (person, scope, ref) => readDealFacts(database, person, scope, ref),
    contacts,
    channel,
    audit,
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
    publicUrl,
    language,
    log,
  });
  const statusCommand = createStatusCommand({
    status,
    maySee: async (person, system) => {
      const families = systems.configured.find((one) => one.system === system)?.definition.families ?? [];
      const rulings = await Promise.all(families.map((family) => access.decide(person, { system, family, verb: "read" })));
      return rulings.some(({ effect }) => effect !== "deny");
    },
    alerts: () => alerts.open(),
    // One that cannot be opened now was read before, or will be.
    mirrored: (system) =>
      systems.forSvyaz(system).then(
        ({ sync: source }) => source !== undefined,
        () => true,
      ),
    deadJobs: mirroring.deadJobs,
    clients: () => openQuestions(database),
    nextRun: mirroring.nextRun,
    titleOf,
    readOnly,
    now,
  });
  const commands: readonly ChatCommand[] = [
    ...connect.commands,
    createAuditCommand({ latest: (query) => audit.latest(query), titleOf }),
    statusCommand,
  ];
  const doubts = createDoubtCards({
    room: parts.room,
    channel,
    choices,
    clients: createClientBook({ database, now }),
    titleOf,
    audit,
    language,
  });
  const roomButtons = createRoomButtons({
    room: parts.room,
    choices,
    doubts,
    retry: async (system) => {
      const { error } = await mirroring.health.checkOne(system);
      return error ? { error } : { sync: sync.run(system, { signal: parts.signal }).then(summary) };
    },
    titleOf,
    audit,
    language,
    log,
  });

  const inbox: RunningInbox = createInbox({
    database,
    access,
    guests: people,
    matchEmail: settings.SLACK_MATCH_EMAIL,
    audit,
    choices,
    decisions,
    roomButtons,
    commands,
    runTurn,
    channel,
    language,
    turnsAtOnce: settings.SVYAZ_TURNS_AT_ONCE,
    failpoint,
    metrics,
    log,
    now,
  });

  /** Says unasked what has come up. What could not be said is said at the next call. */
  const tell = async (signal: AbortSignal) => {
    const results = await Promise.allSettled([notices.deliver(signal), doubts.tell()]);
    for (const result of results) if (result.status === "rejected") throw result.reason;
  };

  return { inbox, decisions, connect, notices, scheduleRuns, roomButtons, tell };
}
