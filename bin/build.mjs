// Compiles src/ to dist/ and copies what the compiler leaves behind (SQL, mapping files, samples).
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "src");
const target = join(root, "dist");
const next = join(root, "dist.next");
const stamp = join(target, ".built");

function files(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** True when something in src/ is newer than the last build. */
export function stale() {
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return files(source).some((file) => statSync(file).mtimeMs > built);
}

/** Compiles beside the old build and puts it in its place only when it is whole. Throws a message fit for a person. */
export async function build() {
  const started = Date.now();
  rmSync(next, { recursive: true, force: true });
  mkdirSync(next, { recursive: true });
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  const { status } = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", next], {
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error("the sources do not compile; nothing was changed");
  cpSync(source, next, { recursive: true, filter: (from) => !from.endsWith(".ts") });
  // An empty database with its extensions, so that the first start need not make one.
  const { prepareDump } = await import(pathToFileURL(join(next, "platform", "prepare-dump.js")).href);
  await prepareDump(join(next, "platform", "prepared.tar.gz"), join(root, "node_modules", ".cache", "svyaz"));
  writeFileSync(join(next, ".built"), new Date(started).toISOString());
  utimesSync(join(next, ".built"), started / 1000, started / 1000);
  rmSync(target, { recursive: true, force: true });
  renameSync(next, target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
