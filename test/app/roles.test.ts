import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type App, createApp } from "../../src/app.js";
import type { Channel, Inbox } from "../../src/domain/channel.js";
import { newKeyLine } from "../../src/guard/key.js";
import type { Database } from "../../src/platform/database.js";
import { readSettings, settingsError } from "../../src/platform/settings.js";
import { type LocalSandbox, startSandbox } from "../../src/sandbox/index.js";
import { openTestDatabase, quiet } from "../support/database.js";

const patience = { timeout: 30_000, interval: 100 };
const key = newKeyLine();
let database: Database;
let sandbox: LocalSandbox;
let folder: string;
const apps: App[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "svyaz-roles-"));
  database = await openTestDatabase();
  sandbox = await startSandbox({ folder: join(folder, "sandbox"), now: () => new Date(), perSecond: 50 });
}, 60_000);
afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await sandbox.close();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One process of several on a common database. */
async function start(role: "chat" | "web" | "worker") {
  const environment = {
    ...Object.fromEntries(Object.entries(sandbox.environment).filter(([name]) => name.startsWith("AMOCRM_"))),
    SVYAZ_DATA: join(folder, role),
    SVYAZ_ROLE: role,
    SVYAZ_PORT: "0",
    ENCRYPTION_KEY: key,
  };
  const { settings, problems } = readSettings(environment);
  if (!settings) throw settingsError(problems);
  const received: Inbox[] = [];
  const messenger = {
    id: "telegram",
    start: async (inbox: Inbox) => void received.push(inbox),
    stop: async () => {},
  } as unknown as Channel;
  const app = await createApp(settings, environment, quiet, { database, channels: [messenger], queueAfterMs: 0 });
  apps.push(app);
  const { url = "" } = await app.start({ serve: true, background: true });
  return { app, url, listens: received.length > 0 };
}

describe("processes of one role each, on one database", () => {
  it("share the work: the web takes a hook, the worker reads, the chat listens to people", async () => {
    const web = await start("web");
    const address = new URL(await web.app.webhooks.address("amocrm", web.url));
    const lead = sandbox.servers.amocrm.store.all("leads")[11];
    const hook = (base: string) =>
      fetch(new URL(address.pathname, base), {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `leads[update][0][id]=${lead?.id}`,
      });
    expect((await hook(web.url)).status).toBe(200);
    const settled = async () => (await database.query("select 1 from webhook_deliveries where settled_at is not null")).rows.length;
    const runs = async () => (await database.query("select 1 from sync_runs")).rows.length;
    // Nobody works yet: what was taken waits in the database.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect([await settled(), await runs()]).toEqual([0, 0]);

    const worker = await start("worker");
    const chat = await start("chat");
    expect([web.listens, worker.listens, chat.listens]).toEqual([false, false, true]);
    expect([(await hook(worker.url)).status, (await hook(chat.url)).status]).toEqual([404, 404]);
    for (const { url } of [web, worker, chat]) expect((await fetch(`${url}/ready`)).status).toBe(200);
    await vi.waitFor(async () => expect(await settled()).toBe(1), patience);
    await vi.waitFor(async () => expect(await runs()).toBeGreaterThan(0), patience);
  }, 60_000);
});
