import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type App, connectorProblems, createApp } from "./app.js";
import { chatOnTerminal } from "./cli/chat.js";
import { complaint, runCommand } from "./cli/commands.js";
import { NotFound, SettingsInvalid } from "./domain/errors.js";
import type { Log } from "./domain/log.js";
import { serveControl } from "./platform/control.js";
import { acquireDataLock } from "./platform/directory-lock.js";
import { createLog, hideSecret } from "./platform/log.js";
import { readEnvironment, readSettings, secretValues, type Settings, settingsError } from "./platform/settings.js";
import { texts } from "./text/texts.js";

/** What every command begins with: settings from the environment and flags, a log that hides their secrets. */
export function prepare(flags: { readonly data?: string; readonly quiet?: boolean }): {
  settings: Settings;
  environment: Readonly<Record<string, string | undefined>>;
  log: Log;
  data: string;
} {
  const environment = { ...readEnvironment(), ...(flags.data ? { SVYAZ_DATA: flags.data } : {}) };
  const { settings, problems } = readSettings(environment);
  const all = [...problems, ...connectorProblems(environment)];
  if (!settings || all.length > 0) throw settingsError(all);
  for (const secret of secretValues(settings)) hideSecret(secret);
  // Connectors' secrets are known by the ends of their variables' names.
  for (const [name, value] of Object.entries(environment)) if (value && /(TOKEN|PASSWORD|SECRET|KEY)$/.test(name)) hideSecret(value);
  const log = createLog({ level: flags.quiet && settings.SVYAZ_LOG_LEVEL === "info" ? "error" : settings.SVYAZ_LOG_LEVEL });
  return { settings, environment, log, data: resolve(settings.SVYAZ_DATA) };
}

export function controlPath(data: string): string {
  return join(data, "control.sock");
}

/** `svyaz start`: the chat on a terminal, else the service; both until a signal. Resolves to the exit code. */
export async function start(flags: { readonly data?: string; readonly as?: string; readonly chat?: boolean }): Promise<number> {
  const onTerminal = flags.chat ?? (process.stdin.isTTY && process.stdout.isTTY);
  const { settings, environment, log, data } = prepare({ data: flags.data, quiet: onTerminal });
  const release = await acquireDataLock(data, { waitMs: 2_000 });
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort(new Error(signal)));
  try {
    const app = await createApp(settings, environment, log);
    const control = await serveControl(controlPath(data), (command, emit) =>
      runCommand(app, command.name, command.args, emit, command.user),
    );
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

/** What is real and what is sandbox, three questions to try, and what to set up next. */
export function firstScreen(app: App, person: { readonly name: string; readonly roles: readonly string[] }): string {
  const { settings } = app;
  const words = texts(settings.SVYAZ_LANGUAGE).cli;
  const systems = app.systems.configured.map(({ definition }) => definition.title).join(", ");
  const model = settings.OPENAI_API_KEY || settings.OPENAI_BASE_URL;
  return [
    words.banner(version()),
    app.sandbox ? words.sandboxOn(systems) : systems ? words.realSystems(systems) : words.noSystems,
    model ? words.modelOn(settings.OPENAI_MODEL) : words.modelOff,
    ...(app.channels.length > 0 ? [words.channelsOn(app.channels.map(({ id }) => id).join(", "))] : []),
    words.databaseAt(settings.DATABASE_URL ? "PostgreSQL" : app.data),
    words.youAre(person.name, person.roles.join(", ")),
    "",
    words.tryThese,
    ...words.questions.map((question) => `  • ${question}`),
    "",
    words.howTo,
    words.addToken,
    words.addModel,
    words.addSystem,
    words.quit,
  ].join("\n");
}

export function version(): string {
  const { version: number } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return number;
}

export { complaint };
