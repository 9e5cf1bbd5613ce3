import type { Block } from "../domain/message.js";
import type { SystemStatus } from "../domain/mirror.js";
import type { Language, Person } from "../domain/people.js";
import { formatAge, formatMoment } from "../text/format.js";
import { texts } from "../text/texts.js";
import type { ChatCommand } from "./commands.js";

export interface StatusParts {
  readonly status: () => Promise<readonly SystemStatus[]>;
  /** Whether the person may ask this system anything at all. */
  readonly maySee: (person: Person, system: string) => Promise<boolean>;
  readonly alerts: () => Promise<
    readonly { readonly level: "warning" | "critical"; readonly title: string; readonly raisedAt: Date; readonly times: number }[]
  >;
  /** Whether its records are copied; what is not is asked of the system itself. */
  readonly mirrored: (system: string) => Promise<boolean>;
  /** Work that failed for good and waits for an admin; undefined where this process cannot know. */
  readonly deadJobs: () => Promise<number | undefined>;
  /** When the next synchronisation begins, as far as it is known. */
  readonly nextRun: () => Date | undefined;
  /** What an admin should decide of clients that several systems know. */
  readonly clients: () => Promise<{ readonly doubts: number; readonly conflicts: number }>;
  readonly titleOf: (system: string) => string;
  readonly readOnly: boolean;
  readonly now: () => Date;
}

/** "/status", "/status amocrm", «статус»: how the systems are that the person may use; for admins also what is wrong with Svyaz itself. */
export function createStatusCommand(parts: StatusParts): ChatCommand {
  const { titleOf, now } = parts;
  const named = (argument: string) => (system: string) =>
    [system, titleOf(system)].some((name) => name.toLowerCase().includes(argument.toLowerCase()));

  return {
    name: "status",
    words: [...texts("ru").status.words, ...texts("en").status.words],
    // «Статус сделки …» is a question to the agent.
    fits: (argument) => argument === "" || /^[\w.:-]+$/.test(argument),
    async run({ person, argument, language }) {
      const words = texts(language).status;
      const lines = await parts.status();
      const systems = await seenBy(person, [...new Set(lines.map(({ system }) => system))].filter(named(argument)));
      const isAdmin = person.roles.includes("admin");
      const blocks: Block[] = [];
      if (parts.readOnly) blocks.push(text(words.pilot));
      if (systems.length === 0) blocks.push(text(words.nothing(argument)));
      else {
        const reader = { language, person, isAdmin };
        const rows = await Promise.all(
          systems.map((system) =>
            rowOf(
              system,
              lines.filter((line) => line.system === system),
              reader,
            ),
          ),
        );
        blocks.push({
          kind: "table",
          table: { columns: words.columns.map((name) => ({ name, type: "text" as const })), rows },
          caption: words.caption(systems.length),
        });
      }
      if (isAdmin && argument === "") blocks.push(text(await ownTroubles(language, person)));
      return blocks;
    },
  };

  async function seenBy(person: Person, systems: readonly string[]): Promise<readonly string[]> {
    const seen = await Promise.all(systems.map((system) => parts.maySee(person, system)));
    return systems.filter((_, at) => seen[at]);
  }

  async function rowOf(
    system: string,
    lines: readonly SystemStatus[],
    { language, person, isAdmin }: { readonly language: Language; readonly person: Person; readonly isAdmin: boolean },
  ): Promise<readonly string[]> {
    const words = texts(language).status;
    const mirrored = await parts.mirrored(system);
    const broken = lines.find(({ error }) => error !== undefined);
    const unreadable = lines.reduce((sum, line) => sum + (line.unreadable ?? 0), 0);
    const oldest = lines
      .filter(({ kind }) => kind !== "")
      .flatMap(({ asOf }) => asOf ?? [])
      .toSorted((a, b) => a.getTime() - b.getTime())[0];
    const next = parts.nextRun();
    return [
      titleOf(system),
      [broken ? `⚠ ${reasonOf(broken, language, isAdmin)}` : words.works, ...(unreadable > 0 ? [words.unreadable(unreadable)] : [])].join(
        "; ",
      ),
      !mirrored ? words.live : oldest ? formatAge(oldest, now(), language) : words.never,
      !mirrored || !next ? "—" : formatMoment(next, language, person.timeZone),
    ];
  }

  /** What a run said of its failure may quote records, so it is for admins; a code has a sentence for everybody. */
  function reasonOf({ system, error = "" }: SystemStatus, language: Language, isAdmin: boolean): string {
    const known = texts(language).errors[error]?.(system);
    return known ?? (isAdmin ? error : texts(language).status.runFailed);
  }

  async function ownTroubles(language: Language, person: Person): Promise<string> {
    const words = texts(language).status;
    const [open, dead, { doubts, conflicts }] = await Promise.all([parts.alerts(), parts.deadJobs(), parts.clients()]);
    const alerts = open.map(
      ({ level, title, raisedAt, times }) =>
        `- ${level === "critical" ? "🔴" : "🟡"} ${title} — ${words.since(formatMoment(raisedAt, language, person.timeZone), times)}`,
    );
    return [
      ...(alerts.length === 0 ? [words.noAlerts] : [`**${words.alerts(alerts.length)}**`, ...alerts]),
      ...(dead === undefined ? [] : ["", dead === 0 ? words.noDeadJobs : words.deadJobs(dead)]),
      ...(doubts + conflicts === 0 ? [] : ["", texts(language).clients.waiting(doubts, conflicts)]),
    ].join("\n");
  }
}

function text(markdown: string): Block {
  return { kind: "text", markdown };
}
