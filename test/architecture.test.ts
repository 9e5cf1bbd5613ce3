import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../src/", import.meta.url).pathname;

const files = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts"))
  .map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { path: relative(root, path), text: readFileSync(path, "utf8") };
  });

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** Imports as `from file → to file or package`, relative ones resolved below src. */
const imports: Import[] = files.flatMap(({ path, text }) =>
  [...text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|\bimport\("([^"]+)"\)/gm)].map((match) => {
    const target = match[2] ?? match[3] ?? "";
    const to = target.startsWith(".") ? relative(root, join(root, path, "..", target)).replace(/\.js$/, ".ts") : target;
    return { from: path, to, typeOnly: match[1] !== undefined };
  }),
);

/** Who may import whom: docs/architecture.md, "Who may import whom". The place is the longest prefix that fits. */
const below: Readonly<Record<string, readonly string[]>> = {
  domain: ["domain"],
  text: ["domain", "text"],
  reports: ["domain", "reports"],
  platform: ["domain", "platform"],
  guard: ["domain", "platform", "text", "guard"],
  watch: ["domain", "platform", "text", "watch"],
  sync: ["domain", "platform", "text", "sync"],
  search: ["domain", "platform", "text", "search"],
  agent: ["domain", "platform", "text", "agent"],
  conversation: ["domain", "platform", "text", "conversation"],
  tools: ["domain", "reports", "text", "tools"],
  "connectors/kit": ["domain", "connectors/kit"],
  "channels/kit": ["domain", "channels/kit"],
  sandbox: ["domain", "sandbox"],
};

/** Each outside package has one home, so that replacing it is a change in one place. */
const homes: Readonly<Record<string, readonly string[]>> = {
  grammy: ["channels/telegram/"],
  "@grammyjs/": ["channels/telegram/"],
  "@slack/": ["channels/slack/"],
  langchain: ["agent/"],
  "@langchain/": ["agent/", "search/embed.ts", "app.ts", "app/agent.ts"],
  pg: ["platform/"],
  pgvector: ["search/document-index.ts"],
  "@electric-sql/": ["platform/"],
  fastify: ["platform/server.ts"],
  "pg-boss": ["platform/jobs.ts"],
  croner: ["conversation/cron.ts"],
  yaml: ["guard/policy-file.ts"],
  winston: ["platform/log.ts"],
  dotenv: ["platform/settings.ts"],
  undici: ["connectors/kit/"],
  oauth4webapi: ["connectors/kit/oauth.ts"],
  bottleneck: ["connectors/kit/limits.ts", "channels/kit/"],
  ioredis: ["connectors/kit/limits.ts"],
  echarts: ["reports/chart.ts"],
  "@resvg/": ["reports/chart.ts"],
  exceljs: ["reports/spreadsheet.ts"],
  "decimal.js": ["reports/"],
  "prom-client": ["watch/metrics.ts"],
  nodemailer: ["watch/sinks.ts"],
  unpdf: ["search/extract/"],
  mammoth: ["search/extract/"],
  "read-excel-file": ["search/extract/"],
  "postal-mime": ["search/extract/"],
  yauzl: ["search/extract/"],
  fflate: ["search/extract/"],
  "snowball-stemmers": ["text/", "agent/planner/"],
  commander: ["cli.ts", "cli/program/"],
  "cli-table3": ["channels/terminal/"],
};

const isFile = (to: string) => to.endsWith(".ts") || to.endsWith(".mjs");
const placeOf = (path: string) =>
  Object.keys(below)
    .filter((place) => path.startsWith(`${place}/`))
    .toSorted((a, b) => b.length - a.length)[0];

describe("who may import whom", () => {
  it.each(Object.keys(below))("%s imports only what lies below it", (place) => {
    const wrong = imports
      .filter(({ from, to }) => placeOf(from) === place && isFile(to))
      .filter(({ to }) => !below[place]?.some((allowed) => to.startsWith(`${allowed}/`)));
    expect(wrong).toEqual([]);
  });

  it.each(["connectors", "channels"])("a folder of %s imports the domain, its kit and itself", (family) => {
    const wrong = imports.filter(({ from, to }) => {
      const [top, own, rest] = from.split("/");
      if (top !== family || own === "kit" || rest === undefined || !isFile(to)) return false;
      return !to.startsWith("domain/") && !to.startsWith(`${family}/kit/`) && !to.startsWith(`${family}/${own}/`);
    });
    expect(wrong).toEqual([]);
  });

  it("nobody but the beginning, the app and the command line imports the sandbox", () => {
    const wrong = imports.filter(
      ({ from, to }) =>
        to.startsWith("sandbox/") && !from.startsWith("sandbox/") && !["begin.ts", "app.ts", "cli/program/upkeep.ts"].includes(from),
    );
    expect(wrong).toEqual([]);
  });

  it("nobody but app.ts imports what it is put together by", () => {
    expect(imports.filter(({ from, to }) => to.startsWith("app/") && from !== "app.ts" && !from.startsWith("app/"))).toEqual([]);
  });

  it("the sandbox takes only types from the domain", () => {
    expect(imports.filter(({ from, to, typeOnly }) => from.startsWith("sandbox/") && to.startsWith("domain/") && !typeOnly)).toEqual([]);
  });

  it("the domain imports packages as types only", () => {
    expect(imports.filter(({ from, to, typeOnly }) => from.startsWith("domain/") && !isFile(to) && !typeOnly)).toEqual([]);
  });

  it("no file of a folder imports the folder's own index", () => {
    const wrong = imports.filter(
      ({ from, to }) => to.endsWith("/index.ts") && from.split("/").slice(0, -1).join("/") === to.split("/").slice(0, -1).join("/"),
    );
    expect(wrong).toEqual([]);
  });

  it("no imports go in a circle", () => {
    const edges = new Map<string, string[]>();
    for (const { from, to, typeOnly } of imports) if (isFile(to) && !typeOnly) edges.set(from, [...(edges.get(from) ?? []), to]);
    const done = new Set<string>();
    const circle: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circle.push([...path.slice(path.indexOf(file)), file].join(" → "));
      if (done.has(file) || path.includes(file)) return;
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of edges.keys()) visit(file, []);
    expect(circle).toEqual([]);
  });
});

describe("outside packages", () => {
  it.each(Object.keys(homes))("%s has one home", (name) => {
    const wrong = imports
      .filter(({ to }) => to === name || to.startsWith(name.endsWith("/") ? name : `${name}/`))
      .filter(({ from }) => !homes[name]?.some((home) => from.startsWith(home)))
      .map(({ from }) => from);
    expect(wrong).toEqual([]);
  });

  it("the environment is read in one file", () => {
    expect(files.filter(({ text }) => /process\.env/.test(text)).map(({ path }) => path)).toEqual(["platform/settings.ts"]);
  });
});

describe("promises the compiler cannot keep", () => {
  it("only the approvals service makes something approved", () => {
    expect(files.filter(({ text }) => /as (unknown as )?Approved</.test(text)).map(({ path }) => path)).toEqual(["guard/approvals.ts"]);
  });

  it("nothing is default-exported", () => {
    expect(files.filter(({ text }) => /^export default/m.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
