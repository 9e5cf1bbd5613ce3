import { z } from "zod";
import type { App } from "../app.js";
import { NotFound } from "../domain/errors.js";
import { type ClientBook, createClientBook, type RecordCard } from "../sync/clients.js";
import { linkClients } from "../sync/link.js";
import { type Coverage, readCoverage } from "../sync/status.js";
import { formatAge, formatMoment } from "../text/format.js";
import { texts } from "../text/texts.js";
import type { Emit } from "./commands.js";

export const clientInputs = {
  "clients.list": z.object({ all: z.boolean(), json: z.boolean() }),
  "clients.doubts": z.object({ json: z.boolean() }),
  "clients.conflicts": z.object({ json: z.boolean() }),
  "clients.merge": z.object({ one: z.string(), other: z.string() }),
  "clients.split": z.object({ record: z.string(), from: z.string().optional() }),
  "sync.status": z.object({ system: z.string().optional(), check: z.boolean(), missing: z.boolean(), json: z.boolean() }),
};

/** Enough to see what kind of trouble it is. */
const firstMissing = 5;

type Inputs = typeof clientInputs;

/** `svyaz clients`: who is one client in several systems, and what an admin decides of it; `svyaz sync status`: what the mirror lacks. */
export const clientHandlers: {
  readonly [Name in keyof Inputs]: (app: App, args: z.infer<Inputs[Name]>, emit: Emit, user: string) => Promise<number>;
} = {
  async "clients.list"(app, { all, json }, emit) {
    const words = wordsOf(app);
    const found = await (await linked(app)).list({ all });
    if (json) for (const one of found) emit({ json: one });
    else if (found.length === 0) emit({ text: words.none });
    else for (const { client, records } of found) emit({ text: words.line(words.number(client), records.map(printed(app))) });
    return 0;
  },

  async "clients.doubts"(app, { json }, emit) {
    const words = wordsOf(app);
    const found = await (await linked(app)).doubts();
    if (json) for (const one of found) emit({ json: one });
    else if (found.length === 0) emit({ text: words.noDoubts });
    else {
      for (const { one, other, reason, confidence } of found)
        emit({ text: words.line(words.doubt(words.reasons[reason] ?? reason, confidence), [one, other].map(printed(app))) });
      emit({ text: words.decide });
    }
    return 0;
  },

  async "clients.conflicts"(app, { json }, emit) {
    const words = wordsOf(app);
    const found = await (await linked(app)).conflicts();
    if (json) for (const one of found) emit({ json: one });
    else if (found.length === 0) emit({ text: words.noConflicts });
    else {
      for (const { client, field, one, other } of found)
        emit({ text: words.line(words.conflict(words.fields[field] ?? field, client), [one, other].map(printed(app))) });
      emit({ text: words.mend });
    }
    return 0;
  },

  async "clients.merge"(app, { one, other }, emit, user) {
    const clients = await linked(app);
    const event = { name: "client.merged", actor: `cli:${user}`, trace: crypto.randomUUID(), payload: { one, other } };
    const { client, records } = await app.audit.during(event, () => clients.merge(one, other, event.actor));
    emit({ text: wordsOf(app).merged(wordsOf(app).line(wordsOf(app).number(client), records.map(printed(app)))) });
    return 0;
  },

  async "clients.split"(app, { record, from }, emit, user) {
    const clients = await linked(app);
    const event = { name: "client.split", actor: `cli:${user}`, trace: crypto.randomUUID(), payload: { record, from: from ?? null } };
    const { client, records } = await app.audit.during(event, () => clients.split(record, from, event.actor));
    emit({ text: wordsOf(app).split(wordsOf(app).line(wordsOf(app).number(client), records.map(printed(app)))) });
    return 0;
  },

  async "sync.status"(app, { system, check, missing, json }, emit) {
    const words = texts(app.settings.SVYAZ_LANGUAGE).coverage;
    if (system !== undefined && !app.systems.configured.some((one) => one.system === system))
      throw new NotFound(`there is no system ${system}`, { system, operation: "sync.status" });
    const lines = await readCoverage({
      database: app.database,
      systems: app.systems,
      only: system,
      check,
      signal: new AbortController().signal,
      onStep: (at, kind) => emit({ step: words.checking(at, kind) }),
    });
    if (json) for (const line of lines) emit({ json: { ...line, ageSeconds: ageOf(line, app.now()) } });
    else if (lines.length === 0) emit({ text: words.none });
    else for (const line of lines) emit({ text: printedCoverage(app, line, missing ? Number.POSITIVE_INFINITY : firstMissing) });
    return lines.every((line) => !line.error && (line.missing?.length ?? 0) === 0) ? 0 : 1;
  },
};

/** Linked as of now: what an admin decides is decided on what is there. */
async function linked(app: App): Promise<ClientBook> {
  await linkClients(app.database, { now: app.now });
  return createClientBook({ database: app.database, now: app.now });
}

function wordsOf(app: App) {
  return texts(app.settings.SVYAZ_LANGUAGE).clients;
}

function printed(app: App): (record: RecordCard) => string {
  return ({ name, title, inn }) => wordsOf(app).record(name, title, inn);
}

function ageOf({ asOf }: Coverage, now: Date): number | undefined {
  return asOf && Math.max(0, Math.round((now.getTime() - asOf.getTime()) / 1_000));
}

function printedCoverage(app: App, line: Coverage, named: number): string {
  const { system, kind, stored, inSource, missing, unreadable, mode, asOf, lastFull, error } = line;
  const { SVYAZ_LANGUAGE: language, SVYAZ_TIME_ZONE: timeZone } = app.settings;
  const words = texts(language).coverage;
  const moment = (at: Date) => formatMoment(at, language, timeZone);
  return [
    kind === "" ? system : `${system}: ${texts(language).tools.kinds[kind] ?? kind}`,
    kind !== "" && words.counts(stored, inSource),
    missing && words.missing(missing, named),
    unreadable !== undefined && words.unreadable(unreadable),
    asOf ? words.asOf(moment(asOf), formatAge(asOf, app.now(), language)) : words.never,
    lastFull && words.lastFull(moment(lastFull)),
    !asOf && mode && words.mode[mode],
    error && words.error(texts(language).errors[error]?.(system) ?? error),
  ]
    .filter(Boolean)
    .join("; ");
}
