import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type AIMessage, HumanMessage } from "@langchain/core/messages";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { createPlanner } from "../src/agent/planner/index.js";
import { anchorOf, connectorsPage, familyTools } from "../src/cli/connectors-page.js";
import { envExample } from "../src/cli/env-example.js";
import { program } from "../src/cli.js";
import * as toolFiles from "../src/tools/index.js";
import { metricList } from "../src/watch/metrics.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Every page of the repository, by its path. */
const pages = [".", "docs", "src", "prompts"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: folder !== ".", withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => {
      const path = relative(root, join(entry.parentPath, entry.name));
      return { path, text: read(path) };
    }),
);
/** What people read first: here every command and every variable has to be right. */
const manuals = pages.filter(({ path }) => !path.startsWith("src/") && !path.startsWith("prompts/"));

describe("generated docs", () => {
  it("`npm run docs` would write .env.example as it stands", () => {
    expect(read(".env.example")).toBe(envExample());
  });

  it("`npm run docs` would write docs/connectors.md as it stands", () => {
    expect(read("docs/connectors.md")).toBe(connectorsPage((id) => read(`src/connectors/${id}/README.md`)));
  });

  it("docs/connectors.md says of every tool which systems bring it", () => {
    const brought = Object.values(familyTools).flatMap(({ tools }) => tools);
    const own = ["integration-status", "schedule-report", "subscribe", "list-schedules", "cancel-schedule"];
    expect([...brought, ...own].sort()).toEqual(
      Object.values(toolFiles)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it(".env.example changes nothing until a line is switched on", () => {
    expect(read(".env.example")).not.toMatch(/^[^#\n]/m);
  });

  it("docs/operations.md lists every metric with its labels, and no other", () => {
    const rows = [...read("docs/operations.md").matchAll(/^\| `((?:svyaz|system|api)_\w+)` \| (.+?) \|/gm)];
    const listed = rows.map(([, name, labels = ""]) => [name, [...labels.matchAll(/`(\w+)`/g)].map((match) => match[1])]);
    expect(listed).toEqual(Object.entries(metricList).map(([name, { labels }]) => [name, labels]));
  });
});

describe("links", () => {
  const links = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => ({ path, target })).filter(({ target }) => !/^[a-z]+:/.test(target)),
  );

  it("every relative link leads to a file, and to a heading in it", () => {
    const broken = links.filter(({ path, target }) => {
      const [file = "", anchor] = target.split("#");
      const to = file === "" ? path : join(dirname(path), file);
      return !existsSync(join(root, to)) || (anchor !== undefined && !anchorsOf(read(to)).has(anchor));
    });
    expect(links.length).toBeGreaterThan(50);
    expect(broken).toEqual([]);
  });

  it("every file that CONTRIBUTING names is there", () => {
    const named = [...read("CONTRIBUTING.md").matchAll(/`((?:src|test|docs)\/[\w./-]+)`/g)].map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("every place that docs/architecture.md names is there", () => {
    const table = /## Where do I look for…([\s\S]*?)\n## /.exec(read("docs/architecture.md"))?.[1] ?? "";
    const named = [...table.matchAll(/`([\w-]+(?:\/[\w-]+)*(?:\/|\.ts))`/g)]
      .map(([, path = ""]) => path)
      .filter((path) => path.slice(0, -1).includes("/"));
    expect(named.length).toBeGreaterThan(15);
    expect(named.filter((path) => !existsSync(join(root, "src", path)))).toEqual([]);
  });

  it("pictures are small enough to load with the page", () => {
    const pictures = readdirSync(join(root, "docs/images"));
    expect(pictures.filter((name) => statSync(join(root, "docs/images", name)).size > 300_000)).toEqual([]);
    expect(pictures.filter((name) => !read("README.md").includes(`docs/images/${name}`))).toEqual([]);
  });
});

describe("commands and settings", () => {
  const commands = manuals.flatMap(({ path, text }) =>
    [...text.matchAll(/\b(?:npx svyaz|npm)(?= )[^`\n&;)]*/g)].map(([line]) => ({ path, line: line.split(/ {3,}/)[0]?.trim() ?? "" })),
  );

  it("every npm script that the docs name is in package.json", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const wrong = commands.filter(({ line }) => {
      const [, verb = "", script = ""] = /^npm (\S+) ?(\S*)/.exec(line) ?? [];
      return line.startsWith("npm ") && !["ci", "install"].includes(verb) && !Object.hasOwn(scripts, verb === "run" ? script : verb);
    });
    expect(commands.filter(({ line }) => line.startsWith("npm ")).length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it("every svyaz command and option that the docs name is in the command line", () => {
    const ours = commands.filter(({ line }) => line.startsWith("npx svyaz"));
    expect(ours.length).toBeGreaterThan(30);
    expect(ours.filter(({ line }) => unknownWord(line) !== undefined)).toEqual([]);
  });

  it("every variable that the docs name is in .env.example", () => {
    const known = new Set([...envExample().matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]));
    const named = manuals.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(?:SVYAZ|OPENAI|TELEGRAM|SLACK|SMTP|AMOCRM|ONEC_ERP|CONFLUENCE|POSTGRES)_[A-Z0-9_]*[A-Z0-9]\b/g)].map(
        ([variable]) => ({ path, variable: variable.replace(/__[A-Z0-9]+__/, "_") }),
      ),
    );
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter(({ variable }) => !known.has(variable))).toEqual([]);
  });
});

describe("the guide", () => {
  const guide = (language: string) => readdirSync(join(root, "docs/guide", language)).sort();
  const roles = ["admin.md", "manager.md", "sales.md", "staff.md"];

  it("has a page for each role in both languages", () => {
    expect(guide("ru")).toEqual(roles);
    expect(guide("en")).toEqual(roles);
  });

  it.each(roles)("%s has the same headings in both languages", (role) => {
    const levels = (language: string) => [...read(`docs/guide/${language}/${role}`).matchAll(/^(#+) /gm)].map((match) => match[1]);
    expect(levels("ru")).toEqual(levels("en"));
  });

  const examples = (["ru", "en"] as const).flatMap((language) =>
    roles.flatMap((role) =>
      [...read(`docs/guide/${language}/${role}`).matchAll(/^- [«“](.+)[»”]$/gm)].map(([, say = ""]) => ({ language, role, say })),
    ),
  );

  it("asks nothing that the planner does not understand", async () => {
    const help = /умеешь|can you do/;
    const lost = await Promise.all(
      examples
        .filter(({ say }) => !help.test(say))
        .map(async ({ language, role, say }) => {
          const planner = createPlanner({ now: () => new Date("2026-11-20T09:00:00.000Z"), timeZone: "Europe/Moscow", language });
          const tools = Object.values(toolFiles).map(({ name }) => ({ name, description: name, schema: {} }));
          const reply = (await planner.bindTools?.(tools).invoke([new HumanMessage(say)])) as AIMessage;
          return reply.tool_calls?.length ? [] : [`${language} ${role}: ${say} → ${reply.text}`];
        }),
    );
    expect(examples.length).toBeGreaterThan(60);
    expect(lost.flat()).toEqual([]);
  });
});

function anchorsOf(text: string): Set<string> {
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading)));
}

/** The first word of a command line that no command or option goes by. */
function unknownWord(line: string): string | undefined {
  const words = line.replace("npx svyaz", "").match(/"[^"]*"|\S+/g) ?? [];
  const top = program();
  let command: Command = top;
  for (const [at, word] of words.entries()) {
    const next = command.commands.find((one) => one.name() === word);
    if (next) command = next;
    else if (word.startsWith("--")) {
      if (word !== "--help" && ![...command.options, ...top.options].some(({ long }) => long === word)) return word;
    } else if (at === 0 || (command.commands.length > 0 && command.registeredArguments.length === 0)) return word;
  }
  return undefined;
}
