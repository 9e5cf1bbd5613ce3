import type { Language } from "../domain/people.js";
import type { Survey, SurveyFinding } from "../domain/survey.js";
import { formatMoment, formatNumber } from "../text/format.js";
import { texts } from "../text/texts.js";
import type { Inventory, SurveyedSystem } from "./inventory.js";

/** Longer lists are cut: the report is read from end to end. */
const mostNames = 20;

/** The inventory as a Markdown document for the admin who connects the systems and the manager who decides on it. */
export function inventoryReport(inventory: Inventory, language: Language, timeZone: string): string {
  const words = texts(language).inventory;
  const { systems, admins, people } = inventory;
  const paragraphs = [
    `# ${words.heading}`,
    words.intro(formatMoment(inventory.at, language, timeZone), inventory.sandbox, inventory.readOnly),
    systems.length === 0 ? words.noSystems : verdict(systems, language),
    systems.length === 0 ? "" : summary(systems, language),
    ...systems.flatMap((system) => section(system, language)),
    ...(systems.length === 0 ? [] : plan(systems, { admins, people }, language)),
  ];
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

/** What a manager reads first. */
function verdict(systems: readonly SurveyedSystem[], language: Language): string {
  const silent = systems.filter(({ trouble }) => trouble).map((system) => plain(nameOf(system)));
  const found = systems.flatMap(({ findings }) => findings);
  const count = (level: SurveyFinding["level"]) => found.filter((finding) => finding.level === level).length;
  return texts(language).inventory.verdict({ all: systems.length, silent, missing: count("missing"), risks: count("risk") });
}

function summary(systems: readonly SurveyedSystem[], language: Language): string {
  const words = texts(language).inventory;
  const count = (system: SurveyedSystem, level: SurveyFinding["level"]) =>
    String(system.findings.filter((finding) => finding.level === level).length);
  const rows = systems.map((system) => [
    plain(nameOf(system)),
    system.trouble ? words.silent : words.answers,
    system.trouble ? "—" : String(system.tools.length),
    system.trouble ? "—" : count(system, "missing"),
    system.trouble ? "—" : count(system, "risk"),
    system.trouble ? "—" : words.firstSync(system.firstSync),
  ]);
  return table(words.summaryColumns, rows);
}

function section(surveyed: SurveyedSystem, language: Language): readonly string[] {
  const words = texts(language).inventory;
  const { survey, trouble, limits, tools, findings, firstSync } = surveyed;
  const heading = `## ${plain(nameOf(surveyed))}`;
  const named = (level: SurveyFinding["level"]) =>
    findings.filter((finding) => finding.level === level).map((finding) => `- ${findingText(finding, language)}`);
  if (trouble) {
    return [
      heading,
      words.didNotAnswer(trouble.what, plain(trouble.message)),
      `**${words.toMend}** ${trouble.mend ?? words.seeDoctor}`,
      ...titled(words.risks, named("risk")),
    ];
  }
  const abilities = texts(language).planner.abilities;
  const can = tools.map(({ name, writes }) => `- ${abilities[name] ?? name}${writes ? ` — ${words.afterYes}` : ""}`);
  const missing = named("missing");
  const risks = named("risk");
  return [
    heading,
    facts(surveyed, language),
    ...(survey ? details(survey, language) : [words.tellsNothing]),
    ...titled(words.can, can.length > 0 ? can : [words.canNothing]),
    ...titled(words.missing, missing.length > 0 ? missing : [words.nothingMissing]),
    ...titled(words.risks, risks.length > 0 ? risks : [words.noRisks]),
    ...titled(words.firstSyncHeading, [words.firstSyncText(firstSync, limits.perSecond)]),
  ];
}

function facts({ address, limits, survey }: SurveyedSystem, language: Language): string {
  const words = texts(language).inventory;
  const { name, edition, version, users, account } = survey ?? {};
  const lines: [string, string | undefined][] = [
    [words.facts.address, address],
    [words.facts.name, name],
    [words.facts.edition, edition && (words.editions[edition] ?? edition)],
    [words.facts.version, version ?? words.versionHidden],
    [words.facts.users, users === undefined ? words.usersHidden : formatNumber(users, language)],
    [words.facts.account, account?.name && `${account.name}${account.admin ? ` (${words.isAdmin})` : ""}`],
    [words.facts.limits, words.limits(limits.perSecond, limits.atOnce, limits.perDay)],
  ];
  return table(
    words.factColumns,
    lines.flatMap(([label, value]) => (value ? [[label, plain(value)]] : [])),
  );
}

function details({ modules, pipelines, fields, volumes }: Survey, language: Language): readonly string[] {
  const words = texts(language).inventory;
  const kinds = texts(language).tools.kinds;
  const holders = [...new Set(fields.map((field) => field.of))];
  return [
    ...titled(
      words.volumes,
      volumes.length === 0
        ? []
        : [
            table(
              words.volumeColumns,
              volumes.map(({ kind, count }) => [plain(kinds[kind] ?? words.setName(kind)), formatNumber(count, language)]),
            ),
          ],
    ),
    ...titled(
      words.modules,
      cut(
        modules.map(({ name, on }) => `- ${on ? "✓" : "✗"} ${plain(words.moduleNames[name] ?? name)}${on ? "" : ` — ${words.off}`}`),
        language,
      ),
    ),
    ...titled(
      words.pipelines,
      pipelines.map(({ name, stages }) => `- **${plain(name)}**: ${stages.map(plain).join(" → ")}`),
    ),
    ...titled(
      words.fields,
      holders.map((of) => {
        const own = fields.filter((field) => field.of === of).map(({ name }) => plain(name));
        return `- ${kinds[of] ?? of} (${own.length}): ${cut(own, language).join(" · ")}`;
      }),
    ),
  ];
}

function findingText({ code, about = [] }: SurveyFinding, language: Language): string {
  const words = texts(language).inventory;
  return words.findings[code]?.(cut(about.map(plain), language)) ?? [code, ...about.map(plain)].join(": ");
}

/** Stages with what to check and how to go back; the order is the systems' own. */
function plan(
  systems: readonly SurveyedSystem[],
  { admins, people }: { readonly admins: readonly string[]; readonly people: number },
  language: Language,
): readonly string[] {
  const words = texts(language).inventory;
  const ready = systems.filter(({ trouble }) => !trouble);
  const owner = admins.length > 0 ? admins.map(plain).join(", ") : words.ownerMissing;
  const order = systems.map((system, at) => [
    String(at + 1),
    plain(nameOf(system)),
    words.why(system.families, system.findings.filter(({ level }) => level === "missing").length, system.trouble !== undefined),
    system.trouble ? "—" : words.firstSync(system.firstSync),
    words.blank,
  ]);
  const minutes = ready.reduce((sum, { firstSync }) => sum + (firstSync?.minutes ?? 0), 0);
  return [
    `## ${words.plan}`,
    words.planIntro(owner),
    `### ${words.orderHeading}`,
    table(words.orderColumns, order),
    ...words
      .stages({ silent: systems.length - ready.length, people, minutes })
      .flatMap(({ title, owner: who, lines, check, back }) => [
        `### ${title}`,
        `**${words.ownerLabel}** ${who === "admin" ? owner : who}`,
        list(lines),
        `**${words.checkLabel}**`,
        list(check.map((line) => `[ ] ${line}`)),
        `**${words.backLabel}** ${back}`,
      ]),
  ];
}

function nameOf({ title, system }: SurveyedSystem): string {
  return system.includes(".") ? `${title} (${system})` : title;
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`### ${title}`, lines.join("\n")];
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

function cut(names: readonly string[], language: Language): readonly string[] {
  if (names.length <= mostNames) return names;
  return [...names.slice(0, mostNames), texts(language).inventory.andMore(names.length - mostNames)];
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(columns), `|${" --- |".repeat(columns.length)}`, ...rows.map(line)].join("\n");
}

/** A name from a system is no Markdown of ours. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\\|`*<>[\]]/g, "\\$&")
    .trim();
}
