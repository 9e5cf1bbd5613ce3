import { NotFound, SvyazError } from "../../domain/errors.js";
import { AncestorV2, AttachmentV2, Group, PageV2, SpacePermissionV2, SpaceV2, User } from "./answers.js";
import { fromAttachmentV2, fromPageV2 } from "./map.js";
import { checkedId, displayName, readRestriction, placesPage, searchPage } from "./v1.js";
import { type Caller, foundOf, type Site, type SiteContent } from "./site.js";

const paths = { page: "/api/v2/pages", blogpost: "/api/v2/blogposts", attachment: "/api/v2/attachments" } as const;
const mostTrashed = 500;

/** Confluence Cloud: contents by v2, search, restrictions and people by v1. Users and groups go by their ids. */
export function createCloud(caller: Caller, webAddress: string): Site {
  /** Brothers ask once for what stands above them. */
  const above = new Map<string, Promise<readonly string[]>>();

  function aboveOf(type: string, id: string): Promise<readonly string[]> {
    const key = `/api/v2/${type}s/${checkedId(caller, id)}/ancestors`;
    const known = above.get(key) ?? caller.all(key, {}, AncestorV2).then((rows) => rows.map((row) => row.id));
    above.set(key, known);
    return known;
  }

  async function pageOrPost(id: string, body: boolean): Promise<SiteContent> {
    const query = body ? { "body-format": "storage" } : {};
    const current = (page: PageV2, kind: "page" | "blogpost") => {
      if (page.status !== undefined && page.status !== "current") throw gone(caller, id, page.status);
      return fromPageV2(page, kind);
    };
    try {
      return current(await caller.get(`${paths.page}/${id}`, query, PageV2), "page");
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      return current(await caller.get(`${paths.blogpost}/${id}`, query, PageV2), "blogpost");
    }
  }

  return {
    edition: "cloud",
    webAddress,
    spaces: async (signal) => await caller.all("/api/v2/spaces", { status: "current" }, SpaceV2, { size: 250, signal }),

    async contents(kind, space, paging) {
      const page = await caller.page(paths[kind], { "space-id": space.id, status: "current", "body-format": "storage" }, paging);
      const items = foundOf(caller, page.rows, PageV2, (row) =>
        row.status === undefined || row.status === "current" ? fromPageV2(row, kind) : undefined,
      );
      return { items, next: page.next };
    },

    async content(id, { body }) {
      checkedId(caller, id);
      if (!id.startsWith("att")) return pageOrPost(id, body);
      const attachment = await caller.get(`${paths.attachment}/${id}`, undefined, AttachmentV2);
      if (attachment.status !== undefined && attachment.status !== "current") throw gone(caller, id, attachment.status);
      return fromAttachmentV2(attachment);
    },

    async ancestors({ id, kind, ancestors, parent }) {
      if (ancestors) return ancestors;
      if (kind !== "page") return [];
      return parent ? [...(await aboveOf(parent.type, parent.id)), parent.id] : aboveOf("page", id);
    },

    attachments: async ({ id, kind }) =>
      (await caller.all(`${paths[kind]}/${id}/attachments`, {}, AttachmentV2)).map((attachment) => {
        const content = fromAttachmentV2(attachment);
        return content.container === undefined ? fromAttachmentV2({ ...attachment, pageId: id }) : content;
      }),

    search: (cql, paging) => searchPage(caller, cql, paging, "id"),
    places: (cql, paging) => placesPage(caller, cql, paging, "id"),

    async trashed(kind) {
      const ids: string[] = [];
      let from: string | undefined;
      do {
        const page = await caller.page(paths[kind], { status: "trashed" }, { from, size: 250 });
        for (const row of page.rows) ids.push(AncestorV2.parse(row).id);
        from = page.next;
      } while (from !== undefined && ids.length < mostTrashed);
      return ids;
    },

    async spaceReaders(space) {
      const permissions = await caller.all(`/api/v2/spaces/${checkedId(caller, space)}/permissions`, {}, SpacePermissionV2, { size: 250 });
      const reading = permissions.filter(({ operation }) => operation.key === "read" && operation.targetType === "space");
      // Roles and access classes name nobody by id: whoever reads only through one is left out rather than guessed.
      const named = (type: string) => reading.filter(({ principal }) => principal.type === type).map(({ principal }) => principal.id);
      return { users: named("user"), groups: named("group") };
    },

    restriction: (id) => readRestriction(caller, id),
    userIds: async (users) => users?.results.flatMap(({ accountId }) => accountId ?? []) ?? [],
    groupIds: (groups) => groups?.results.flatMap(({ id }) => id ?? []) ?? [],
    userName: (accountId) => displayName(caller, { accountId }),

    async *groupMembers(signal) {
      for (const { id } of await caller.all("/rest/api/group", {}, Group, { signal })) {
        if (id === undefined) continue;
        const members = await caller.all(`/rest/api/group/${encodeURIComponent(id)}/membersByGroupId`, {}, User, { signal });
        yield { group: id, users: members.flatMap(({ accountId }) => accountId ?? []) };
      }
    },
  };
}

function gone({ system }: Caller, id: string, status: string): SvyazError {
  return new NotFound(`${system}: content ${id} is ${status}`, { system, operation: "content" });
}
