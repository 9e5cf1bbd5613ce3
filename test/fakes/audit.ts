import type { AuditEvent, AuditLog } from "../../src/domain/audit.js";

export interface FakeAudit extends AuditLog {
  readonly rows: { readonly name: string; readonly actor: string; readonly trace: string; readonly outcome: string }[];
  /** Makes the next writes fail, as a full disk would. */
  broken: boolean;
}

/** An audit log in memory, for tests of what writes into it. */
export function createFakeAudit(): FakeAudit {
  const rows: FakeAudit["rows"] = [];
  const write = (event: AuditEvent, outcome: string): void => {
    if (fake.broken) throw new Error("the audit log cannot be written");
    rows.push({ name: event.name, actor: event.actor, trace: event.trace, outcome });
  };
  const fake: FakeAudit = {
    rows,
    broken: false,
    async during(event, act) {
      write(event, "started");
      try {
        const result = await act();
        write(event, "succeeded");
        return result;
      } catch (error) {
        write(event, "failed");
        throw error;
      }
    },
    async note(event, outcome = "succeeded") {
      write(event, outcome);
    },
    read: () => {
      throw new Error("not for this test");
    },
    verify: async () => undefined,
  };
  return fake;
}
