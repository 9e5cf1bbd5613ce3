import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
let compiled: string | undefined;

/**
 * The process as plain JavaScript, like the product itself when it is installed: it is started some hundred times, and compiling
 * it anew at each start would take longer than its work. Made once for this process and thrown away at its end.
 */
export function compiledProcess(): string {
  compiled ??= compile();
  return join(compiled, "test", "faults", "process.js");
}

function compile(): string {
  // Below node_modules, so that packages are found from there.
  const cache = join(root, "node_modules", ".cache", "svyaz");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "faults-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const settings = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { noEmit: false, noCheck: true, rootDir: root, outDir: folder, typeRoots: [join(root, "node_modules", "@types")] },
    files: [join(root, "test", "faults", "process.ts"), join(root, "src", "platform", "pglite-worker.ts")],
    include: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the process for the fault harness does not compile: ${stdout}`);
  cpSync(join(root, "src"), join(folder, "src"), { recursive: true, filter: (from) => !from.endsWith(".ts") });
  cpSync(join(root, "prompts"), join(folder, "prompts"), { recursive: true });
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  return folder;
}
