import { OutcomeUnknown } from "../../domain/errors.js";

/** Sends the parts of keyed replies, each at most once while the process lives. */
export interface Delivery<Part, Sent> {
  /**
   * The same key again sends nothing and returns what was sent; after a failure it goes on with the first part not yet sent.
   * A part whose outcome is unknown counts as sent: shown twice would be worse than missing.
   */
  deliver(key: string, parts: () => Promise<readonly Part[]>, send: (part: Part) => Promise<Sent>): Promise<readonly Sent[]>;
}

export function createDelivery<Part, Sent>(remembered = 5000): Delivery<Part, Sent> {
  const known = new Map<string, { tried: number; readonly sent: Sent[]; running?: Promise<readonly Sent[]> }>();

  return {
    async deliver(key, parts, send) {
      const entry = known.get(key) ?? { tried: 0, sent: [] };
      known.set(key, entry);
      const oldest = known.keys().next();
      if (known.size > remembered && !oldest.done) known.delete(oldest.value);
      const run = async () => {
        for (const part of (await parts()).slice(entry.tried)) {
          try {
            entry.sent.push(await send(part));
            entry.tried += 1;
          } catch (error) {
            if (error instanceof OutcomeUnknown) entry.tried += 1;
            throw error;
          }
        }
        return entry.sent;
      };
      entry.running ??= run().finally(() => {
        entry.running = undefined;
      });
      return entry.running;
    },
  };
}
