import { rmSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { Command, Option } from "commander";
import { restoreBackup } from "./cli/backup.js";
import type { Line } from "./cli/commands.js";
import { readHidden } from "./cli/hidden-input.js";
import { RequestRefused } from "./domain/errors.js";
import { newKeyLine } from "./guard/key.js";
import { callControl } from "./platform/control.js";
import { acquireDataLock } from "./platform/directory-lock.js";
import { complaint, controlPath, openApp, prepare, start, version } from "./main.js";
import { readEnvironment } from "./platform/settings.js";
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
    .option("--read-only", "pilot mode: answer, and refuse every write (SVYAZ_READ_ONLY)")
    .addOption(
      new Option("--role <role>", "what this process does, where several share one PostgreSQL (SVYAZ_ROLE)").choices([
        "all",
        "chat",
        "web",
        "worker",
      ]),
    )
    .action(async ({ as, serve, chat, ...flags }: { as: string; serve?: boolean; chat?: boolean; readOnly?: boolean; role?: string }) => {
      process.exitCode = await start({ data: shared().data, as, chat: serve ? false : chat, ...flags });
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
      .option("--as <person>", "who answers: the one who asked, then, where two are needed, a second person", "admin")
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
    .argument("<roles...>", "staff, sales, manager, admin, or a role of the access policy")
    .action((id: string, granted: string[]) => run(shared(), "people.role", { id, roles: granted }));
  people
    .command("remove")
    .description("take every right away: accounts unlinked, open cards closed; the id stays taken")
    .argument("<id>", "the person")
    .action((id: string) => run(shared(), "people.remove", { id }));
  people
    .command("suggest")
    .description("people and a system's users with the same e-mail, not linked yet")
    .argument("[system]", "one system; all unless given")
    .option("--confirm", "link them", false)
    .action((system: string | undefined, options: { confirm: boolean }) => run(shared(), "people.suggest", { system, ...options }));

  const access = svyaz.command("access").description("the access policy: who may do what");
  access
    .command("check")
    .description("whether the policy file is right, and whether people have roles it does not know")
    .action(() => run(shared(), "access.check", {}));
  access
    .command("show")
    .description("who may do what, a line for each role and system")
    .argument("[person]", "only this person's roles")
    .option("--json", "one JSON object a line")
    .action((person: string | undefined, options: { json?: boolean }) =>
      run(shared(), "access.show", { person, json: options.json ?? false }),
    );

  for (const [name, what] of [
    ["connect", "print a link that signs in to a system; for everybody unless --as names a person"],
    ["disconnect", "revoke and erase a sign-in"],
  ] as const) {
    svyaz
      .command(name)
      .description(what)
      .argument("<system>", "for example amocrm")
      .option("--as <person>", "whose sign-in it is")
      .action((system: string, options: { as?: string }) => run(shared(), name, { system, as: options.as }));
  }

  svyaz
    .command("doctor")
    .description("check the database, the model and every configured system, and say how to mend what is wrong")
    .option("--json", "one JSON object a line")
    .action((options: { json?: boolean }) => run(shared(), "doctor", { json: options.json ?? false }));

  svyaz
    .command("inventory")
    .description("ask every configured system what it is, and report what Svyaz can do there, what is missing, risks and a plan")
    .option("--out <file>", "write the report to a new file instead of printing it")
    .option("--json", "everything as one JSON object")
    .action(({ out, json }: { out?: string; json?: boolean }) =>
      run(shared(), "inventory", { out: out === undefined ? undefined : resolve(out), json: json ?? false }),
    );

  const sync = svyaz
    .command("sync")
    .description("bring the mirror and the index up to date now")
    .argument("[system]", "one system; all unless given")
    .option("--full", "read everything, and remove what is gone", false)
    .action((system: string | undefined, options: { full: boolean }) => run(shared(), "sync", { system, full: options.full }));
  sync
    .command("status")
    .description(
      "how complete the mirror is: source and mirror counts, missing ids, age, last error; exit code 1 while something is missing",
    )
    .argument("[system]", "one system; all unless given")
    .option("--check", "read every source from end to end, which takes as long as a full pass", false)
    .option("--missing", "every missing id, and not the first five", false)
    .option("--json", "one JSON object a line", false)
    .action((system: string | undefined, options: { check: boolean; missing: boolean; json: boolean }) =>
      run(shared(), "sync.status", { system, ...options }),
    );

  const clients = svyaz.command("clients").description("who is one client in several systems");
  clients
    .command("list", { isDefault: true })
    .description("clients that several systems know, with their records")
    .option("--all", "also those that one system knows", false)
    .option("--json", "one JSON object a line", false)
    .action((options: { all: boolean; json: boolean }) => run(shared(), "clients.list", options));
  for (const [name, what] of [
    ["doubts", "pairs of records that may be one client, for you to decide"],
    ["conflicts", "where the systems say different things of one client: INN, telephone, name"],
  ] as const) {
    clients
      .command(name)
      .description(what)
      .option("--json", "one JSON object a line", false)
      .action((options: { json: boolean }) => run(shared(), `clients.${name}`, options));
  }
  clients
    .command("merge")
    .description("two records are one client, from now on and whatever the systems say")
    .argument("<one>", "a record such as amocrm:company:17, or a client's number")
    .argument("<other>", "another one")
    .action((one: string, other: string) => run(shared(), "clients.merge", { one, other }));
  clients
    .command("split")
    .description("a record is another client than those it is joined with, or than <from>: they are never joined again")
    .argument("<record>", "such as amocrm:company:17")
    .argument("[from]", "a record or client's number that it is told apart from")
    .action((record: string, from?: string) => run(shared(), "clients.split", { record, from }));

  const jobs = svyaz.command("jobs").description("background work: what waits and runs, and what has failed for good");
  jobs
    .command("list", { isDefault: true })
    .description("counts, clocks, and jobs that failed for good with their reason; exit code 1 while there are such")
    .option("--json", "one JSON object a line")
    .action((options: { json?: boolean }) => run(shared(), "jobs.list", { json: options.json ?? false }));
  jobs
    .command("retry")
    .description("put jobs that failed for good back into the queue")
    .argument("[id]", "one of them; all unless given")
    .action((id?: string) => run(shared(), "jobs.retry", { id }));
  jobs
    .command("bury")
    .description("drop a job that failed for good")
    .argument("<id>", "from svyaz jobs")
    .action((id: string) => run(shared(), "jobs.bury", { id }));

  const webhooks = svyaz.command("webhooks").description("web hooks by which systems tell of changes at once; needs SVYAZ_PUBLIC_URL");
  webhooks
    .command("register")
    .description("register ours at the system, or print the address to enter by hand where its API cannot")
    .argument("<system>", "for example amocrm")
    .action((system: string) => run(shared(), "webhooks.register", { system }));
  webhooks
    .command("list")
    .description("list the web hooks that the system has; ours is marked")
    .argument("<system>", "for example amocrm")
    .option("--json", "one JSON object a line")
    .action((system: string, options: { json?: boolean }) => run(shared(), "webhooks.list", { system, json: options.json ?? false }));
  webhooks
    .command("remove")
    .description("remove ours from the system")
    .argument("<system>", "for example amocrm")
    .argument("[id]", "another one, from webhooks list")
    .action((system: string, id?: string) => run(shared(), "webhooks.remove", { system, id }));

  svyaz
    .command("index")
    .description("index a folder of files: PDF, DOCX, XLSX, PPTX, HTML, MD, TXT, RTF, EML and others")
    .argument("<folder>", "every file below it")
    .option("--open-to <principal...>", "only for these persons or groups (svyaz:person:anna); for everyone unless given", [])
    .action((folder: string, options: { openTo: string[] }) => run(shared(), "index", { folder, open: options.openTo }));

  const audit = svyaz.command("audit").description("the log of everything done");
  audit
    .command("verify")
    .description("check the whole chain and its signed heads; names the first bad record")
    .option("--against <head>", "a file of heads that was kept elsewhere, or one head as the admins' chat got it")
    .option("--json", "the result as JSON")
    .action(({ against, json = false }: { against?: string; json?: boolean }) =>
      // The process that answers may have another working folder.
      run(shared(), "audit.verify", { json, against: against?.includes("{") ? against : against && resolve(against) }),
    );
  audit
    .command("export")
    .description("print records as JSON lines")
    .option("--since <moment>", "ISO time, for example 2026-11-01")
    .option("--actor <actor>", "only this actor's")
    .action((options: { since?: string; actor?: string }) => run(shared(), "audit.export", options));

  const keys = svyaz.command("keys").description("the keys that secrets at rest are encrypted with");
  keys
    .command("new")
    .description("print a fresh key, and on stderr how to set it; stores nothing")
    .action(() => {
      process.stdout.write(`${newKeyLine()}\n`);
      process.stderr.write(`${texts(readEnvironment()["SVYAZ_LANGUAGE"] === "en" ? "en" : "ru").vault.newKey}\n`);
    });
  keys
    .command("list")
    .description("list keys, where they come from and how many secrets use them")
    .option("--json", "one JSON object a line")
    .action((options: { json?: boolean }) => run(shared(), "keys.list", { json: options.json ?? false }));
  keys
    .command("rotate")
    .description(
      "encrypt every secret with the newest key; makes one in the keyring's file when all use it already. Can be cut off and begun again",
    )
    .action(() => run(shared(), "keys.rotate", {}));
  keys
    .command("retire")
    .description("take a key away that no secret uses any more")
    .argument("<id>", "the key's id, from keys list")
    .action((id: string) => run(shared(), "keys.retire", { id }));

  const pii = svyaz.command("pii").description("personal data of one person, wherever Svyaz keeps it; and how long it keeps anything");
  pii
    .command("find")
    .description("list where it stands: table, class, number of rows; and the records of systems that hold it")
    .argument("<values...>", "phones, e-mails, names; a name of several words in quotation marks")
    .option("--json", "the result as JSON", false)
    .action((values: string[], options: { json: boolean }) => run(shared(), "pii.find", { values, ...options }));
  pii
    .command("erase")
    .description("erase it for good from tables, index, history, cards, the audit log's contents and files; asks once more on a terminal")
    .argument("<values...>", "phones, e-mails, names; a name of several words in quotation marks")
    .option("--yes", "do not ask, for scripts", false)
    .action(async (values: string[], { yes }: { yes: boolean }) => {
      const { settings } = prepare({ data: shared().data, quiet: true });
      const words = texts(settings.SVYAZ_LANGUAGE).privacy;
      if (!yes) {
        if (!process.stdin.isTTY) throw new RequestRefused(words.yesNeeded, { operation: "pii.erase" });
        await run(shared(), "pii.find", { values, json: false });
        if ((await readLine(words.confirm(words.confirmWord))).trim().toLowerCase() !== words.confirmWord)
          throw new RequestRefused(words.notConfirmed, { operation: "pii.erase" });
      }
      await run(shared(), "pii.erase", { values });
    });
  pii
    .command("purge")
    .description("remove now what SVYAZ_RETENTION_* has kept long enough; a running service does so every night")
    .action(() => run(shared(), "pii.purge", {}));

  const secret = svyaz.command("secret").description("secrets that sign in to systems, stored encrypted");
  const forPerson = () => new Option("--for <person>", "a person's own secret instead of the system's");
  secret
    .command("set")
    .description("store a secret: asks for it without showing it, or reads it from a pipe")
    .argument("<system>", "for example amocrm")
    .argument("<name>", "for example TOKEN; docs/connectors.md lists them")
    .addOption(forPerson())
    .action(async (system: string, name: string, options: { for?: string }) => {
      const { settings } = prepare({ data: shared().data, quiet: true });
      const value = await readHidden(texts(settings.SVYAZ_LANGUAGE).vault.secretPrompt(system, name));
      await run(shared(), "secret.set", { system, name, person: options.for, value });
    });
  secret
    .command("list")
    .description("list stored secrets: system, name, owner, key, age; never a value")
    .option("--json", "one JSON object a line")
    .action((options: { json?: boolean }) => run(shared(), "secret.list", { json: options.json ?? false }));
  secret
    .command("remove")
    .description("erase a stored secret")
    .argument("<system>", "for example amocrm")
    .argument("<name>", "for example TOKEN")
    .addOption(forPerson())
    .action((system: string, name: string, options: { for?: string }) =>
      run(shared(), "secret.remove", { system, name, person: options.for }),
    );

  svyaz
    .command("backup")
    .description("write the whole database to a file, while the service runs or not; the keys are not in it")
    .argument("<file>", "a new file, for example svyaz-2026-11-20.jsonl.gz")
    .action((file: string) => run(shared(), "backup", { file: resolve(file) }));
  svyaz
    .command("restore")
    .description("fill an empty folder or an empty PostgreSQL from a backup of either, then check the audit log and the keys")
    .argument("<file>", "a file that svyaz backup wrote")
    .action(async (file: string) => {
      const { data, settings, log } = prepare({ data: shared().data, quiet: true });
      const release = await acquireDataLock(data, { waitMs: 2_000 });
      try {
        process.exitCode = await restoreBackup({ settings, data, log, file, user: userInfo().username }, printLine);
      } finally {
        release();
        clearStep();
      }
    });

  const sandbox = svyaz.command("sandbox").description("the invented company");
  sandbox
    .command("reset")
    .description("erase the sandbox and what Svyaz knows of it; it starts over at the next start")
    .action(async () => {
      const { data, settings } = prepare({ data: shared().data, quiet: true });
      const release = await acquireDataLock(data, { waitMs: lockWaitMs });
      for (const folder of ["sandbox", "database", "pictures", "audit-heads.jsonl", "audit-heads.pub"])
        rmSync(join(data, folder), { recursive: true, force: true });
      release();
      process.stdout.write(`${texts(settings.SVYAZ_LANGUAGE).cli.sandboxReset}\n`);
    });
  sandbox
    .command("serve")
    .description("run the sandbox's systems as a process of their own and print the settings that reach them")
    .option("--control", "let a test plan faults and read the stores")
    .action(async (options: { control?: boolean }) => {
      const { data, settings } = prepare({ data: shared().data, quiet: true });
      const { serveSandbox } = await import("./sandbox/index.js");
      await serveSandbox({
        folder: join(data, "sandbox"),
        control: options.control ?? false,
        now: settings.SVYAZ_NOW ? new Date(settings.SVYAZ_NOW) : undefined,
      });
    });
  return svyaz;
}

function roleOption(): Option {
  return new Option("--role <role...>", "what the person may: staff, sales, manager, admin, or a role of the access policy");
}

/** Asks the running process to do it; where none runs, does it here under the data lock. */
async function run(flags: Shared, name: string, args: unknown): Promise<void> {
  const prepared = prepare({ data: flags.data, quiet: true });
  const { data } = prepared;
  const elsewhere = await callControl(controlPath(data), { name, args }, (line) => printLine(line as Line));
  if (elsewhere) {
    process.exitCode = Number(elsewhere.result);
    return;
  }
  const release = await acquireDataLock(data, { waitMs: lockWaitMs });
  try {
    const { app, run: runCommand } = await openApp(prepared);
    try {
      await app.start({ serve: false, background: false });
      process.exitCode = await runCommand(app, name, args, printLine, userInfo().username);
    } finally {
      await app.stop();
    }
  } finally {
    release();
    clearStep();
  }
}

function printLine(line: Line): void {
  if ("json" in line) process.stdout.write(`${JSON.stringify(line.json)}\n`);
  else if ("text" in line) process.stdout.write(`${line.text}\n`);
  else if (process.stderr.isTTY) process.stderr.write(`\r\u001B[2K${line.step}`);
}

function clearStep(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[2K");
}

async function readLine(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return lines.question(question).finally(() => lines.close());
}
