#!/usr/bin/env node
// Runs the compiled command line; in a checkout it is compiled anew first when a source is newer.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { build, root, stale } from "./build.mjs";

if (existsSync(join(root, "src")) && existsSync(join(root, "node_modules", "typescript")) && stale()) {
  process.stderr.write("svyaz: the sources are newer than the build, compiling…\n");
  await build();
}
const { main } = await import("../dist/cli.js");
await main(process.argv);
