import type { Http, HttpRequest } from "../../domain/connector.js";
import { AnswerUnexpected } from "../../domain/errors.js";
import type { Schema } from "../../domain/schema.js";
import { issuesOf } from "../kit/body.js";
import { Items, type ReadRestriction } from "./answers.js";

export type ContentKind = "page" | "blogpost" | "attachment";

/** A page, blog post or attachment, the same for both editions. */
export interface SiteContent {
  readonly id: string;
  readonly kind: ContentKind;
  readonly title: string;
  /** What the edition finds the space by: its id on Cloud, its key on Data Center. Absent for some attachments. */
  readonly space?: string;
  readonly version: number;
  readonly updatedAt: Date;
  readonly author?: string;
  /** What it stands right below, and of what kind that is ("page", "folder"). */
  readonly parent?: { readonly id: string; readonly type: string };
  /** Everything above it; absent where the answer did not tell. */
  readonly ancestors?: readonly string[];
  /** The page an attachment hangs on. */
  readonly container?: string;
  readonly storage?: string;
  /** Below the site's address. */
  readonly webPath?: string;
  readonly mediaType?: string;
  readonly fileBytes?: number;
  /** Where an attachment's bytes are, below the site's address. */
  readonly download?: { readonly path: string; readonly query: readonly (readonly [string, string])[] };
  /** Its own view restriction, where it came along whole. */
  readonly restriction?: ReadRestriction;
}

/** One of a list, or why it could not be read. */
export type Found = { readonly content: SiteContent } | { readonly id: string; readonly error: Error };

export interface FoundPage {
  readonly items: readonly Found[];
  readonly next?: string;
  readonly total?: number;
  /** The pieces of text that a search found, by content id. */
  readonly excerpts?: ReadonlyMap<string, string>;
}

export interface Space {
  readonly id: string;
  readonly key: string;
  readonly name?: string;
}

/** Users and groups that may read, as the edition names them. "everyone": without signing in. */
export type Readers = "everyone" | { readonly users: readonly string[]; readonly groups: readonly string[] };

/** What the connector asks a site for; one implementation an edition. */
export interface Site {
  readonly edition: "cloud" | "data-center";
  /** The address that people open; `webPath` stands behind it. */
  readonly webAddress: string;
  spaces(signal?: AbortSignal): Promise<readonly Space[]>;
  /** Current pages or blog posts of a space with their bodies. */
  contents(kind: "page" | "blogpost", space: Space, paging: Paging): Promise<FoundPage>;
  /** Throws NotFound for what is gone, trashed, or hidden from the account. */
  content(id: string, options: { readonly body: boolean }): Promise<SiteContent>;
  ancestors(content: SiteContent): Promise<readonly string[]>;
  attachments(content: SiteContent): Promise<readonly SiteContent[]>;
  search(cql: string, paging: Paging): Promise<FoundPage>;
  /** What a query finds, each with its own view restriction where the answer holds it whole; no text, no excerpts. */
  places(cql: string, paging: Paging): Promise<FoundPage>;
  /** Ids in the trash, the first few hundred. */
  trashed(kind: ContentKind): Promise<readonly string[]>;
  /** Throws AccessDenied or NotFound when the account may not know. */
  spaceReaders(space: string): Promise<Readers>;
  restriction(id: string): Promise<ReadRestriction>;
  /** The names that principals are made of; undefined for what the edition cannot name. */
  userIds(users: ReadRestriction["restrictions"]["user"]): Promise<readonly string[]>;
  groupIds(groups: ReadRestriction["restrictions"]["group"]): readonly string[];
  userName(id: string): Promise<string | undefined>;
  groupMembers(signal: AbortSignal): AsyncIterable<{ readonly group: string; readonly users: readonly string[] }>;
}

export interface Paging {
  readonly from?: string;
  readonly size: number;
  readonly signal?: AbortSignal;
}

/** Calls below the site's address, and the two ways Confluence has of cutting lists into pages. */
export interface Caller {
  readonly system: string;
  get<T>(
    path: string,
    query: HttpRequest["query"],
    answer: Schema<T>,
    options?: { readonly signal?: AbortSignal; readonly refusal?: HttpRequest["refusal"] },
  ): Promise<T>;
  page(
    path: string,
    query: Readonly<Record<string, string | number | undefined>>,
    paging: Paging,
  ): Promise<{ readonly rows: readonly unknown[]; readonly next?: string; readonly total?: number }>;
  /** All rows of a list that is short by nature. */
  all<T>(
    path: string,
    query: Readonly<Record<string, string | number | undefined>>,
    row: Schema<T>,
    options?: { readonly size?: number; readonly signal?: AbortSignal },
  ): Promise<readonly T[]>;
  unexpected(operation: string, what: string): AnswerUnexpected;
}

export function createCaller(http: Http, system: string, prefix: string): Caller {
  const unexpected = (operation: string, what: string) => new AnswerUnexpected(`${system}: ${operation}: ${what}`, { system, operation });
  const caller: Caller = {
    system,
    unexpected,
    get: (path, query, answer, options = {}) => http.request({ method: "GET", path: prefix + path, query, answer, ...options }),
    async page(path, query, { from, size, signal }) {
      const place = placeOf(from);
      const paged = {
        ...query,
        limit: size,
        ...(place.cursor === undefined ? { start: place.start || undefined } : { cursor: place.cursor }),
      };
      const { results, totalSize, _links } = await caller.get(path, paged, Items, { signal });
      const next = _links?.next;
      // A next link without rows is Data Center's way of never ending.
      if (next === undefined || results.length === 0) return { rows: results, total: totalSize };
      const cursor = new URL(next, "https://site.invalid").searchParams.get("cursor");
      // Data Center caps pages silently and then names a wrong start: what was got is counted.
      return { rows: results, next: cursor === null ? `start:${place.start + results.length}` : `cursor:${cursor}`, total: totalSize };
    },
    async all(path, query, row, { size = 200, signal } = {}) {
      const rows = [];
      let from: string | undefined;
      do {
        const page = await caller.page(path, query, { from, size, signal });
        for (const one of page.rows) {
          const parsed = row.safeParse(one);
          if (!parsed.success) throw unexpected(`GET ${path}`, issuesOf(parsed.error));
          rows.push(parsed.data);
        }
        from = page.next;
      } while (from !== undefined);
      return rows;
    },
  };
  return caller;
}

/** The same place, so many rows earlier where a list is counted off: rows that went meanwhile have moved those behind them forward. */
export function stepBack(from: string | undefined, rows: number): string | undefined {
  return from?.startsWith("start:") ? `start:${Math.max(0, placeOf(from).start - rows)}` : from;
}

function placeOf(from: string | undefined): { readonly start: number; readonly cursor?: string } {
  if (from?.startsWith("cursor:")) return { start: 0, cursor: from.slice("cursor:".length) };
  return { start: Number(from?.slice("start:".length) ?? 0) };
}

/** Rows one by one: what does not fit is told by its id, the others go on. */
export function foundOf<T>(caller: Caller, rows: readonly unknown[], row: Schema<T>, map: (row: T) => SiteContent | undefined): Found[] {
  return rows.flatMap((one): Found[] => {
    const parsed = row.safeParse(one);
    if (!parsed.success) {
      const id = one !== null && typeof one === "object" && "id" in one ? String(one.id) : "unknown";
      return [{ id, error: caller.unexpected("contents", `${id}: ${issuesOf(parsed.error)}`) }];
    }
    const content = map(parsed.data);
    return content ? [{ content }] : [];
  });
}
