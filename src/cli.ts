import { userInfo } from "node:os";
import { Command } from "commander";
import type { Line } from "./cli/commands.js";
import { addMirror } from "./cli/program/mirror.js";
import { addRights } from "./cli/program/rights.js";
import { addSecrets } from "./cli/program/secrets.js";
import { lockWaitMs, type Shell } from "./cli/program/shell.js";
import { addTalk } from "./cli/program/talk.js";
import { addUpkeep } from "./cli/program/upkeep.js";
import { complaint, controlPath, openApp, prepare, start, version } from "./main.js";
import { callControl } from "./platform/control.js";
import { acquireDataLock } from "./platform/directory-lock.js";

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
  const data = (): string | undefined => svyaz.opts<{ data?: string }>().data;
  const shell: Shell = {
    run: (name, args) => run(data(), name, args),
    start: (flags) => start({ data: data(), ...flags }),
    prepare: () => prepare({ data: data(), quiet: true }),
    print: printLine,
    clearStep,
  };
  for (const add of [addTalk, addRights, addMirror, addSecrets, addUpkeep]) add(svyaz, shell);
  return svyaz;
}

/** Asks the running process to do it; where none runs, does it here under the data lock. */
async function run(folder: string | undefined, name: string, args: unknown): Promise<void> {
  const prepared = prepare({ data: folder, quiet: true });
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
