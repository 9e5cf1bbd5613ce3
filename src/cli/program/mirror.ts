import { resolve } from "node:path";
import type { Command } from "commander";
import type { Shell } from "./shell.js";

/** The connected systems: are they well, what is in them, and how complete the mirror and the index are. */
export function addMirror(svyaz: Command, { run }: Shell): void {
  svyaz
    .command("doctor")
    .description("check the database, the model and every configured system, and say how to mend what is wrong")
    .option("--json", "one JSON object a line")
    .action((options: { json?: boolean }) => run("doctor", { json: options.json ?? false }));

  svyaz
    .command("inventory")
    .description("ask every configured system what it is, and report what Svyaz can do there, what is missing, risks and a plan")
    .option("--out <file>", "write the report to a new file instead of printing it")
    .option("--json", "everything as one JSON object")
    .action(({ out, json }: { out?: string; json?: boolean }) =>
      run("inventory", { out: out === undefined ? undefined : resolve(out), json: json ?? false }),
    );

  const sync = svyaz
    .command("sync")
    .description("bring the mirror and the index up to date now")
    .argument("[system]", "one system; all unless given")
    .option("--full", "read everything, and remove what is gone", false)
    .option("--believe", "a full pass that removes what is gone even when that is most of what is stored", false)
    .action((system: string | undefined, options: { full: boolean; believe: boolean }) => run("sync", { system, ...options }));
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
      run("sync.status", { system, ...options }),
    );

  const clients = svyaz.command("clients").description("who is one client in several systems");
  clients
    .command("list", { isDefault: true })
    .description("clients that several systems know, with their records")
    .option("--all", "also those that one system knows", false)
    .option("--json", "one JSON object a line", false)
    .action((options: { all: boolean; json: boolean }) => run("clients.list", options));
  for (const [name, what] of [
    ["doubts", "pairs of records that may be one client, for you to decide"],
    ["conflicts", "where the systems say different things of one client: INN, telephone, name"],
  ] as const) {
    clients
      .command(name)
      .description(what)
      .option("--json", "one JSON object a line", false)
      .action((options: { json: boolean }) => run(`clients.${name}`, options));
  }
  clients
    .command("merge")
    .description("two records are one client, from now on and whatever the systems say")
    .argument("<one>", "a record such as amocrm:company:17, or a client's number")
    .argument("<other>", "another one")
    .action((one: string, other: string) => run("clients.merge", { one, other }));
  clients
    .command("split")
    .description("a record is another client than those it is joined with, or than <from>: they are never joined again")
    .argument("<record>", "such as amocrm:company:17")
    .argument("[from]", "a record or client's number that it is told apart from")
    .action((record: string, from?: string) => run("clients.split", { record, from }));

  const jobs = svyaz.command("jobs").description("background work: what waits and runs, and what has failed for good");
  jobs
    .command("list", { isDefault: true })
    .description("counts, clocks, and jobs that failed for good with their reason; exit code 1 while there are such")
    .option("--json", "one JSON object a line")
    .action((options: { json?: boolean }) => run("jobs.list", { json: options.json ?? false }));
  jobs
    .command("retry")
    .description("put jobs that failed for good back into the queue")
    .argument("[id]", "one of them; all unless given")
    .action((id?: string) => run("jobs.retry", { id }));
  jobs
    .command("bury")
    .description("drop a job that failed for good")
    .argument("<id>", "from svyaz jobs")
    .action((id: string) => run("jobs.bury", { id }));

  const webhooks = svyaz.command("webhooks").description("web hooks by which systems tell of changes at once; needs SVYAZ_PUBLIC_URL");
  webhooks
    .command("register")
    .description("register ours at the system, or print the address to enter by hand where its API cannot")
    .argument("<system>", "for example amocrm")
    .action((system: string) => run("webhooks.register", { system }));
  webhooks
    .command("list")
    .description("list the web hooks that the system has; ours is marked")
    .argument("<system>", "for example amocrm")
    .option("--json", "one JSON object a line")
    .action((system: string, options: { json?: boolean }) => run("webhooks.list", { system, json: options.json ?? false }));
  webhooks
    .command("remove")
    .description("remove ours from the system")
    .argument("<system>", "for example amocrm")
    .argument("[id]", "another one, from webhooks list")
    .action((system: string, id?: string) => run("webhooks.remove", { system, id }));

  svyaz
    .command("index")
    .description("index a folder of files: PDF, DOCX, XLSX, PPTX, HTML, MD, TXT, RTF, EML and others")
    .argument("<folder>", "every file below it")
    .option("--open-to <principal...>", "only for these persons or groups (svyaz:person:anna); for everyone unless given", [])
    .action((folder: string, options: { openTo: string[] }) => run("index", { folder, open: options.openTo }));
}
