import type { Company } from "../company.js";
import type { Journal } from "../journal.js";
import type { Library, Viewers } from "../library.js";
import { type Account, createIdentities, type Identities, SERVICE_ACCOUNT } from "./identities.js";

export interface Page {
  readonly id: string;
  readonly spaceKey: string;
  readonly parentId?: string;
  readonly status: "current" | "trashed";
  readonly title: string;
  /** Storage format; people stand in it as `{{user:anna}}`. */
  readonly body: string;
  readonly labels: readonly string[];
  readonly version: number;
  readonly versionMessage?: string;
  readonly authorId: string;
  readonly editorId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** View restriction of the page itself. */
  readonly viewers?: Viewers;
}

export interface Attachment {
  /** "att2490369" */
  readonly id: string;
  readonly pageId: string;
  readonly name: string;
  readonly mediaType: string;
  /** Base64 in the journal, bytes in memory. */
  readonly content: string;
  readonly version: number;
  readonly at: string;
}

export interface Comment {
  readonly id: string;
  readonly pageId: string;
  readonly body: string;
  readonly authorId: string;
  readonly at: string;
}

export interface Space {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly status: "current" | "archived";
  readonly readers: Viewers;
}

export interface Group {
  readonly name: string;
  readonly members: readonly string[];
}

/** A thing as it stands after a change; the journal keeps nothing else. */
export type Entry =
  | { readonly kind: "page"; readonly thing: Page }
  | { readonly kind: "attachment"; readonly thing: Attachment }
  | { readonly kind: "comment"; readonly thing: Comment }
  | { readonly kind: "space"; readonly thing: Space }
  | { readonly kind: "group"; readonly thing: Group };

/** The site: what is in it, who may see it, and how people change it in their own screens. */
export interface Store {
  readonly identities: Identities;
  readonly pages: ReadonlyMap<string, Page>;
  readonly attachments: ReadonlyMap<string, Attachment>;
  readonly comments: ReadonlyMap<string, Comment>;
  readonly spaces: ReadonlyMap<string, Space>;
  readonly groups: ReadonlyMap<string, Group>;
  readonly changes: readonly Entry[];
  /** The id a page of the library has here. */
  pageId(key: string): string;
  /** From the root of the space down to the parent. */
  ancestors(page: Page): readonly Page[];
  maySeeSpace(account: Account, key: string): boolean;
  /** The space admits them, and the page and every restricted ancestor do as well. Trashed pages are asked about like others. */
  maySee(account: Account, page: Page): boolean;
  put(entry: Entry): Promise<void>;
  newId(): string;

  /** A new version of the page, as if its author had edited it in the browser. */
  edit(id: string, change: { readonly title?: string; readonly body?: string; readonly by?: string }): Promise<void>;
  /** Children move up to the page's own parent. */
  trash(id: string): Promise<void>;
  /** Changes who may view the page. Neither its version nor its date moves, as on a real site. */
  restrict(id: string, viewers: Viewers | undefined): Promise<void>;
  move(id: string, parentId: string): Promise<void>;
  admit(spaceKey: string, readers: Viewers): Promise<void>;
  setMembers(group: string, members: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export function createStore(company: Company, library: Library, journal: Journal<Entry>, now: () => Date): Store {
  const identities = createIdentities(company);
  const seed = seeded(library);
  const { pages, attachments, comments, spaces, groups, idOf } = seed;
  const changes: Entry[] = [];
  let lastId = Math.max(...[...pages.keys()].map(Number)) + 1_000;

  const apply = (entry: Entry): void => {
    changes.push(entry);
    switch (entry.kind) {
      case "page":
        pages.set(entry.thing.id, entry.thing);
        break;
      case "attachment":
        attachments.set(entry.thing.id, entry.thing);
        break;
      case "comment":
        comments.set(entry.thing.id, entry.thing);
        break;
      case "space":
        spaces.set(entry.thing.key, entry.thing);
        break;
      case "group":
        groups.set(entry.thing.name, entry.thing);
        break;
    }
    if ("id" in entry.thing) lastId = Math.max(lastId, Number(entry.thing.id.replace(/\D/g, "")));
  };
  for (const entry of journal.replayed) apply(entry);

  const put = async (entry: Entry): Promise<void> => {
    apply(entry);
    await journal.append(entry);
  };
  const pageOf = (id: string): Page => {
    const page = pages.get(id);
    if (!page) throw new Error(`sandbox: no page ${id} in Confluence`);
    return page;
  };
  const ancestors = (page: Page): Page[] => {
    const parent = page.parentId === undefined ? undefined : pages.get(page.parentId);
    return parent ? [...ancestors(parent), parent] : [];
  };
  const admits = ({ users, groups: named }: Viewers, account: Account): boolean =>
    account.id === SERVICE_ACCOUNT || users.includes(account.id) || named.some((name) => groups.get(name)?.members.includes(account.id));
  const maySeeSpace = (account: Account, key: string): boolean => {
    const space = spaces.get(key);
    return space !== undefined && admits(space.readers, account);
  };
  const changePage = (id: string, change: Partial<Page>): Promise<void> => put({ kind: "page", thing: { ...pageOf(id), ...change } });

  return {
    identities,
    pages,
    attachments,
    comments,
    spaces,
    groups,
    changes,
    pageId: (key) => {
      const id = idOf.get(key);
      if (id === undefined) throw new Error(`sandbox: no page ${key} in the library`);
      return id;
    },
    ancestors,
    maySeeSpace,
    maySee: (account, page) =>
      maySeeSpace(account, page.spaceKey) &&
      [page, ...ancestors(page)].every(({ viewers }) => viewers === undefined || admits(viewers, account)),
    put,
    newId: () => String((lastId += 16)),
    edit: (id, { title, body, by }) => {
      const page = pageOf(id);
      return changePage(id, {
        title: title ?? page.title,
        body: body ?? page.body,
        version: page.version + 1,
        editorId: by ?? page.authorId,
        updatedAt: now().toISOString(),
      });
    },
    trash: async (id) => {
      const page = pageOf(id);
      const children = [...pages.values()].filter(({ parentId }) => parentId === id);
      await Promise.all([
        ...children.map((child) => changePage(child.id, { parentId: page.parentId })),
        changePage(id, { status: "trashed" }),
      ]);
    },
    restrict: (id, viewers) => changePage(id, { viewers }),
    move: (id, parentId) => changePage(id, { parentId, spaceKey: pageOf(parentId).spaceKey }),
    admit: (spaceKey, readers) => put({ kind: "space", thing: { ...(spaces.get(spaceKey) as Space), readers } }),
    setMembers: (name, members) => put({ kind: "group", thing: { name, members } }),
    close: () => journal.close(),
  };
}

function seeded(library: Library) {
  const idOf = new Map(library.pages.map(({ key, id }) => [key, String(id)]));
  const pages = new Map<string, Page>();
  const attachments = new Map<string, Attachment>();
  for (const page of library.pages) {
    const id = String(page.id);
    pages.set(id, {
      id,
      spaceKey: page.spaceKey,
      parentId: page.parentKey === undefined ? undefined : idOf.get(page.parentKey),
      status: "current",
      title: page.title,
      body: page.body,
      labels: page.labels,
      version: page.version,
      authorId: page.authorId,
      editorId: page.authorId,
      createdAt: page.createdAt.toISOString(),
      updatedAt: page.updatedAt.toISOString(),
      viewers: page.viewers,
    });
    for (const file of page.attachments) {
      attachments.set(`att${file.id}`, {
        id: `att${file.id}`,
        pageId: id,
        name: file.name,
        mediaType: file.mediaType,
        content: file.bytes.toString("base64"),
        version: 1,
        at: page.updatedAt.toISOString(),
      });
    }
  }
  const spaces = new Map<string, Space>(
    library.spaces.map(({ key, id, name, readers, archived }) => [
      key,
      { key, id: String(id), name, readers, status: archived ? "archived" : "current" },
    ]),
  );
  const groups = new Map<string, Group>(library.groups.map((group) => [group.name, group]));
  return { pages, attachments, comments: new Map<string, Comment>(), spaces, groups, idOf };
}
