import { basename, resolve } from "node:path";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { App } from "../app.js";
import { type LinkRule, linksTo } from "../channels/kit/addresses.js";
import { renderReply } from "../channels/terminal/render.js";
import { linkMs } from "../conversation/sign-in-links.js";
import { NotFound } from "../domain/errors.js";
import type { Block } from "../domain/message.js";
import type { Language, Person } from "../domain/people.js";
import type { Change } from "../domain/sync.js";
import { extractText } from "../search/extract.js";
import { walkFiles } from "../search/files.js";
import { applyChanges } from "../sync/apply.js";
import { formatMoment } from "../text/format.js";
import { errorSentence, texts } from "../text/texts.js";
import { channelWords } from "../text/wordings.js";
import { clientHandlers, clientInputs } from "./clients.js";
import { backupHandlers, backupInputs } from "./backup.js";
import { accessHandlers, accessInputs, demandRoles } from "./access.js";
import { examine } from "./doctor.js";
import { inventoryHandlers, inventoryInputs } from "./inventory.js";
import { jobHandlers, jobInputs } from "./jobs.js";
import { keyHandlers, keyInputs } from "./keys.js";
import { piiHandlers, piiInputs } from "./pii.js";
import { webhookHandlers, webhookInputs } from "./webhooks.js";

/** One line of a command's output: an object of `--json`, a text for people, or a step of long work. */
export type Line = { readonly json: unknown } | { readonly text: string } | { readonly step: string };
export type Emit = (line: Line) => void;

const Screen = { width: z.number().int().positive().default(100), colour: z.boolean().default(false), json: z.boolean().default(false) };

const inputs = {
  ask: z.object({ text: z.string(), as: z.string(), chat: z.string().optional(), ...Screen }),
  decide: z.object({ id: z.string(), yes: z.boolean(), as: z.string() }),
  "people.add": z.object({
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
    name: z.string().min(1),
    email: z.email().optional(),
    roles: z.array(z.string()),
    language: z.enum(["ru", "en"]),
  }),
  "people.list": z.object({ json: z.boolean() }),
  "people.link": z.object({ id: z.string(), principal: z.string().optional() }),
  "people.role": z.object({ id: z.string(), roles: z.array(z.string()).min(1) }),
  connect: z.object({ system: z.string(), as: z.string().optional() }),
  disconnect: z.object({ system: z.string(), as: z.string().optional() }),
  doctor: z.object({ json: z.boolean() }),
  sync: z.object({ system: z.string().optional(), full: z.boolean(), believe: z.boolean().default(false) }),
  index: z.object({ folder: z.string(), open: z.array(z.string()) }),
  "audit.verify": z.object({ json: z.boolean(), against: z.string().optional() }),
  "audit.export": z.object({
    since: z
      .string()
      .refine((given) => !Number.isNaN(Date.parse(given)), "an ISO time, for example 2026-11-01")
      .optional(),
    actor: z.string().optional(),
  }),
  ...accessInputs,
  ...keyInputs,
  ...piiInputs,
  ...backupInputs,
  ...inventoryInputs,
  ...clientInputs,
  ...jobInputs,
  ...webhookInputs,
};

export type CommandName = keyof typeof inputs;

/** Every command that runs on an app. */
export const commandNames = Object.keys(inputs) as readonly CommandName[];

/** What runs a command on an app: in this process, or in the one that already holds the data. Resolves to the exit code. */
export async function runCommand(app: App, name: string, args: unknown, emit: Emit, user: string): Promise<number> {
  if (!(name in inputs)) throw new NotFound(`there is no command ${name}`, { operation: "cli" });
  const act = handlers[name as CommandName] as (app: App, args: unknown, emit: Emit, user: string) => Promise<number>;
  return act(app, inputs[name as CommandName].parse(args), emit, user);
}

const week = 7 * 24 * 60 * 60_000;

const handlers: { [Name in CommandName]: (app: App, args: z.infer<(typeof inputs)[Name]>, emit: Emit, user: string) => Promise<number> } = {
  ...accessHandlers,
  ...piiHandlers,
  ...keyHandlers,
  ...backupHandlers,
  ...inventoryHandlers,
  ...clientHandlers,
  ...jobHandlers,
  ...webhookHandlers,

  async ask(app, { text, as, chat = `ask-${crypto.randomUUID()}`, json, width, colour }, emit) {
    const person = await known(app, as);
    const wordings = wordingsFor(person);
    let failed = false;
    const unwatch = app.terminal.watch(chat, {
      call: ({ name, input, outcome }) => json && emit({ json: { type: "tool", name, input, outcome } }),
      step: (step) => emit({ step }),
      reply: (reply, saved) => {
        failed = false;
        if (!json) return emit({ text: renderReply(reply, { width, colour, allowed: linkRule(app) }, saved, wordings) });
        for (const block of reply) {
          if (block.kind === "choice" && block.lines)
            emit({ json: { type: "approval", id: block.id, title: block.question, lines: block.lines } });
        }
        emit({ json: { type: "reply", blocks: reply.map((block) => plainBlock(block, saved.path(block))) } });
      },
    });
    try {
      const event = await app.terminal.say({ chat, person: person.id, name: person.name, text, now: new Date() });
      await app.inbox.settled("terminal", event);
      return failed ? 1 : 0;
    } finally {
      unwatch();
    }
  },

  async decide(app, { id, yes, as }, emit) {
    const person = await known(app, as);
    const settled = await app.decisions.decide(id, yes, person);
    const words = texts(person.language).cli;
    if (settled.state === "done") emit({ text: words.written(printRef(settled.receipt.ref), settled.receipt.url ?? "") });
    else emit({ text: settled.sentence });
    return settled.state === "done" || settled.state === "waiting" || (settled.state === "rejected" && !yes) ? 0 : 1;
  },

  async "people.add"(app, { id, name, email, roles: granted, language }, emit, user) {
    demandRoles(app, granted);
    await act(app, user, "person.added", { person: id, roles: granted }, () =>
      app.people.add({ id, name, email, roles: granted, language }),
    );
    emit({ text: words(app).personAdded(id, name) });
    return 0;
  },

  async "people.list"(app, { json }, emit) {
    const people = await app.people.list();
    if (json)
      for (const { id, name, email, roles: granted, principals, accounts, active } of people)
        emit({ json: { id, name, email, roles: granted, principals, accounts, active } });
    else if (people.length === 0) emit({ text: words(app).noPeople });
    else
      for (const one of people)
        emit({
          text: `${one.active ? "" : "✗ "}${one.id.padEnd(16)} ${one.name.padEnd(28)} ${one.roles.join(",").padEnd(16)} ${one.accounts.map(({ channel, sender }) => `${channel}:${sender}`).join(" ")}`,
        });
    return 0;
  },

  async "people.link"(app, { id, principal }, emit, user) {
    if (principal) {
      const [system = ""] = principal.split(":");
      await act(app, user, "person.linked", { person: id, principal }, () => app.people.link(id, system, principal));
      emit({ text: words(app).linkedTo(id, principal) });
      return 0;
    }
    const { code, expiresAt } = await act(app, user, "person.invited", { person: id }, () => app.people.invite(id, app.now(), week));
    emit({ text: words(app).invitation(code, formatMoment(expiresAt, app.settings.SVYAZ_LANGUAGE, app.settings.SVYAZ_TIME_ZONE)) });
    return 0;
  },

  async "people.role"(app, { id, roles: granted }, emit, user) {
    demandRoles(app, granted);
    await act(app, user, "person.roles-set", { person: id, roles: granted }, () => app.people.setRoles(id, granted));
    emit({ text: words(app).rolesSet(id, granted.join(", ")) });
    return 0;
  },

  async connect(app, given, emit, user) {
    const url = await app.connect.link(await signInRequest(app, given, user));
    emit({ text: texts(app.settings.SVYAZ_LANGUAGE).connect.cliLink(url, linkMs / 60_000) });
    return 0;
  },

  async disconnect(app, given, emit, user) {
    const { erased, revoked } = await app.connect.disconnect(await signInRequest(app, given, user));
    const { connect } = texts(app.settings.SVYAZ_LANGUAGE);
    emit({ text: erased ? connect.disconnected(given.system, revoked) : connect.notConnected(given.system) });
    return erased ? 0 : 1;
  },

  async doctor(app, { json }, emit) {
    const findings = await examine(app);
    for (const finding of findings) {
      if (json) emit({ json: finding });
      else
        emit({
          text: `${finding.ok ? "✓" : "✗"} ${finding.name.padEnd(18)} ${finding.what}${finding.mend ? `\n  → ${finding.mend}` : ""}`,
        });
    }
    const bad = findings.filter(({ ok }) => !ok).length;
    if (!json) emit({ text: bad === 0 ? words(app).doctorFine : words(app).doctorBad(bad) });
    return bad === 0 ? 0 : 1;
  },

  async sync(app, { system, full, believe }, emit) {
    const all = app.systems.configured.map((one) => one.system);
    if (system && !all.includes(system))
      throw new NotFound(`${system} is not configured; there are: ${all.join(", ")}`, { system, operation: "sync" });
    let bad = 0;
    for (const name of system ? [system] : all) {
      await app.rights.members({ systems: [name] });
      const reports = await app.sync.run(name, {
        full: full || believe,
        believe,
        onBatch: (kind, seen, inSource) => emit({ step: `${name} ${kind}: ${seen}${inSource ? `/${inSource}` : ""}` }),
      });
      for (const { kind, stored, removed, seconds, error } of reports) {
        if (error) bad++;
        emit({
          text: error
            ? words(app).syncFailed(name, kind, `${errorSentence(error, app.settings.SVYAZ_LANGUAGE)} (${error.message})`)
            : words(app).syncDone(name, kind, stored, removed, seconds),
        });
      }
      await app.follow({ systems: [name], onDone: (indexed) => emit({ step: `${name}: ${indexed}` }) });
    }
    return bad === 0 ? 0 : 1;
  },

  async index(app, { folder, open }, emit, user) {
    const started = performance.now();
    const files: { path: string; name: string }[] = [];
    const skipped: string[] = [];
    for await (const file of walkFiles(resolve(folder))) {
      if (file.kind === "skipped") skipped.push(`${file.name}: ${file.reason}`);
      else files.push(file);
    }
    let indexed = 0;
    const store = async (at: number, { path, name }: { readonly path: string; readonly name: string }) => {
      const extracted = await extractText({ bytes: await readFile(path), fileName: basename(path) });
      emit({ step: `${at + 1}/${files.length} ${basename(path)}` });
      if (extracted.status !== "ok") {
        skipped.push(`${name}: ${extracted.status}`);
        return;
      }
      const change: Change = {
        kind: "upsert",
        entity: {
          ref: { system: "files", kind: "file", id: encodeURIComponent(path) },
          title: extracted.meta.title ?? basename(path),
          url: pathToFileURL(path).href,
          readers: open.length > 0 ? [open] : "everyone",
          relations: [],
          content: { markdown: extracted.markdown },
          fields: { path, format: extracted.format },
        },
      };
      await app.database.transaction((tx) => applyChanges(tx, [change], app.now(), undefined, app.protection));
      indexed++;
    };
    await act(app, user, "files.indexed", { folder: resolve(folder), files: files.length, openTo: open }, async () => {
      for (const [at, file] of files.entries()) await store(at, file);
    });
    await app.follow({ systems: ["files"], onDone: (done) => emit({ step: `${done}/${indexed}` }) });
    for (const line of skipped) emit({ text: `  – ${line}` });
    emit({ text: words(app).indexedFiles(indexed, skipped.length, (performance.now() - started) / 1000) });
    return 0;
  },

  async "audit.verify"(app, { json, against }, emit) {
    const started = performance.now();
    const result = await app.heads.check(against);
    const seconds = (performance.now() - started) / 1000;
    const { broken, badHead, heads, checked } = result;
    const { audit } = texts(app.settings.SVYAZ_LANGUAGE);
    if (json) emit({ json: result });
    else {
      if (broken) {
        const where = broken.to && broken.to > broken.number ? audit.between(broken.number, broken.to) : String(broken.number);
        emit({ text: words(app).auditBroken(where, words(app).auditTroubles[broken.what] ?? broken.what) });
      } else emit({ text: words(app).auditWhole(checked, seconds) });
      if (badHead) emit({ text: audit.badHead(badHead.line, audit.headTroubles[badHead.what] ?? badHead.what) });
      else emit({ text: audit.headsChecked(heads) });
    }
    return broken || badHead ? 1 : 0;
  },

  async "audit.export"(app, { since, actor }, emit, user) {
    await app.audit.note({
      name: "audit.exported",
      actor: `cli:${user}`,
      trace: crypto.randomUUID(),
      payload: { since: since ?? null, actor: actor ?? null },
    });
    for await (const record of app.audit.exportJsonLines({ since: since ? new Date(since) : undefined, actor })) emit({ text: record });
    return 0;
  },
};

async function known(app: App, id: string): Promise<Person> {
  const person = await app.people.find(id);
  if (!person) {
    const nobody = (await app.people.list()).length === 0;
    throw new NotFound(nobody ? words(app).noPeople : words(app).unknownPerson(id), { operation: "people.find" });
  }
  return person;
}

async function signInRequest(app: App, { system, as }: { readonly system: string; readonly as?: string }, user: string) {
  const person = as === undefined ? undefined : await known(app, as);
  const actor = `cli:${user}`;
  return { system, person, askedBy: actor, actor, trace: crypto.randomUUID(), language: app.settings.SVYAZ_LANGUAGE };
}

/** An admin's act from the command line leaves its row like any other. */
function act<T>(app: App, user: string, name: string, payload: Record<string, unknown>, run: () => Promise<T>): Promise<T> {
  return app.audit.during({ name, actor: `cli:${user}`, trace: crypto.randomUUID(), payload }, run);
}

function words(app: App) {
  return texts(app.settings.SVYAZ_LANGUAGE).cli;
}

/** Links may lead to the connected systems, and to files of an indexed folder. */
export function linkRule(app: App): LinkRule {
  const hosts = linksTo(app.linkHosts);
  return (url) => hosts(url) || url.startsWith("file://");
}

export function wordingsFor(person: Person) {
  const of = (language: Language) => channelWords(language, person.timeZone);
  return { ru: of("ru"), en: of("en") };
}

function printRef(ref: { readonly system: string; readonly kind: string; readonly id: string }): string {
  return `${ref.system}:${ref.kind}:${ref.id}`;
}

/** Bytes do not travel in a line of JSON: the file's path does. */
function plainBlock(block: Block, path: string | undefined): unknown {
  if (block.kind === "file" || block.kind === "image") {
    const { bytes, ...rest } = block;
    return { ...rest, size: bytes.length, path };
  }
  return path ? { ...block, path } : block;
}
