import { createInterface } from "node:readline/promises";
import { type Command, Option } from "commander";
import { RequestRefused } from "../../domain/errors.js";
import { newKeyLine } from "../../guard/key.js";
import { readEnvironment } from "../../platform/settings.js";
import { texts } from "../../text/texts.js";
import { readHidden } from "../hidden-input.js";
import type { Shell } from "./shell.js";

/** Keys, stored secrets, and personal data. */
export function addSecrets(svyaz: Command, { run, prepare }: Shell): void {
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
    .action((options: { json?: boolean }) => run("keys.list", { json: options.json ?? false }));
  keys
    .command("rotate")
    .description(
      "encrypt every secret with the newest key; makes one in the keyring's file when all use it already. Can be cut off and begun again",
    )
    .action(() => run("keys.rotate", {}));
  keys
    .command("retire")
    .description("take a key away that no secret uses any more")
    .argument("<id>", "the key's id, from keys list")
    .action((id: string) => run("keys.retire", { id }));

  const pii = svyaz.command("pii").description("personal data of one person, wherever Svyaz keeps it; and how long it keeps anything");
  pii
    .command("find")
    .description("list where it stands: table, class, number of rows; and the records of systems that hold it")
    .argument("<values...>", "phones, e-mails, names; a name of several words in quotation marks")
    .option("--json", "the result as JSON", false)
    .action((values: string[], options: { json: boolean }) => run("pii.find", { values, ...options }));
  pii
    .command("erase")
    .description("erase it for good from tables, index, history, cards, the audit log's contents and files; asks once more on a terminal")
    .argument("<values...>", "phones, e-mails, names; a name of several words in quotation marks")
    .option("--yes", "do not ask, for scripts", false)
    .action(async (values: string[], { yes }: { yes: boolean }) => {
      const { settings } = prepare();
      const words = texts(settings.SVYAZ_LANGUAGE).privacy;
      if (!yes) {
        if (!process.stdin.isTTY) throw new RequestRefused(words.yesNeeded, { operation: "pii.erase" });
        await run("pii.find", { values, json: false });
        if ((await readLine(words.confirm(words.confirmWord))).trim().toLowerCase() !== words.confirmWord)
          throw new RequestRefused(words.notConfirmed, { operation: "pii.erase" });
      }
      await run("pii.erase", { values });
    });
  pii
    .command("purge")
    .description("remove now what SVYAZ_RETENTION_* has kept long enough; a running service does so every night")
    .action(() => run("pii.purge", {}));

  const secret = svyaz.command("secret").description("secrets that sign in to systems, stored encrypted");
  const forPerson = () => new Option("--for <person>", "a person's own secret instead of the system's");
  secret
    .command("set")
    .description("store a secret: asks for it without showing it, or reads it from a pipe")
    .argument("<system>", "for example amocrm")
    .argument("<name>", "for example TOKEN; docs/connectors.md lists them")
    .addOption(forPerson())
    .action(async (system: string, name: string, options: { for?: string }) => {
      const { settings } = prepare();
      const value = await readHidden(texts(settings.SVYAZ_LANGUAGE).vault.secretPrompt(system, name));
      await run("secret.set", { system, name, person: options.for, value });
    });
  secret
    .command("list")
    .description("list stored secrets: system, name, owner, key, age; never a value")
    .option("--json", "one JSON object a line")
    .action((options: { json?: boolean }) => run("secret.list", { json: options.json ?? false }));
  secret
    .command("remove")
    .description("erase a stored secret")
    .argument("<system>", "for example amocrm")
    .argument("<name>", "for example TOKEN")
    .addOption(forPerson())
    .action((system: string, name: string, options: { for?: string }) => run("secret.remove", { system, name, person: options.for }));
}

async function readLine(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return lines.question(question).finally(() => lines.close());
}
