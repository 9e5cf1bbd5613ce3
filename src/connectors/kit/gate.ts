import { createHash } from "node:crypto";
import type { Access, Family, Operation, Ruling, WrittenKind } from "../../domain/access.js";
import type { Approvals, Approved } from "../../domain/approval.js";
import type { AuditEvent, AuditLog } from "../../domain/audit.js";
import type { Call } from "../../domain/connector.js";
import type { EntityRef, Owner } from "../../domain/entity.js";
import { AccessDenied, NotFound, SvyazError } from "../../domain/errors.js";
import type { Listing, Page, PageRequest } from "../../domain/listing.js";
import type { Money } from "../../domain/numbers.js";
import type { Audience, Person } from "../../domain/people.js";
import { callContext } from "./call-context.js";
import { listing } from "./listing.js";

/** Who stands at the gate, for which system, within which call. */
export interface Caller {
  readonly system: string;
  readonly who: Person | "svyaz";
  /** The connector goes by the person's own sign-in there, so the system itself shows no more than it may. */
  readonly ownSignIn: boolean;
  readonly call: Call;
  readonly access: Pick<Access, "decide">;
  readonly approvals: Pick<Approvals, "holds">;
  readonly audit: AuditLog;
  /** Pilot mode: whatever was agreed to, nothing is changed in any system. */
  readonly readOnly?: boolean;
  /** Keeps the connector open while it works. */
  hold<T>(act: () => Promise<T>): Promise<T>;
}

/** What is read or written, for the audit row: never the contents. */
export interface About {
  readonly name: string;
  readonly subject?: Pick<EntityRef, "kind" | "id">;
  /** Goes into the row as a digest only. */
  readonly given?: unknown;
}

export interface Reading extends About {
  readonly family: Family;
  /** It has no owner to narrow by, so it is for those who may see everything, or who come with their own sign-in. */
  readonly whole?: boolean;
  /** It changes how the system is set up, such as its list of hooks, and no business data. */
  readonly changes?: boolean;
  /** It is about this approval, so it is for whoever asked for it. */
  readonly approved?: Approved<unknown>;
}

export interface Writing<Draft> extends About {
  readonly family: Family;
  readonly verb: "create" | "change";
  readonly kind: WrittenKind;
  readonly approved: Approved<Draft>;
  readonly amount?: Money;
  readonly whole?: boolean;
}

/** What one ruling lets one person see. */
export interface View {
  readonly all: boolean;
  readonly scope: Ruling["scope"];
  readonly ownSignIn: boolean;
  /** Their user ids in this system. */
  readonly userIds: readonly string[];
  sees(owner: Owner | undefined): boolean;
  /** Throws NotFound, the same as for an id that never was. */
  demand(owner: Owner | undefined, ref: EntityRef): void;
  /** "ask" is read by Svyaz alone: for a person each thing is asked for. */
  reads(audience: Audience): boolean;
}

/** A list before narrowing, and which of its items may be told. */
export interface Source<T> {
  readonly items: Listing<T>;
  keep(items: readonly T[]): readonly T[] | Promise<readonly T[]>;
}

export interface Gate {
  read<T>(reading: Reading, act: (view: View) => Promise<T>): Promise<T>;
  /** Every page is a call of its own: asked, narrowed and noted anew. */
  list<T>(reading: Reading, open: (view: View) => Source<T> | Promise<Source<T>>): Listing<T>;
  write<Draft, T>(writing: Writing<Draft>, act: (view: View) => Promise<T>): Promise<T>;
  /** Work of Svyaz itself that is a stream: one row from its start to its end. */
  stream<T>(about: About, open: () => AsyncIterable<T>): AsyncIterable<T>;
  /** Neither asked nor noted, only carried: the health check and reading what a web hook brought. */
  carry<T>(act: () => Promise<T>): Promise<T>;
}

/** Pages that may turn out empty after narrowing before the reader is given an empty one with a cursor. */
const emptyPages = 20;
const inPilot = "nothing is changed in pilot mode (SVYAZ_READ_ONLY)";

/**
 * The one way to an ability: `Access.decide`, for a write also the approval, then the connector,
 * then the answer narrowed to the ruling's scope, and one act in the audit log, whatever came of it.
 */
export function createGate(caller: Caller): Gate {
  const { system, who, call, access, approvals, audit } = caller;
  const actor = call.actor ?? (who === "svyaz" ? "svyaz" : who.id);

  function event(about: About, payload: Readonly<Record<string, unknown>> = {}): AuditEvent {
    return {
      name: about.name,
      actor,
      trace: call.trace,
      subject: about.subject ? { system, ...about.subject } : undefined,
      payload: { system, ...(about.given === undefined ? {} : { given: digest(about.given) }), ...payload },
    };
  }

  async function deny(about: About, reason: AccessDenied["reason"], message: string, payload?: Readonly<Record<string, unknown>>) {
    await audit.note(event(about, { reason, ...payload }), "denied");
    return new AccessDenied(`${system}: ${about.name}: ${message}`, { system, operation: about.name }, reason);
  }

  async function decide(about: About & { readonly whole?: boolean }, operation: Omit<Operation, "system">): Promise<Ruling> {
    if (who === "svyaz") return { effect: operation.verb === "read" ? "allow" : "deny", scope: "all" };
    const ruling = await access.decide(who, { system, ...operation });
    if (ruling.effect === "deny") throw await deny(about, "policy", `${who.id} may not ${operation.verb} here`);
    if (about.whole && ruling.scope !== "all" && !caller.ownSignIn) {
      throw await deny(about, "not-narrowable", `${who.id} may see ${ruling.scope} only, and this cannot be cut down to it`);
    }
    return ruling;
  }

  function carry<T>(act: () => Promise<T>): Promise<T> {
    return caller.hold(() => callContext.run(call, act));
  }

  function perform<T>(about: About, row: AuditEvent, act: () => Promise<T>): Promise<T> {
    // Held until its row is written, so that no call ends unrecorded when the service stops.
    return caller
      .hold(() => audit.during(row, () => callContext.run(call, act)))
      .catch((error: unknown) => {
        throw placed(error, system, about.name);
      });
  }

  async function read<T>(reading: Reading, act: (view: View) => Promise<T>): Promise<T> {
    if (reading.changes && caller.readOnly) throw await deny(reading, "pilot", inPilot);
    const ruling = await decide(reading, { family: reading.family, verb: "read" });
    if (reading.approved && !isAskers(reading.approved)) throw await deny(reading, "not-agreed", "somebody else's approval");
    return perform(reading, event(reading), () => act(viewOf(caller, ruling)));
  }

  function isAskers(approved: Approved<unknown>): boolean {
    return who !== "svyaz" && approved.system === system && approved.askedBy.id === who.id;
  }

  async function agreed(writing: Writing<unknown>, ruling: Ruling): Promise<boolean> {
    const { approved } = writing;
    if (!isAskers(approved)) return false;
    const own = approved.agreedBy.some(({ id }) => id === approved.askedBy.id);
    const second = approved.agreedBy.some(({ id }) => id !== approved.askedBy.id);
    if ((ruling.effect !== "allow" && !own) || (ruling.effect === "second" && !second)) return false;
    return approvals.holds(approved);
  }

  return {
    read,
    list: (reading, open) =>
      listing((request) =>
        read(reading, async (view) => {
          const source = await open(view);
          return narrowedPage(source, request);
        }),
      ),
    async write(writing, act) {
      const { family, verb, kind, amount, approved } = writing;
      const named = { approval: approved.approval };
      if (caller.readOnly) throw await deny(writing, "pilot", inPilot, named);
      if (who === "svyaz") throw await deny(writing, "policy", "Svyaz writes in nobody's name", named);
      const ruling = await decide(writing, { family, verb, kind, amount });
      if (!(await agreed(writing, ruling))) throw await deny(writing, "not-agreed", "not agreed to, or no longer", named);
      return perform(writing, event({ ...writing, given: approved.draft }, named), () => act(viewOf(caller, ruling)));
    },
    async *stream(about, open) {
      let end: (error?: unknown) => void = () => undefined;
      const ended = new Promise<void>((resolve, reject) => {
        end = (error) => (error === undefined ? resolve() : reject(error));
      });
      let row: Promise<void> = Promise.resolve();
      await new Promise<void>((resolve, reject) => {
        row = audit.during(event(about), () => {
          resolve();
          return ended;
        });
        row.catch(reject);
      });
      let iterator: AsyncIterator<unknown> | undefined;
      try {
        const opened = open()[Symbol.asyncIterator]();
        iterator = opened;
        for (let step = await carry(() => opened.next()); !step.done; step = await carry(() => opened.next())) yield step.value;
      } catch (error) {
        end(error);
        throw placed(error, system, about.name);
      } finally {
        // Whoever reads may leave in the middle; the reader below closes what it holds.
        await iterator?.return?.();
        end();
        await row.catch(() => undefined);
      }
    },
    carry,
  };
}

/** Whoever threw it need not have known what was being done; whoever reads it must. */
function placed(error: unknown, system: string, operation: string): unknown {
  if (!(error instanceof SvyazError) || (error.system && error.operation)) return error;
  return Object.assign(error, { system: error.system ?? system, operation: error.operation ?? operation });
}

/** An empty page means "nothing", so empty ones are passed over while there are more. */
async function narrowedPage<T>(source: Source<T>, request: PageRequest): Promise<Page<T>> {
  let from = request.from;
  for (let pages = 1; ; pages += 1) {
    const page = await source.items.page({ ...request, from });
    const items = await source.keep(page.items);
    if (items.length > 0 || page.next === undefined || pages === emptyPages) {
      const untouched = items.length === page.items.length && pages === 1;
      return { items, next: page.next, ...(untouched && page.total !== undefined ? { total: page.total } : {}) };
    }
    from = page.next;
  }
}

function viewOf({ system, who, ownSignIn }: Caller, { scope }: Ruling): View {
  const principals = new Set(who === "svyaz" ? [] : who.principals);
  const userPrefix = `${system}:user:`;
  const all = scope === "all";
  const sees = (owner: Owner | undefined) =>
    all ||
    (owner !== undefined &&
      (principals.has(userPrefix + owner.id) || (scope === "department" && owner.groups.some((group) => principals.has(group)))));
  return {
    all,
    scope,
    ownSignIn,
    userIds: [...principals].filter((one) => one.startsWith(userPrefix)).map((one) => one.slice(userPrefix.length)),
    sees,
    demand(owner, ref) {
      if (!sees(owner)) throw new NotFound(`${system}: there is no ${ref.kind} ${ref.id}`, { system });
    },
    reads: (audience) =>
      who === "svyaz" ||
      audience === "everyone" ||
      (Array.isArray(audience) && audience.every((clause: readonly string[]) => clause.some((one) => principals.has(one)))),
  };
}

function digest(given: unknown): string {
  return createHash("sha256").update(JSON.stringify(given)).digest("hex").slice(0, 16);
}
