import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, createApp, type Replacements } from "../../src/app.js";
import { runCommand } from "../../src/cli/commands.js";
import { readSettings, settingsError } from "../../src/platform/settings.js";
import { type LocalSandbox, startSandbox } from "../../src/sandbox/index.js";
import { openTestDatabase, quiet } from "./database.js";

/** What `svyaz ask --json` prints, parsed. */
export interface Asked {
  readonly code: number;
  readonly lines: readonly AskLine[];
  readonly calls: readonly { readonly name: string; readonly input: Record<string, unknown>; readonly outcome: string }[];
  readonly approvals: readonly {
    readonly id: string;
    readonly title: string;
    readonly lines: readonly { readonly label: string; readonly value: string; readonly outside?: unknown }[];
  }[];
  /** The words of all text blocks. */
  readonly text: string;
  readonly blocks: readonly { readonly kind: string; readonly [key: string]: unknown }[];
}

interface AskLine {
  readonly type: "tool" | "approval" | "reply";
  readonly [key: string]: unknown;
}

export interface TestApp extends App {
  readonly sandbox?: LocalSandbox;
  ask(text: string, options?: { readonly as?: string; readonly chat?: string }): Promise<Asked>;
  approve(id: string, as?: string): Promise<{ readonly code: number; readonly text: string }>;
  end(): Promise<void>;
}

/** The whole product on a database of its own: the sandbox's servers over HTTP, the offline planner, the terminal channel. */
export async function openTestApp(environment: Readonly<Record<string, string>> = {}, replacements: Replacements = {}): Promise<TestApp> {
  const folder = mkdtempSync(join(tmpdir(), "svyaz-test-"));
  const given = { SVYAZ_DATA: folder, SVYAZ_NOW: "2026-11-20T09:00:00.000Z", SVYAZ_PORT: "0", ...environment };
  const { settings, problems } = readSettings(given);
  if (!settings) throw settingsError(problems);
  const database = replacements.database ?? (await openTestDatabase());
  let sandbox: LocalSandbox | undefined;
  const startHere: Replacements["startSandbox"] = async (options) => (sandbox = await startSandbox(options));
  const app = await createApp(settings, given, quiet, { startSandbox: startHere, ...replacements, database });
  await app.start({ serve: false, background: false });
  return {
    ...app,
    sandbox,
    async ask(text, { as = "admin", chat } = {}) {
      const lines: AskLine[] = [];
      const code = await runCommand(
        app,
        "ask",
        { text, as, chat, json: true },
        (line) => "json" in line && lines.push(line.json as AskLine),
        "tester",
      );
      const reply = lines.findLast(({ type }) => type === "reply");
      const blocks = (reply?.blocks ?? []) as Asked["blocks"];
      return {
        code,
        lines,
        calls: lines.filter(({ type }) => type === "tool") as unknown as Asked["calls"],
        approvals: lines.filter(({ type }) => type === "approval") as unknown as Asked["approvals"],
        text: blocks.flatMap(({ kind, markdown }) => (kind === "text" ? [String(markdown)] : [])).join("\n"),
        blocks,
      };
    },
    async approve(id, as = "admin") {
      const texts: string[] = [];
      const code = await runCommand(app, "decide", { id, yes: true, as }, (line) => "text" in line && texts.push(line.text), "tester");
      return { code, text: texts.join("\n") };
    },
    async end() {
      await app.stop();
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The deals in the sandbox's amoCRM store whose name holds `text`, newest first. */
export function amocrmLeads(
  app: Pick<TestApp, "sandbox">,
  text = "",
): readonly { readonly id: number; readonly name: string; readonly price: number; readonly status_id: number }[] {
  const leads = app.sandbox?.servers.amocrm.store.all("leads") ?? [];
  return leads.filter(({ name }) => name.includes(text)).toSorted((a, b) => b.id - a.id);
}
