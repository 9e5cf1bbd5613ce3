import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { createApp } from "../../src/app.js";
import { type Line, runCommand } from "../../src/cli/commands.js";
import { createDatabase, type Database, type Queryable } from "../../src/platform/database.js";
import { acquireDataLock } from "../../src/platform/directory-lock.js";
import { createLog } from "../../src/platform/log.js";
import { readSettings, settingsError } from "../../src/platform/settings.js";
import type { Knocked, Order, ProcessOptions, Told } from "./orders.js";
import { readFacts, readMirror } from "./facts.js";

/** Svyaz as a process of its own, to be killed: takes orders from its parent, and kills itself where it was told to. */
const { environment, clockAheadMs, httpTimeoutMs, death } = JSON.parse(process.argv[2] ?? "") as ProcessOptions;

let doom = death;
let passed = 0;
const failpoint = (name: string) => {
  if (name !== doom?.at) return;
  passed += 1;
  if (passed === doom.hit) process.kill(process.pid, "SIGKILL");
};

/** Every statement about people's doings is a place to die before it and after it. */
function mortal(database: Database): Database {
  const own =
    /\b(approvals|inbox|chats|choices|exchanges|audit_events|system_integrations|sync_cursors|vault_secrets|vault_leases|sign_ins|webhook_deliveries)\b/;
  const mirror = /\b(system_integrations|sync_cursors|sync_runs|acls)\b/;
  const around =
    (queryable: Queryable): Queryable["query"] =>
    async (text, values) => {
      if (mirror.test(text)) failpoint("mirror-statement");
      if (!own.test(text)) return queryable.query(text, values);
      const stores = /^\s*update vault_secrets set key_id/.test(text);
      if (stores) failpoint("token-storing");
      failpoint("statement");
      const result = await queryable.query<never>(text, values);
      failpoint("statement-done");
      if (stores) failpoint("token-stored");
      return result;
    };
  const transaction: Database["transaction"] = async (run) => {
    const result = await database.transaction(async (tx) => {
      const done = await run({ query: around(tx) });
      failpoint("committing");
      return done;
    });
    failpoint("committed");
    return result;
  };
  return { ...database, query: around(database), transaction };
}

const data = environment["SVYAZ_DATA"] ?? "";
const log = createLog({ level: "info", stream: createWriteStream(join(data, "svyaz.log"), { flags: "a" }), style: "plain" });
const release = await acquireDataLock(data, { waitMs: 2_000 });
const database = await createDatabase({ url: environment["DATABASE_URL"], dataDir: join(data, "database"), log });
const clock = new Date(Date.now() + clockAheadMs).toISOString();
const { settings, problems } = readSettings({ ...environment, SVYAZ_NOW: clock, SVYAZ_PORT: "0" });
if (!settings) throw settingsError(problems);
const app = await createApp(settings, environment, log, { database: mortal(database), failpoint, httpTimeoutMs });
await app.start({ serve: false, background: false });

const tell = (told: Told) => process.send?.(told);

async function obey(order: Order): Promise<unknown> {
  switch (order.act) {
    case "people":
      for (const { id, name, role, principal } of order.people) {
        await app.people.add({ id, name, roles: [role] });
        await app.people.link(id, "amocrm", principal);
      }
      return undefined;
    case "ask": {
      const cards: string[] = [];
      const { text, as, chat } = order;
      const keep = (line: Line) => {
        const json = "json" in line ? (line.json as { readonly type: string; readonly id: string }) : undefined;
        if (json?.type === "approval") cards.push(json.id);
      };
      await runCommand(app, "ask", { text, as, chat, json: true }, keep, "tester");
      return cards;
    }
    case "decide":
      return runCommand(app, "decide", { id: order.id, yes: order.yes, as: order.as }, () => {}, "tester");
    case "press": {
      const { chat, as: person, id: choice, yes } = order;
      const event = await app.terminal.press({ chat, person, choice, option: yes ? "yes" : "no", now: app.now() });
      return app.inbox.settled("terminal", event);
    }
    case "die":
      doom = order.death;
      passed = 0;
      return undefined;
    case "sign-in":
      return signIn(order.as);
    case "knock":
      return knock(order.as);
    case "sync":
      return (await app.sync.run("amocrm", { full: order.full ?? false })).flatMap(({ kind, error }) =>
        error ? [`${kind}: ${error.message}`] : [],
      );
    case "hook": {
      const key = new URL(await app.webhooks.address("amocrm", "http://127.0.0.1")).pathname.split("/").at(-1);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const body = Buffer.from(order.body);
      await app.webhooks.take("amocrm", key, { method: "POST", path: "", query: {}, headers, body, receivedAt: new Date() });
      return undefined;
    }
    case "refresh":
      return (await app.webhooks.refresh("amocrm", new AbortController().signal)).read;
    case "mirror":
      return readMirror(database);
    case "facts":
      return readFacts(app, database);
    case "stop":
      await app.stop();
      await database.close();
      release();
      return undefined;
  }
}

async function signIn(as: string): Promise<void> {
  const person = await app.people.find(as);
  const user = person?.principals.find((one) => one.startsWith("amocrm:user:"))?.slice("amocrm:user:".length);
  if (!person || user === undefined) throw new Error(`${as} has no user in the CRM`);
  const own = new URL(await app.connect.link({ system: "amocrm", person, askedBy: as, actor: as, trace: `sign-in-${as}`, language: "ru" }));
  const { headers } = await app.connect.start("amocrm", { link: own.searchParams.get("link") ?? "" });
  const page = new URL(headers["location"] ?? "");
  page.searchParams.set("user", user);
  const back = (await fetch(page, { redirect: "manual" })).headers.get("location") ?? "";
  const { status, body } = await app.connect.callback("amocrm", Object.fromEntries(new URL(back).searchParams));
  if (status !== 200) throw new Error(`the sign-in ended with ${status}: ${body}`);
}

async function knock(as: string): Promise<Knocked> {
  let outcome = "";
  let said = "";
  const keep = (line: Line) => {
    if (!("json" in line)) return;
    const json = line.json as { readonly type: string; readonly outcome?: string };
    if (json.type === "tool") outcome = json.outcome ?? "";
    if (json.type === "reply") said = JSON.stringify(json);
  };
  await runCommand(app, "ask", { text: "найди Ромашку", as, json: true }, keep, "tester");
  if (said.includes("/connect amocrm")) return "reconnect";
  return outcome === "succeeded" || outcome === "asked" ? "answered" : "trouble";
}

process.on("message", (order: Order) => {
  obey(order).then(
    (answer) => tell({ number: order.number, answer }),
    (error: unknown) => tell({ number: order.number, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
  );
});
process.on("disconnect", () => process.exit(1));
tell({ ready: true });
