import { rmSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { createApp } from "./app.js";
import { complaint, type Line, runCommand } from "./cli/commands.js";
import { callControl } from "./platform/control.js";
import { acquireDataLock } from "./platform/directory-lock.js";
import { roles } from "./guard/people.js";
import { controlPath, prepare, start, version } from "./main.js";
import { serveSandbox } from "./sandbox/index.js";
import { texts } from "./text/texts.js";

const lockWaitMs = 30_000;

interface Shared {
  readonly data?: string;
  readonly json?: boolean;
}

/** The command line. Exit code 0: done; 1: refused, broken or wrong; the reason is one line on stderr. */
export async function main(argv: readonly string[]): Promise<void> {
  // `svyaz audit export | head`: the reader has enough.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  try {
    await program().parseAsync([...argv]);
  } catch (error) {
    process.stderr.write(`svyaz: ${complaint(error)}\n`);
    process.exitCode = 1;
  }
}

/** Every command there is; the docs are checked against it. */
export function program(): Command {
  const svyaz = new Command("svyaz")
    .description("A chat assistant that works with the systems a company already has")
    .version(version())
    .option("--data <dir>", "folder of the embedded database and the sandbox (SVYAZ_DATA, ./data)")
    .showHelpAfterError();
  const shared = (): Shared => svyaz.opts<Shared>();

  svyaz
    .command("start", { isDefault: true })
    .description("open the chat on a terminal; without a terminal run the service: channels and web server")
    .option("--as <person>", "who chats on the terminal", "admin")
    .option("--serve", "run the service even on a terminal")
    .option("--chat", "open the chat even without a terminal (lines on stdin)")
    .action(async (options: { as: string; serve?: boolean; chat?: boolean }) => {
      process.exitCode = await start({ data: shared().data, as: options.as, chat: options.serve ? false : options.chat });
    });

  svyaz
    .command("ask")
    .description("ask one question and print the answer")
    .argument("<text>", "the question, in Russian or English")
    .option("--as <person>", "in whose name", "admin")
    .option("--chat <name>", "go on in this conversation; a new one unless given")
    .option("--json", "one JSON object a line: tool calls, approvals, then the reply")
    .action((text: string, options: { as: string; chat?: string; json?: boolean }) =>
      run(shared(), "ask", {
        text,
        ...options,
        width: process.stdout.columns ?? 100,
        colour: process.stdout.isTTY && process.stdout.hasColors(),
      }),
    );

  for (const [name, yes] of [
    ["approve", true],
    ["reject", false],
  ] as const) {
    svyaz
      .command(name)
      .description(yes ? "confirm a card: what it shows is written, once" : "cancel a card: nothing is written")
      .argument("<id>", "the approval's id, from the card or from ask --json")
      .option("--as <person>", "who answers; only the one who asked may", "admin")
      .action((id: string, options: { as: string }) => run(shared(), "decide", { id, yes, as: options.as }));
  }

  const people = svyaz.command("people").description("who Svyaz works for");
  people
    .command("add")
    .description("add a person")
    .argument("<id>", "short name: a-z, 0-9, dot, dash")
    .requiredOption("--name <name>", "full name")
    .option("--email <email>", "corporate e-mail")
    .addOption(roleOption().default(["staff"]))
    .addOption(new Option("--language <language>", "ru or en").choices(["ru", "en"]).default("ru"))
    .action((id: string, options: { name: string; email?: string; role: string[]; language: string }) =>
      run(shared(), "people.add", { id, name: options.name, email: options.email, roles: options.role, language: options.language }),
    );
  people
    .command("list")
    .description("list people, their roles and accounts")
    .option("--json", "one JSON object a line")
    .action((options: { json?: boolean }) => run(shared(), "people.list", { json: options.json ?? false }));
  people
    .command("link")
    .description(
      "without a principal: print an invitation code that ties a Telegram or Slack account to the person; with one: their user in a system",
    )
    .argument("<id>", "the person")
    .argument("[principal]", "the person's user in a system, for example amocrm:user:11")
    .action((id: string, principal?: string) => run(shared(), "people.link", { id, principal }));
  people
    .command("role")
    .description("set a person's roles")
    .argument("<id>", "the person")
    .argument("<roles...>", roles.join(", "))
    .action((id: string, granted: string[]) => run(shared(), "people.role", { id, roles: granted }));

  svyaz
    .command("doctor")
    .description("check the database, the model and every configured system, and say how to mend what is wrong")
    .option("--json", "one JSON object a line")
    .action((options: { json?: boolean }) => run(shared(), "doctor", { json: options.json ?? false }));

  svyaz
    .command("sync")
    .description("bring the mirror and the index up to date now")
    .argument("[system]", "one system; all unless given")
    .option("--full", "read everything, and remove what is gone", false)
    .action((system: string | undefined, options: { full: boolean }) => run(shared(), "sync", { system, full: options.full }));

  svyaz
    .command("index")
    .description("index a folder of files: PDF, DOCX, XLSX, PPTX, HTML, MD, TXT, RTF, EML and others")
    .argument("<folder>", "every file below it")
    .option("--open-to <principal...>", "only for these persons or groups (svyaz:person:anna); for everyone unless given", [])
    .action((folder: string, options: { openTo: string[] }) => run(shared(), "index", { folder, open: options.openTo }));

  const audit = svyaz.command("audit").description("the log of everything done");
  audit
    .command("verify")
    .description("check the whole chain; names the first bad record")
    .option("--json", "the result as JSON")
    .action((options: { json?: boolean }) => run(shared(), "audit.verify", { json: options.json ?? false }));
  audit
    .command("export")
    .description("print records as JSON lines")
    .option("--since <moment>", "ISO time, for example 2026-11-01")
    .option("--actor <actor>", "only this actor's")
    .action((options: { since?: string; actor?: string }) => run(shared(), "audit.export", options));

  const sandbox = svyaz.command("sandbox").description("the invented company");
  sandbox
    .command("reset")
    .description("erase the sandbox and what Svyaz knows of it; it starts over at the next start")
    .action(async () => {
      const { data, settings } = prepare({ data: shared().data, quiet: true });
      const release = await acquireDataLock(data, { waitMs: lockWaitMs });
      for (const folder of ["sandbox", "database", "pictures"]) rmSync(join(data, folder), { recursive: true, force: true });
      release();
      process.stdout.write(`${texts(settings.SVYAZ_LANGUAGE).cli.sandboxReset}\n`);
    });
  sandbox
    .command("serve")
    .description("run the sandbox's systems as a process of their own and print the settings that reach them")
    .option("--control", "let a test plan faults and read the stores")
    .action(async (options: { control?: boolean }) => {
      const { data, settings } = prepare({ data: shared().data, quiet: true });
      await serveSandbox({
        folder: join(data, "sandbox"),
        control: options.control ?? false,
        now: settings.SVYAZ_NOW ? new Date(settings.SVYAZ_NOW) : undefined,
      });
    });
  return svyaz;
}

function roleOption(): Option {
  return new Option("--role <role...>", "what the person may").choices(roles);
}

/** Asks the running process to do it; where none runs, does it here under the data lock. */
async function run(flags: Shared, name: string, args: unknown): Promise<void> {
  const { data, settings, environment, log } = prepare({ data: flags.data, quiet: true });
  const print = (line: Line): void => {
    if ("json" in line) process.stdout.write(`${JSON.stringify(line.json)}\n`);
    else if ("text" in line) process.stdout.write(`${line.text}\n`);
    else if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K${line.step}`);
  };
  const elsewhere = await callControl(controlPath(data), { name, args }, (line) => print(line as Line));
  if (elsewhere) {
    process.exitCode = Number(elsewhere.result);
    return;
  }
  const release = await acquireDataLock(data, { waitMs: lockWaitMs });
  try {
    const app = await createApp(settings, environment, log);
    try {
      await app.start({ serve: false, background: false });
      const { userInfo } = await import("node:os");
      process.exitCode = await runCommand(app, name, args, print, userInfo().username);
    } finally {
      await app.stop();
    }
  } finally {
    release();
    if (process.stderr.isTTY) process.stderr.write("\r\u001B[2K");
  }
}
