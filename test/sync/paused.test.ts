import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { openTestDatabase, testDatabaseUrl } from "../support/database.js";

const script = fileURLToPath(new URL("./paused-process.ts", import.meta.url));
/** Longer than a worker's hold on its run. */
const afterLeaseMs = 150_000;

// Only a server lets two processes in; test/sync/fences.test.ts proves the same within one process on the embedded engine.
it.skipIf(!testDatabaseUrl)(
  "a worker process that is stopped for longer than its lease and goes on moves no cursor and writes no row",
  async () => {
    const database = await openTestDatabase();
    const { rows: names } = await database.query<{ name: string }>("select current_database() as name");
    const url = new URL(testDatabaseUrl ?? "");
    url.pathname = `/${names[0]?.name}`;
    const worker = (title: string, aheadMs = 0) => {
      const child = spawn(process.execPath, ["--import", "tsx", script, url.href, title, String(aheadMs)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    };
    const untilLast = async (lines: AsyncIterator<string>) => {
      let last = "";
      for (let line = await lines.next(); line.done !== true; line = await lines.next()) last = line.value;
      return last;
    };
    const stored = async () => ({
      rows: (await database.query("select external_id, title, seen_in_run from system_integrations order by id")).rows,
      cursor: (await database.query("select cursor, mode, run from sync_cursors")).rows,
      runs: (await database.query("select id, mode, state, seen, stored from sync_runs order by id")).rows,
    });

    const paused = worker("paused");
    try {
      for (let page = 0; page < 3; page += 1) await paused.lines.next();
      paused.child.kill("SIGSTOP");

      // Within the lease nobody takes it over; afterwards the next worker goes on from where it stopped.
      expect(await untilLast(worker("early").lines)).toBe("system-unavailable sync.busy");
      expect(await untilLast(worker("next", afterLeaseMs).lines)).toMatch(/^done \d+$/);
      const before = await stored();
      expect(before.rows).toHaveLength(10);
      expect(before.rows.filter((row) => (row as { title: string }).title === "next").length).toBeGreaterThanOrEqual(6);

      paused.child.kill("SIGCONT");
      expect(await untilLast(paused.lines)).toBe("system-unavailable sync.apply");
      expect(await stored()).toEqual(before);
    } finally {
      paused.child.kill("SIGKILL");
      await database.close();
    }
  },
  60_000,
);
