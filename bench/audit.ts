import { createAuditLog } from "../src/guard/audit.js";
import { createSealer } from "../src/guard/sealer.js";
import type { Database } from "../src/platform/database.js";
import { quiet } from "../test/support/database.js";
import type { Engine } from "./engines.js";
import { compare, type Contender, timed } from "./measure.js";
import type { Section } from "./section.js";

const now = () => new Date();

/** Audit rows a second with the sealer at work, its tail included, against rows that nobody seals. */
export const audit: Section = {
  name: "audit",
  about: "sealed audit rows a second against unsealed ones",

  async *run({ quick, engines }) {
    for (const engine of engines) {
      for (const { writers, rows } of quick
        ? [{ writers: 20, rows: 100 }]
        : [
            { writers: 100, rows: 10_000 },
            { writers: 1, rows: 1_000 },
          ]) {
        yield* versus(engine, { writers, rows, rounds: quick ? 1 : 5 });
      }
    }
  },
};

async function* versus(engine: Engine, { writers, rows, rounds }: { writers: number; rows: number; rounds: number }) {
  // Each its own: a sealer would take the other's rows too.
  const open = await engine.open();
  const chained = await engine.open();
  try {
    yield await compare({
      title: `audit, ${engine.name}: ${writers} writer(s)`,
      note: `${rows} events with a payload, each awaited by its writer. Sealed: with the sealer running, until the last row is in the chain.`,
      contenders: [unsealed(open, writers, rows), sealed(chained, writers, rows)],
      against: ["unsealed"],
      rounds,
    });
    const report = await createAuditLog({ database: chained, now, log: quiet }).check();
    if (report.broken) throw new Error(`the chain is broken at ${report.broken.number}`);
    const { rows: loose } = await chained.query(
      "select from audit_events e where not exists (select from audit_seals s where s.event_id = e.id)",
    );
    if (loose.length > 0) throw new Error(`${loose.length} rows were never sealed`);
  } finally {
    await open.close();
    await chained.close();
  }
}

function unsealed(database: Database, writers: number, rows: number): Contender {
  return { name: "unsealed", round: async () => perSecond(rows, await timed(() => write(database, writers, rows))) };
}

function sealed(database: Database, writers: number, rows: number): Contender {
  return {
    name: "sealed",
    async round() {
      const sealer = createSealer({ database, log: quiet });
      await sealer.start();
      const milliseconds = await timed(async () => {
        await write(database, writers, rows);
        await sealer.seal();
      });
      await sealer.stop();
      return perSecond(rows, milliseconds);
    },
  };
}

async function write(database: Database, writers: number, rows: number): Promise<void> {
  const log = createAuditLog({ database, now, log: quiet });
  const one = async (writer: number) => {
    for (let row = writer; row < rows; row += writers)
      await log.note({
        name: "tool.called",
        actor: "anna",
        trace: `m${row}`,
        subject: { system: "amocrm", kind: "deal", id: String(row) },
        payload: { tool: "find-client", kind: "read", characters: row, text: "Что у нас было с Ромашкой за квартал?" },
      });
  };
  await Promise.all(Array.from({ length: writers }, (_, writer) => one(writer)));
}

function perSecond(rows: number, milliseconds: number) {
  return { "rows/s": rows / (milliseconds / 1000), "ms a row": milliseconds / rows };
}
