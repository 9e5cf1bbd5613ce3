import { rmSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { acquireDataLock } from "../../platform/directory-lock.js";
import { texts } from "../../text/texts.js";
import { restoreBackup } from "../backup.js";
import { lockWaitMs, type Shell } from "./shell.js";

/** Backups, and the invented company. */
export function addUpkeep(svyaz: Command, { run, prepare, print, clearStep }: Shell): void {
  svyaz
    .command("backup")
    .description("write the whole database to a file, while the service runs or not; the keys are not in it")
    .argument("<file>", "a new file, for example svyaz-2026-11-20.jsonl.gz")
    .action((file: string) => run("backup", { file: resolve(file) }));
  svyaz
    .command("restore")
    .description("fill an empty folder or an empty PostgreSQL from a backup of either, then check the audit log and the keys")
    .argument("<file>", "a file that svyaz backup wrote")
    .action(async (file: string) => {
      const { data, settings, log } = prepare();
      const release = await acquireDataLock(data, { waitMs: 2_000 });
      try {
        process.exitCode = await restoreBackup({ settings, data, log, file, user: userInfo().username }, print);
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
      const { data, settings } = prepare();
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
      const { data, settings } = prepare();
      const { serveSandbox } = await import("../../sandbox/index.js");
      await serveSandbox({
        folder: join(data, "sandbox"),
        control: options.control ?? false,
        now: settings.SVYAZ_NOW ? new Date(settings.SVYAZ_NOW) : undefined,
      });
    });
}
