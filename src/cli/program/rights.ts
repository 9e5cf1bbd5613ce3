import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Shell } from "./shell.js";

/** People, what they may do, whose sign-ins are used, and the log of what was done. */
export function addRights(svyaz: Command, { run }: Shell): void {
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
      run("people.add", { id, name: options.name, email: options.email, roles: options.role, language: options.language }),
    );
  people
    .command("list")
    .description("list people, their roles and accounts")
    .option("--json", "one JSON object a line")
    .action((options: { json?: boolean }) => run("people.list", { json: options.json ?? false }));
  people
    .command("link")
    .description(
      "without a principal: print an invitation code that ties a Telegram or Slack account to the person; with one: their user in a system",
    )
    .argument("<id>", "the person")
    .argument("[principal]", "the person's user in a system, for example amocrm:user:11")
    .action((id: string, principal?: string) => run("people.link", { id, principal }));
  people
    .command("role")
    .description("set a person's roles")
    .argument("<id>", "the person")
    .argument("<roles...>", "staff, sales, manager, admin, or a role of the access policy")
    .action((id: string, granted: string[]) => run("people.role", { id, roles: granted }));
  people
    .command("remove")
    .description("take every right away: accounts unlinked, open cards closed; the id stays taken")
    .argument("<id>", "the person")
    .action((id: string) => run("people.remove", { id }));
  people
    .command("suggest")
    .description("people and a system's users with the same e-mail, not linked yet")
    .argument("[system]", "one system; all unless given")
    .option("--confirm", "link them", false)
    .action((system: string | undefined, options: { confirm: boolean }) => run("people.suggest", { system, ...options }));

  const access = svyaz.command("access").description("the access policy: who may do what");
  access
    .command("check")
    .description("whether the policy file is right, and whether people have roles it does not know")
    .action(() => run("access.check", {}));
  access
    .command("show")
    .description("who may do what, a line for each role and system")
    .argument("[person]", "only this person's roles")
    .option("--json", "one JSON object a line")
    .action((person: string | undefined, options: { json?: boolean }) => run("access.show", { person, json: options.json ?? false }));

  for (const [name, what] of [
    ["connect", "print a link that signs in to a system; for everybody unless --as names a person"],
    ["disconnect", "revoke and erase a sign-in"],
  ] as const) {
    svyaz
      .command(name)
      .description(what)
      .argument("<system>", "for example amocrm")
      .option("--as <person>", "whose sign-in it is")
      .action((system: string, options: { as?: string }) => run(name, { system, as: options.as }));
  }

  const audit = svyaz.command("audit").description("the log of everything done");
  audit
    .command("verify")
    .description("check the whole chain and its signed heads; names the first bad record")
    .option("--against <head>", "a file of heads that was kept elsewhere, or one head as the admins' chat got it")
    .option("--json", "the result as JSON")
    .action(({ against, json = false }: { against?: string; json?: boolean }) =>
      // The process that answers may have another working folder.
      run("audit.verify", { json, against: against?.includes("{") ? against : against && resolve(against) }),
    );
  audit
    .command("export")
    .description("print records as JSON lines")
    .option("--since <moment>", "ISO time, for example 2026-11-01")
    .option("--actor <actor>", "only this actor's")
    .action((options: { since?: string; actor?: string }) => run("audit.export", options));
}

function roleOption(): Option {
  return new Option("--role <role...>", "what the person may: staff, sales, manager, admin, or a role of the access policy");
}
