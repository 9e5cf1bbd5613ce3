import { AccessDenied, AnswerUnexpected, NotFound } from "../../domain/errors.js";
import type { Log } from "../../domain/log.js";
import type { Audience, Principal } from "../../domain/people.js";
import type { ReadRestriction } from "./answers.js";
import type { Site, SiteContent } from "./site.js";

/** Who may read what. Made anew for each run, search or reading: within one, every space and page is asked about once. */
export interface Rights {
  readersOf(content: SiteContent): Promise<Audience>;
}

type Clause = "everyone" | "closed" | readonly Principal[];

/**
 * A page is read by those whom its space lets in, and its own view restriction, and that of every page above it: each is
 * a clause, and inside one users and groups add up. What the account may not know closes the page: `closed` says how.
 */
export function createRights({
  site,
  system,
  log,
  closed,
}: {
  readonly site: Site;
  readonly system: string;
  readonly log: Log;
  /** "nobody" for the index; "ask" when a person is asking, whose own sign-in may still be let in. */
  readonly closed: "nobody" | "ask";
}): Rights {
  const spaces = new Map<string, Promise<Clause>>();
  const pages = new Map<string, Promise<Clause>>();
  const containers = new Map<string, Promise<Audience>>();

  function once<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
    const found = known.get(key) ?? find();
    known.set(key, found);
    return found;
  }

  /** 403 and 404 close; a system that does not answer is another matter and ends in "unreadable". */
  async function orClosed(what: string, find: () => Promise<Clause>): Promise<Clause> {
    try {
      return await find();
    } catch (error) {
      if (!(error instanceof AccessDenied || error instanceof NotFound || error instanceof AnswerUnexpected)) throw error;
      log.warn("rights cannot be read, so nobody is let in", { system, what, reason: error.message });
      return "closed";
    }
  }

  const principal = (kind: "user" | "group") => (id: string) => `${system}:${kind}:${id}`;

  function clauseOf(users: readonly string[], groups: readonly string[]): readonly Principal[] {
    return [...new Set([...users.map(principal("user")), ...groups.map(principal("group"))])].sort();
  }

  const ofSpace = (space: string) =>
    once(spaces, space, () =>
      orClosed(`space ${space}`, async () => {
        const readers = await site.spaceReaders(space);
        return readers === "everyone" ? "everyone" : clauseOf(readers.users, readers.groups);
      }),
    );

  async function ofRestriction({ restrictions: { user, group } }: ReadRestriction): Promise<Clause> {
    if ((user?.results.length ?? 0) === 0 && (group?.results.length ?? 0) === 0) return "everyone";
    return clauseOf(await site.userIds(user), site.groupIds(group));
  }

  const ofPage = (id: string, restriction?: ReadRestriction) =>
    once(pages, id, () => orClosed(`page ${id}`, async () => ofRestriction(restriction ?? (await site.restriction(id)))));

  async function readersOf(content: SiteContent): Promise<Audience> {
    const { container } = content;
    if (content.kind === "attachment") {
      if (container === undefined) return closed;
      return once(containers, container, async () => {
        try {
          return await readersOf(await site.content(container, { body: false }));
        } catch (error) {
          if (error instanceof NotFound || error instanceof AccessDenied) return closed;
          throw error;
        }
      });
    }
    const space = content.space;
    if (space === undefined) return readersOf(await site.content(content.id, { body: false }).then(demandSpace));
    const own = ofPage(content.id, content.restriction);
    let above: readonly string[];
    try {
      above = await site.ancestors(content);
    } catch (error) {
      if (!(error instanceof NotFound || error instanceof AccessDenied)) throw error;
      return closed;
    }
    return audienceOf(await Promise.all([ofSpace(space), own, ...above.map((id) => ofPage(id))]));
  }

  function demandSpace(content: SiteContent): SiteContent {
    if (content.space !== undefined) return content;
    throw new AnswerUnexpected(`${system}: content ${content.id} came without its space`, { system, operation: "rights" });
  }

  function audienceOf(clauses: readonly Clause[]): Audience {
    const narrowing = new Map<string, readonly Principal[]>();
    for (const clause of clauses) {
      if (clause === "everyone") continue;
      // A restriction whose people cannot be named admits nobody whom we know.
      if (clause === "closed" || clause.length === 0) return closed;
      narrowing.set(clause.join("\n"), clause);
    }
    return narrowing.size === 0 ? "everyone" : [...narrowing.values()];
  }

  return { readersOf };
}
