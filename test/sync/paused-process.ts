import type { OpenSystem, Systems } from "../../src/domain/connector.js";
import type { Cursor } from "../../src/domain/listing.js";
import type { SyncSource } from "../../src/domain/sync.js";
import { protectFields } from "../../src/guard/field-protection.js";
import { createDatabase } from "../../src/platform/database.js";
import { createSync } from "../../src/sync/run.js";
import { createMetrics } from "../../src/watch/metrics.js";
import { createFakeAudit } from "../fakes/audit.js";
import { quiet } from "../support/database.js";

/** A worker with a database of several: reads ten pages of one row each, says so after each, and how it ended. To be paused. */
const [url = "", title = "", aheadMs = "0"] = process.argv.slice(2);
const database = await createDatabase({ url, log: quiet });
const source: SyncSource = {
  kinds: ["thing"],
  async *changes({ from }) {
    for (let page = Number(from ?? 0) + 1; page <= 10; page += 1) {
      const ref = { system: "box", kind: "thing", id: String(page) };
      yield {
        changes: [{ kind: "upsert", entity: { ref, title, readers: "everyone", relations: [], fields: {} } }],
        cursor: String(page) as Cursor,
      };
      process.stdout.write(`${page}\n`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },
  fetch: async () => [],
};
const opened: OpenSystem = { system: "box", title: "Box", sync: source, check: async () => {} };
const systems: Systems = { for: async () => ({ ready: [], missing: [] }), forSvyaz: async () => opened, configured: [] };
const sync = createSync({
  database,
  systems,
  audit: createFakeAudit(),
  alerts: { raise: async () => {}, resolve: async () => {} },
  language: "en",
  protection: protectFields(undefined, () => []),
  metrics: createMetrics(),
  log: quiet,
  now: () => new Date(Date.now() + Number(aheadMs)),
});
const [report] = await sync.run("box");
process.stdout.write(`${report?.error ? `${report.error.code} ${report.error.operation}` : `done ${report?.stored}`}\n`);
await database.close();
