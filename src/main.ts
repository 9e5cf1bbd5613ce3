import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { App } from "./app.js";
import { begin, connectorProblems, type Environment } from "./begin.js";
import type { runCommand } from "./cli/commands.js";
import { NotFound, SettingsInvalid, SvyazError } from "./domain/errors.js";
import type { Log } from "./domain/log.js";
import { serveControl } from "./platform/control.js";
import { acquireDataLock } from "./platform/directory-lock.js";
import { createLog, hideSecret } from "./platform/log.js";
import { readEnvironment, readSettings, secretValues, type Settings, settingsError } from "./platform/settings.js";
import { texts } from "./text/texts.js";

export interface Prepared {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly log: Log;
  readonly data: string;
}

/** What every command begins with: settings from the environment and flags, a log that hides their secrets. */
export function prepare(flags: {
  readonly data?: string;
  readonly quiet?: boolean;
  readonly readOnly?: boolean;
  readonly role?: string;
}): Prepared {
  const environment = {
    ...readEnvironment(),
    ...(flags.data ? { SVYAZ_DATA: flags.data } : {}),
    ...(flags.readOnly ? { SVYAZ_READ_ONLY: "true" } : {}),
    ...(flags.role ? { SVYAZ_ROLE: flags.role } : {}),
  };
  const { settings, problems } = readSettings(environment);
  const all = [...problems, ...connectorProblems(environment)];
  if (!settings || all.length > 0) throw settingsError(all);
  for (const secret of secretValues(settings)) hideSecret(secret);
  // Connectors' secrets are known by the ends of their variables' names.
  for (const [name, value] of Object.entries(environment)) if (value && /(TOKEN|PASSWORD|SECRET|KEY)$/.test(name)) hideSecret(value);
  const log = createLog({ level: flags.quiet && settings.SVYAZ_LOG_LEVEL === "info" ? "error" : settings.SVYAZ_LOG_LEVEL });
  return { settings, environment, log, data: resolve(settings.SVYAZ_DATA) };
}

/** The app, not yet started, and what runs commands on it. Most of the program is loaded while its slowest parts come up. */
export async function openApp({ settings, environment, log }: Prepared): Promise<{ readonly app: App; readonly run: typeof runCommand }> {
  const begun = begin(settings, environment, log);
  try {
    const [{ createApp }, commands] = await Promise.all([import("./app.js"), import("./cli/commands.js")]);
    return { app: await createApp(settings, environment, log, {}, begun), run: commands.runCommand };
  } catch (error) {
    await begun.abandon();
    throw error;
  }
}

export function controlPath(data: string): string {
  return join(data, "control.sock");
}

/** `svyaz start`: the chat on a terminal, else the service; both until a signal. Resolves to the exit code. */
export async function start(flags: {
  readonly data?: string;
  readonly as?: string;
  readonly chat?: boolean;
  readonly readOnly?: boolean;
  readonly role?: string;
}): Promise<number> {
  const service = flags.role !== undefined && flags.role !== "all";
  const onTerminal = flags.chat ?? (!service && process.stdin.isTTY && process.stdout.isTTY);
  const prepared = prepare({ data: flags.data, quiet: onTerminal, readOnly: flags.readOnly, role: flags.role });
  const { settings, log, data } = prepared;
  const release = await acquireDataLock(data, { waitMs: 2_000 });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort(new Error(signal)));
  try {
    const { app, run } = await openApp(prepared);
    const control = await serveControl(controlPath(data), (command, emit) => run(app, command.name, command.args, emit, command.user));
    try {
      const { url } = await startApp(app, onTerminal);
      const words = texts(settings.SVYAZ_LANGUAGE).cli;
      if (onTerminal) {
        const person = await app.people.find(flags.as ?? "admin");
        if (!person)
          throw new NotFound((await app.people.list()).length === 0 ? words.noPeople : words.unknownPerson(flags.as ?? "admin"), {
            operation: "start",
          });
        process.stdout.write(`${firstScreen(app, person)}\n`);
        const { chatOnTerminal } = await import("./cli/chat.js");
        await chatOnTerminal(app, person, stop.signal);
      } else {
        log.info(words.serving(url ?? ""), {
          channels: app.channels.map(({ id }) => id),
          systems: app.systems.configured.map(({ system }) => system),
        });
        await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
      }
      if (onTerminal) process.stdout.write(`${words.stopping}\n`);
      return 0;
    } finally {
      await control.close();
      await app.stop();
    }
  } finally {
    release();
  }
}

/** On a terminal a busy port is no reason not to chat. */
async function startApp(app: App, onTerminal: boolean): Promise<{ readonly url?: string }> {
  try {
    return await app.start({ serve: true, background: true });
  } catch (error) {
    const busy = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (!busy || !onTerminal) {
      if (busy)
        throw new SettingsInvalid(`port ${app.settings.SVYAZ_PORT} is taken by another program; set SVYAZ_PORT to a free one`, {
          operation: "start",
          cause: error,
        });
      throw error;
    }
    process.stderr.write(`${texts(app.settings.SVYAZ_LANGUAGE).cli.portTaken(app.settings.SVYAZ_PORT)}\n`);
    return {};
  }
}

/** What is real and what is sandbox, three questions that the sandbox can answer, and what is not set up yet. */
export function firstScreen(app: App, person: { readonly name: string; readonly roles: readonly string[] }): string {
  const { settings } = app;
  const words = texts(settings.SVYAZ_LANGUAGE).cli;
  const systems = app.systems.configured.map(({ definition }) => definition.title).join(", ");
  const model = settings.OPENAI_API_KEY || settings.OPENAI_BASE_URL;
  const next = [
    ...(app.channels.length === 0 ? [words.addToken] : []),
    ...(model ? [] : [words.addModel]),
    ...(systems && !app.sandbox ? [] : [words.addSystem]),
  ];
  return [
    words.banner(version()),
    app.sandbox ? words.sandboxOn(systems) : systems ? words.realSystems(systems) : words.noSystems,
    model ? words.modelOn(settings.OPENAI_MODEL) : words.modelOff,
    ...(settings.SVYAZ_READ_ONLY ? [words.pilotOn] : []),
    ...(app.channels.length > 0 ? [words.channelsOn(app.channels.map(({ id }) => id).join(", "))] : []),
    words.databaseAt(settings.DATABASE_URL ? "PostgreSQL" : app.data),
    ...(app.keyring.generated ? [texts(settings.SVYAZ_LANGUAGE).vault.generatedKey(app.keyring.generated)] : []),
    words.youAre(person.name, person.roles.join(", ")),
    "",
    ...(app.sandbox ? [words.tryThese, ...words.questions.map((question) => `  • ${question}`), ""] : []),
    ...(next.length > 0 ? [words.howTo, ...next] : []),
    words.quit,
  ].join("\n");
}

export function version(): string {
  const { version: number } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return number;
}

/** What went wrong, for people: the sentence of our own errors, and their message for the admin who typed the command. */
export function complaint(error: unknown): string {
  if (error instanceof SvyazError) return error.message;
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}
