// Compiles src/ to dist/ and copies what the compiler leaves behind (SQL, mapping files, samples).
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, "src");
const target = join(root, "dist");
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

export function build() {
  const started = Date.now();
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], { stdio: ["ignore", 2, 2] });
  cpSync(source, target, { recursive: true, filter: (from) => !from.endsWith(".ts") });
  writeFileSync(stamp, new Date(started).toISOString());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
