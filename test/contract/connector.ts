import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Family } from "../../src/domain/access.js";
import type { Approved, Receipt, Written } from "../../src/domain/approval.js";
import type { ConnectorDefinition, With } from "../../src/domain/connector.js";
import {
  AnswerUnexpected,
  NotFound,
  OutcomeUnknown,
  RequestRefused,
  SignInNeeded,
  SvyazError,
  SystemUnavailable,
} from "../../src/domain/errors.js";
import type { Cursor, Listing } from "../../src/domain/listing.js";
import type { Person } from "../../src/domain/people.js";
import type { SystemsOptions } from "../../src/connectors/kit/systems.js";
import { anchorNow, openHarness, person } from "../connectors/harness.js";

/** What a sandbox's server can be told to do wrong; the shape of `sandbox/faults.ts`, which tests of connectors know by its words only. */
export type ServerFault = { readonly method?: string; readonly path?: string; readonly times?: number | null; readonly after?: number } & (
  | { readonly kind: "hang"; readonly takesEffect?: boolean }
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      readonly takesEffect?: boolean;
    }
  | { readonly kind: "cut"; readonly takesEffect: boolean }
  | { readonly kind: "drop-field"; readonly field: string }
  | { readonly kind: "nonsense"; readonly body?: unknown }
);

export interface ContractServer {
  readonly url: string;
  readonly faults: { add(fault: ServerFault): void; clear(): void };
  close(): Promise<void>;
}

/** What a connector's test says about itself; the cases are the same for all. */
export interface ContractSubject<F extends Family> {
  readonly definition: ConnectorDefinition;
  readonly family: F;
  /** "amocrm": the default instance. */
  readonly system: string;
  /** The secret in the environment. It must stand in no error, log line, metric or audit row. */
  readonly secret: { readonly variable: string; readonly value: string };
  /** `perSecond`: what the server takes before it answers 429; ignored where the vendor counts nothing. */
  start(options: { readonly perSecond: number }): Promise<ContractServer>;
  /** Variables besides the secret. The connector is told `toldPerSecond`, so that the suite is quick. */
  environment(url: string): Record<string, string>;
  /** A list of which the sandbox holds at least 25 things, and where its requests go ("*" stands for anything). */
  readonly list: {
    readonly path: string;
    open(system: With<F>): Listing<unknown>;
    idOf(item: never): string;
    /** A field without which its rows make no sense. */
    readonly field: string;
  };
  /** One thing, read by a call whose answer may be slow or bad. */
  readonly one: { read(system: With<F>): Promise<unknown>; readMissing(system: With<F>): Promise<unknown> };
  /** Where the system narrows by owner: what belongs to somebody, and who may not see it. */
  readonly strangers?: {
    readonly owner: Person;
    readonly stranger: Person;
    /** Each throws NotFound for the stranger. */
    readonly reads: Readonly<Record<string, (system: With<F>) => Promise<unknown>>>;
    /** A list that holds the owner's thing and must not show it to the stranger. */
    shows(system: With<F>): Promise<boolean>;
  };
  /** Where the system writes. */
  readonly writes?: {
    readonly method: string;
    readonly path: string;
    readonly draft: unknown;
    write(system: With<F>, approved: Approved<never>): Promise<Receipt>;
    written(system: With<F>, approved: Approved<unknown>): Promise<Written>;
    /** How many records of this approval the server holds. */
    count(server: ContractServer, approved: Approved<unknown>): Promise<number>;
  };
}

/** What the connectors under test are told they may do; a server that takes a tenth of it answers 429 all the time. */
export const toldPerSecond = 50;
const shortPatience = { pauseMs: 5, budgetMs: 20_000 };

/** Any connector of people's work must pass this against its sandbox server, over real HTTP and through the real gate. */
export function describeConnector<F extends Family>(subject: ContractSubject<F>): void {
  describe(subject.system, () => cases(subject, 1_000));
  describe(`${subject.system}, when the vendor takes a tenth of what it was told`, () => cases(subject, toldPerSecond / 10));
}

function cases<F extends Family>(subject: ContractSubject<F>, perSecond: number): void {
  const { definition, family, system, secret: token, list, one, strangers, writes } = subject;
  const me = strangers?.owner ?? person("me");
  let server: ContractServer;
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    server = await subject.start({ perSecond });
  });
  afterAll(() => server.close());
  afterEach(async () => {
    server.faults.clear();
    await Promise.all(open.splice(0).map((systems) => systems.close()));
  });

  async function connect(options: Partial<SystemsOptions> & { readonly token?: string; readonly who?: Person } = {}) {
    const environment = { ...subject.environment(server.url), [token.variable]: options.token ?? token.value };
    const harness = openHarness([definition], environment, { patience: shortPatience, now: () => anchorNow, ...options });
    open.push(harness.systems);
    const { ready, missing } = await harness.systems.for(options.who ?? me, family, { trace: "trace-1" });
    expect(missing).toEqual([]);
    return { ...harness, opened: ready[0] as With<F> };
  }

  async function failure(act: () => Promise<unknown>): Promise<SvyazError> {
    const error = await act().then(
      () => new Error("nothing was thrown"),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SvyazError);
    expect((error as SvyazError).system).toBe(system);
    expect((error as SvyazError).operation).toBeTruthy();
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
      expect(JSON.stringify([cause.message, cause.stack, Object.entries(cause)])).not.toContain(token.value);
    }
    return error as SvyazError;
  }

  const ids = (items: readonly unknown[]) => items.map((item) => list.idOf(item as never));

  it("proves address, credentials and rights", async () => {
    const { opened } = await connect();
    // It may tell when the sign-in ends, and what is over already is no sign-in.
    const found = await opened.check(AbortSignal.timeout(10_000));
    expect(found?.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(Date.now());
  });

  it("reads a list page by page, each thing once", async () => {
    const { opened } = await connect();
    const items = list.open(opened);
    const first = await items.page({ size: 10 });
    expect(first.items.length).toBeGreaterThan(0);
    expect(first.next).toBeDefined();
    const second = await items.page({ size: 10, from: first.next });
    const read = ids([...first.items, ...second.items]);
    expect(new Set(read).size).toBe(read.length);
    // Another process goes on with the same cursor.
    const elsewhere = await connect();
    expect(ids((await list.open(elsewhere.opened).page({ size: 10, from: first.next })).items)).toEqual(ids(second.items));
  });

  it("refuses a place in a list that it did not give", async () => {
    const { opened } = await connect();
    for (const from of ["garbage", "eyJwYWdlIjoyfQ", "%00"] as Cursor[]) {
      expect(await failure(() => list.open(opened).page({ from }))).toBeInstanceOf(RequestRefused);
    }
  });

  it("asks for a sign-in when the token is refused, and shows the token nowhere", async () => {
    const { opened, log, metrics, audit } = await connect({ token: "a-wrong-token-4711" });
    const error = await failure(() => opened.check(AbortSignal.timeout(10_000)));
    expect(error).toBeInstanceOf(SignInNeeded);
    expect(JSON.stringify([error.message, log.lines, metrics.lines, audit.rows])).not.toContain("a-wrong-token-4711");
    expect(await failure(() => one.read(opened))).toBeInstanceOf(SignInNeeded);
    expect(audit.rows.at(-1)).toMatchObject({ outcome: "failed", trace: "trace-1" });
    expect(metrics.lines.map(({ labels }) => labels.outcome)).toContain("sign-in-needed");
  });

  it("says that a thing is not there", async () => {
    const { opened } = await connect();
    expect(await failure(() => one.readMissing(opened))).toBeInstanceOf(NotFound);
  });

  it.each([
    ["429 with Retry-After", { kind: "status", status: 429, headers: { "retry-after": "1" }, body: "<html>Too many</html>" }],
    ["429 without Retry-After", { kind: "status", status: 429, body: "<html>Too many</html>" }],
    ["500", { kind: "status", status: 500, body: "<html>Oops</html>" }],
    ["503", { kind: "status", status: 503 }],
    ["a connection cut without an answer", { kind: "cut", takesEffect: false }],
  ] as const)("reads again after %s", async (_name, fault) => {
    const { opened } = await connect();
    server.faults.add({ ...fault, method: "GET" });
    await expect(list.open(opened).page({ size: 5 })).resolves.toMatchObject({ items: expect.anything() });
  });

  it("gives up on a system that stays down, in one clear error", async () => {
    const { opened, audit } = await connect();
    server.faults.add({ kind: "status", status: 500, times: null });
    const error = await failure(() => one.read(opened));
    expect(error).toBeInstanceOf(SystemUnavailable);
    expect(error.retryable).toBe(true);
    expect(audit.rows.at(-1)?.outcome).toBe("failed");
  });

  it("does not take a page of HTML for an answer", async () => {
    const { opened } = await connect();
    server.faults.add({ kind: "nonsense", body: "<!doctype html><html><body>Sign in</body></html>", times: null });
    expect(await failure(() => one.read(opened))).toBeInstanceOf(AnswerUnexpected);
  });

  it("names the field that is missing from an answer", async () => {
    const { opened } = await connect();
    server.faults.add({ kind: "drop-field", field: list.field, path: list.path, times: null });
    const error = await failure(() => list.open(opened).page({ size: 5 }));
    expect(error).toBeInstanceOf(AnswerUnexpected);
    expect(error.message).toContain(list.field);
    expect(error.message).toContain(system);
  });

  it("stops waiting for a system that hangs", async () => {
    const { opened } = await connect({ timeoutMs: 200 });
    server.faults.add({ kind: "hang", times: null });
    const began = performance.now();
    expect(await failure(() => one.read(opened))).toBeInstanceOf(SystemUnavailable);
    expect(performance.now() - began).toBeLessThan(8_000);
  });

  it("stops at once when whoever asked stops", async () => {
    const stop = new AbortController();
    const environment = { ...subject.environment(server.url), [token.variable]: token.value };
    const harness = openHarness([definition], environment, { patience: shortPatience });
    open.push(harness.systems);
    const { ready } = await harness.systems.for(me, family, { trace: "trace-1", signal: stop.signal });
    server.faults.add({ kind: "hang", times: null });
    setTimeout(() => stop.abort(new Error("the person pressed stop")), 50);
    const began = performance.now();
    await expect(one.read(ready[0] as With<F>)).rejects.toThrow("the person pressed stop");
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  if (strangers) {
    it("does not show a stranger's record through the gate", async () => {
      const mine = await connect({ who: strangers.owner });
      mine.access.ruling = { effect: "ask", scope: "own" };
      for (const read of Object.values(strangers.reads)) await expect(read(mine.opened)).resolves.toBeDefined();
      expect(await strangers.shows(mine.opened)).toBe(true);

      const theirs = await connect({ who: strangers.stranger });
      theirs.access.ruling = { effect: "ask", scope: "own" };
      for (const [name, read] of Object.entries(strangers.reads)) {
        expect(await failure(() => read(theirs.opened)), name).toBeInstanceOf(NotFound);
      }
      expect(await strangers.shows(theirs.opened)).toBe(false);
    });
  }

  if (writes) describeWrites(writes);

  function describeWrites(asked: NonNullable<ContractSubject<F>["writes"]>): void {
    const { method, path } = asked;

    async function writing(fault: ServerFault | undefined, options: Partial<SystemsOptions> = {}) {
      const harness = await connect(options);
      const approved = harness.agree(system, asked.draft, me) as Approved<never>;
      expect(await asked.written(harness.opened, approved)).toBe("absent");
      if (fault) server.faults.add({ ...fault, method, path });
      return { ...harness, approved, write: () => asked.write(harness.opened, approved) };
    }

    it("writes once, and finds what it wrote by the approval", async () => {
      const { opened, approved, write, audit } = await writing(undefined);
      const receipt = await write();
      expect(await asked.written(opened, approved)).toEqual(receipt.ref);
      expect(await asked.count(server, approved)).toBe(1);
      expect(audit.rows.filter(({ outcome }) => outcome === "succeeded").length).toBeGreaterThan(0);
    });

    it.each([
      ["the connection is cut", { kind: "cut", takesEffect: true }],
      ["the answer is 500", { kind: "status", status: 500, takesEffect: true }],
      ["the answer never comes", { kind: "hang", takesEffect: true }],
      ["the answer is nonsense", { kind: "nonsense", body: "<html></html>" }],
    ] as const)("does not know how a write ended when %s, and finds it exactly once", async (_name, fault) => {
      const { opened, approved, write } = await writing(fault, { timeoutMs: 500 });
      expect(await failure(write)).toBeInstanceOf(OutcomeUnknown);
      server.faults.clear();
      expect(await asked.written(opened, approved)).toMatchObject({ system });
      expect(await asked.count(server, approved)).toBe(1);
    });

    it("does not call a write absent while it may still be under way", async () => {
      const { opened, approved, write } = await writing({ kind: "cut", takesEffect: false });
      expect(await failure(write)).toBeInstanceOf(OutcomeUnknown);
      expect(await asked.written(opened, approved)).toBe("unsure");
      expect(await asked.count(server, approved)).toBe(0);
    });

    it("writes after 429, once", async () => {
      const { approved, write } = await writing({ kind: "status", status: 429, headers: { "retry-after": "1" } });
      await expect(write()).resolves.toMatchObject({ ref: { system } });
      expect(await asked.count(server, approved)).toBe(1);
    });

    it("writes nothing that is not agreed to", async () => {
      const { opened, approved, approvals, audit } = await writing(undefined);
      approvals.agreed.clear();
      await expect(asked.write(opened, approved)).rejects.toMatchObject({ code: "access-denied" });
      expect(await asked.count(server, approved)).toBe(0);
      expect(audit.rows.at(-1)).toMatchObject({ outcome: "denied" });
    });

    it("writes nothing when the audit log cannot be written", async () => {
      const { opened, approved, audit } = await writing(undefined);
      audit.broken = true;
      await expect(asked.write(opened, approved)).rejects.toThrow("audit");
      expect(await asked.count(server, approved)).toBe(0);
    });
  }
}
