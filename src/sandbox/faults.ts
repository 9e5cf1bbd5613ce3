/** Which requests a fault spoils. */
interface FaultMatch {
  /** Any method when absent. */
  readonly method?: string;
  /** The whole path, with `*` for any run of characters; any path when absent. */
  readonly path?: string;
  /** How many matching requests it spoils; 1 when absent, null for all that come. */
  readonly times?: number | null;
  /** How many matching requests pass unspoiled first. */
  readonly after?: number;
}

/** What goes wrong. `takesEffect` says whether the request is carried out before it does. */
export type Fault = FaultMatch &
  (
    | { readonly kind: "delay"; readonly ms: number }
    | { readonly kind: "hang"; readonly takesEffect?: boolean }
    | {
        readonly kind: "status";
        readonly status: number;
        readonly headers?: Readonly<Record<string, string>>;
        readonly body?: unknown;
        readonly takesEffect?: boolean;
      }
    /** The connection is cut without an answer. */
    | { readonly kind: "cut"; readonly takesEffect: boolean }
    /** The request is carried out; every property of this name is missing from the answer. */
    | { readonly kind: "drop-field"; readonly field: string }
    /** The request is carried out; the answer is 200 with something else in it. */
    | { readonly kind: "nonsense"; readonly body?: unknown }
  );

/** The faults a server is about to have; tests add them, each is used up by the requests it spoils. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  /** Those not used up yet. */
  pending(): readonly Fault[];
  /** The first fault that fits the request, counted as used. */
  take(method: string, path: string): Fault | undefined;
}

export function createFaults(): Faults {
  let waiting: { readonly fault: Fault; left: number; skip: number }[] = [];
  return {
    add: (fault) =>
      waiting.push({ fault, left: fault.times === null ? Number.POSITIVE_INFINITY : (fault.times ?? 1), skip: fault.after ?? 0 }),
    clear: () => {
      waiting = [];
    },
    pending: () => waiting.map(({ fault }) => fault),
    take: (method, path) => {
      const fitting = waiting.find(({ fault }) => matches(fault, method, path));
      if (!fitting) return undefined;
      if (fitting.skip > 0) {
        fitting.skip--;
        return undefined;
      }
      fitting.left--;
      waiting = waiting.filter(({ left }) => left > 0);
      return fitting.fault;
    },
  };
}

/** The answer's body without any property of that name, however deep. */
export function withoutField(body: unknown, field: string): unknown {
  if (Array.isArray(body)) return body.map((item) => withoutField(item, field));
  if (typeof body !== "object" || body === null || Buffer.isBuffer(body)) return body;
  const kept = Object.entries(body).filter(([name]) => name !== field);
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutField(value, field)]));
}

function matches(fault: FaultMatch, method: string, path: string): boolean {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path === undefined) return true;
  const pattern = fault.path.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(path);
}
