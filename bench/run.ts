import { availableParallelism, cpus } from "node:os";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { acknowledge } from "./acknowledge.js";
import { audit } from "./audit.js";
import { chats } from "./chats.js";
import { engines } from "./engines.js";
import { indexLoad } from "./index-load.js";
import { type Comparison, loadOfMachine } from "./measure.js";
import { search } from "./search.js";
import type { Section } from "./section.js";
import { syncLoad } from "./sync-load.js";
import { asText } from "./table.js";
import { turn } from "./turn.js";

/** In the order they are run. */
export const sections: readonly Section[] = [acknowledge, chats, turn, indexLoad, search, syncLoad, audit];

const help = `npm run bench [-- SECTION … --quick]

Measures Svyaz against the plainest program that does the same, in turns, and prints min, median and max over the rounds
and the medians' ratios. Everything runs on this machine, over loopback.

${sections.map(({ name, about }) => `  ${name.padEnd(12)} ${about}`).join("\n")}

  --quick      tiny sizes, to see that it works
  --help       this text

On PGlite; with TEST_DATABASE_URL="$(bin/postgres-for-tests.sh)" also on PostgreSQL.`;

/** Runs the named sections, or all. Resolves to the exit code. */
export async function runBench(
  args: readonly string[],
  print: (line: string) => void,
  on?: (comparison: Comparison) => void,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { quick: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !sections.some((section) => section.name === name));
  if (values.help || unknown.length > 0) {
    print(unknown.length > 0 ? `There is no section ${unknown.join(", ")}.\n\n${help}` : help);
    return unknown.length > 0 ? 2 : 0;
  }
  const began = performance.now();
  const load = loadOfMachine();
  print(
    `Node ${process.version}, ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${availableParallelism()} cores, load ${load.toFixed(1)}`,
  );
  if (load > 1) print("! The machine is busy: trust the ratios more than the figures.");
  print("÷ X is the figure's median divided by X's median. Load generator and fake servers share the measured process.\n");
  const bench = { quick: values.quick, engines: engines(), warn: (line: string) => print(`! ${line}\n`) };
  for (const section of sections) {
    if (positionals.length > 0 && !positionals.includes(section.name)) continue;
    for await (const comparison of section.run(bench)) {
      print(asText(comparison));
      on?.(comparison);
    }
  }
  print(`${((performance.now() - began) / 1000).toFixed(0)} s in all`);
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  process.exitCode = await runBench(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
}
