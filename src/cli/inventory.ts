import { existsSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { App } from "../app.js";
import { type Instance, variableOf } from "../connectors/kit/define.js";
import type { Family } from "../domain/access.js";
import type { Limits, OpenSystem } from "../domain/connector.js";
import { RequestRefused, SvyazError } from "../domain/errors.js";
import type { Survey, SurveyFinding } from "../domain/survey.js";
import { errorSentence, texts } from "../text/texts.js";
import * as toolFiles from "../tools/index.js";
import { familyTools } from "./connectors-page.js";
import type { Emit } from "./commands.js";
import { inventoryReport } from "./inventory-report.js";

const checkMs = 30_000;
/** A large account is counted in a minute; one that takes longer is not well. */
const surveyMs = 5 * 60_000;
/** A key that ends sooner is worth a line, although its alert comes only two weeks before. */
const soonMs = 90 * 86_400_000;
const longSyncMinutes = 60;

/** Parts of a system that a tool cannot do without, by the survey's names. */
const needed: Readonly<Record<string, string>> = { "sales-report": "sales", "stock-report": "stock" };

export interface SurveyedSystem {
  readonly system: string;
  readonly title: string;
  readonly address?: string;
  readonly families: readonly Family[];
  readonly limits: Limits;
  /** Why it could not be surveyed, in words, and what an admin does about it. */
  readonly trouble?: { readonly what: string; readonly message: string; readonly mend?: string };
  readonly survey?: Survey;
  readonly findings: readonly SurveyFinding[];
  readonly tools: readonly { readonly name: string; readonly writes: boolean }[];
  /** Of the first full synchronisation, at the configured rate and without anybody else asking; absent where nothing is mirrored. */
  readonly firstSync?: { readonly calls: number; readonly minutes: number };
}

export interface Inventory {
  readonly at: Date;
  readonly sandbox: boolean;
  readonly readOnly: boolean;
  readonly people: number;
  readonly admins: readonly string[];
  /** In the order in which they had better be connected: what works and lacks least comes first. */
  readonly systems: readonly SurveyedSystem[];
}

export const inventoryInputs = { inventory: z.object({ out: z.string().optional(), json: z.boolean() }) };

/** `svyaz inventory`: stage one of an integration. Exit code 1 when a system did not answer; the report comes all the same. */
export const inventoryHandlers = {
  async inventory(app: App, { out, json }: { readonly out?: string; readonly json: boolean }, emit: Emit, user: string): Promise<number> {
    // Said before the systems are asked for a minute.
    if (out !== undefined && existsSync(out)) throw unwritable(out, "exists already; name a new file");
    const event = { name: "inventory.taken", actor: `cli:${user}`, trace: crypto.randomUUID(), payload: { out: out ?? null } };
    const inventory = await app.audit.during(event, () => takeInventory(app, (title) => emit({ step: title })));
    const { SVYAZ_LANGUAGE: language, SVYAZ_TIME_ZONE: timeZone } = app.settings;
    const report = json ? JSON.stringify(inventory, null, 2) : inventoryReport(inventory, language, timeZone);
    if (out !== undefined) {
      keep(out, report);
      emit({ text: texts(language).inventory.written(out) });
    } else if (json) emit({ json: inventory });
    else emit({ text: report });
    return inventory.systems.some(({ trouble }) => trouble) ? 1 : 0;
  },
};

/** Asks every configured system, all at once. One that does not answer has its place with the reason. */
export async function takeInventory(app: App, onSystem: (title: string) => void = () => {}): Promise<Inventory> {
  const people = (await app.people.list()).filter(({ active }) => active);
  const systems = await Promise.all(
    app.instances.map(async (instance) => {
      const surveyed = await surveyOne(app, instance, people);
      onSystem(surveyed.title);
      return surveyed;
    }),
  );
  return {
    at: app.now(),
    sandbox: app.sandbox !== undefined,
    readOnly: app.settings.SVYAZ_READ_ONLY,
    people: people.length,
    admins: people.filter(({ roles }) => roles.includes("admin")).map(({ name }) => name),
    systems: systems.toSorted((a, b) => weight(a) - weight(b)),
  };
}

async function surveyOne(
  app: App,
  { system, definition, settings }: Instance,
  people: readonly { readonly principals: readonly string[] }[],
): Promise<SurveyedSystem> {
  const language = app.settings.SVYAZ_LANGUAGE;
  const address = (settings as { readonly BASE_URL?: unknown } | undefined)?.BASE_URL;
  const known = {
    system,
    title: definition.title,
    address: typeof address === "string" ? address : undefined,
    families: definition.families ?? [],
    limits: definition.limits(settings),
  };
  const open = insecure(known.address) ? [{ level: "risk", code: "plain-http" } as const] : [];
  try {
    const opened = await app.systems.forSvyaz(system);
    const checked = await opened.check(AbortSignal.timeout(checkMs));
    const survey = await opened.survey?.(AbortSignal.timeout(surveyMs));
    const firstSync = survey?.volumes.some(({ perCall }) => perCall) ? estimate(survey, known.limits) : undefined;
    const findings = [
      ...(survey?.findings ?? []),
      ...open,
      ...expiry(checked?.expiresAt, app.now()),
      ...unlinked(system, opened, people),
      ...(opened.webhook && !app.settings.SVYAZ_PUBLIC_URL ? [{ level: "missing", code: "no-public-address" } as const] : []),
      ...slowness(firstSync, known.limits),
    ];
    return { ...known, survey, findings, tools: toolsOf(opened, survey), firstSync };
  } catch (error) {
    const code = error instanceof SvyazError ? error.code : "internal";
    const [message = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    const mend = texts(language).cli.mends[code]?.(variableOf(system, ""));
    return { ...known, trouble: { what: errorSentence(error, language), message, mend }, findings: open, tools: [] };
  }
}

/** What people may ask for there: the tools of its abilities, without those whose part the system does not serve. */
function toolsOf(opened: OpenSystem, survey: Survey | undefined): SurveyedSystem["tools"] {
  const off = new Set(survey?.modules.filter(({ on }) => !on).map(({ name }) => name));
  const writes = new Set(Object.values(toolFiles).flatMap(({ kind, name }) => (kind === "write" ? [name] : [])));
  return (["crm", "erp", "documents", "analytics"] as const)
    .filter((family) => opened[family] !== undefined)
    .flatMap((family) => familyTools[family]?.tools ?? [])
    .filter((name) => !off.has(needed[name] ?? ""))
    .map((name) => ({ name, writes: writes.has(name) }));
}

/** Calls by the number of things a call brings, minutes by the calls a second that are allowed. */
function estimate({ volumes }: Survey, { perSecond }: Limits): { readonly calls: number; readonly minutes: number } {
  const calls = volumes.reduce(
    (sum, { count, perCall }) => (perCall === undefined ? sum : sum + Math.max(1, Math.ceil(count / perCall))),
    0,
  );
  return { calls, minutes: calls / perSecond / 60 };
}

function slowness(firstSync: SurveyedSystem["firstSync"], { perDay }: Limits): SurveyFinding[] {
  if (firstSync && perDay !== undefined && firstSync.calls > perDay / 2)
    return [{ level: "risk", code: "day-limit", about: [String(firstSync.calls), String(perDay)] }];
  if (firstSync && firstSync.minutes > longSyncMinutes)
    return [{ level: "risk", code: "long-first-sync", about: [String(Math.ceil(firstSync.minutes / 60))] }];
  return [];
}

function expiry(expiresAt: Date | undefined, now: Date): SurveyFinding[] {
  const days = expiresAt && Math.floor((expiresAt.getTime() - now.getTime()) / 86_400_000);
  if (!expiresAt || days === undefined || expiresAt.getTime() - now.getTime() > soonMs) return [];
  return [{ level: "risk", code: "token-ends", about: [expiresAt.toISOString().slice(0, 10), String(days)] }];
}

/** Whoever has no user there sees nothing that is narrowed to their own. */
function unlinked(system: string, opened: OpenSystem, people: readonly { readonly principals: readonly string[] }[]): SurveyFinding[] {
  if (!opened.crm && !opened.documents) return [];
  const without = people.filter(({ principals }) => !principals.some((one) => one.startsWith(`${system}:user:`))).length;
  return without === 0 ? [] : [{ level: "missing", code: "people-not-linked", about: [String(without), String(people.length)] }];
}

function insecure(address: string | undefined): boolean {
  if (address === undefined) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** Documents before clients before figures, each with a point for all that is missing; what does not answer comes last. */
function weight({ trouble, families, findings }: SurveyedSystem): number {
  const kind = families.includes("documents") ? 0 : families.includes("crm") ? 2 : 4;
  return (trouble ? 1_000 : 0) + kind + 3 * findings.filter(({ level }) => level === "missing").length;
}

/** It shows how the company is set up, so it is for its owner alone, and overwrites nothing. */
function keep(file: string, text: string): void {
  try {
    writeFileSync(file, `${text}\n`, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    throw unwritable(file, `cannot be written (${cause instanceof Error && "code" in cause ? String(cause.code) : "no reason given"})`);
  }
}

function unwritable(file: string, why: string): RequestRefused {
  return new RequestRefused(`inventory: ${file}: ${why}`, { operation: "inventory" });
}
