import { z } from "zod";
import type { Http } from "../../domain/connector.js";
import { AccessDenied, NotFound, RequestRefused, SvyazError } from "../../domain/errors.js";
import { Content, Group, PermissionSets, SpacePermissionV1, SpaceV1, User } from "./answers.js";
import { fromContent } from "./map.js";
import { checkedId, displayName, placeExpand, placesPage, readRestriction, searchPage } from "./v1.js";
import { type Caller, foundOf, type Readers, type Site, type SiteContent } from "./site.js";

const mostTrashed = 500;

/** Confluence Data Center and Server: v1 alone. Users go by user name, groups by name. */
export function createDataCenter(caller: Caller, http: Http, webAddress: string): Site {
  const { system } = caller;
  const names = new Map<string, Promise<string | undefined>>();
  /** Before 9.1 space permissions are told by JSON-RPC only; found out once. */
  let old = false;

  function mapped(content: Content): SiteContent {
    const found = fromContent(content, "key");
    if (!found || (content.status !== undefined && content.status !== "current")) {
      throw new NotFound(`${system}: content ${content.id} is ${content.status ?? content.type}`, { system, operation: "content" });
    }
    return found;
  }

  /** The one name that all answers can be brought to: some give the name, some the key. */
  async function nameOf({ username, userKey }: User): Promise<string | undefined> {
    if (username !== undefined || userKey === undefined) return username;
    const known =
      names.get(userKey) ??
      caller.get("/rest/api/user", { key: userKey }, User).then(
        (user) => user.username,
        (error: unknown) => {
          if (error instanceof NotFound || error instanceof AccessDenied) return undefined;
          throw error;
        },
      );
    names.set(userKey, known);
    return known;
  }

  async function namesOf(users: readonly User[]): Promise<string[]> {
    return (await Promise.all(users.map(nameOf))).filter((name) => name !== undefined);
  }

  // A caller who is no administrator gets 500 here (CONFSERVER-99908); asking again would change nothing.
  const refusal = (status: number) =>
    status === 500
      ? new AccessDenied(
          `${system}: space permissions are shown to administrators only`,
          { system, operation: "space permissions" },
          "system",
        )
      : undefined;

  async function readersByRest(space: string): Promise<Readers> {
    const path = `/rest/api/space/${encodeURIComponent(space)}/permissions`;
    const isReading = ({ operation }: z.infer<typeof SpacePermissionV1>) =>
      operation.operationKey === "read" && operation.targetType === "space";
    const permissions = (await caller.get(path, undefined, z.array(SpacePermissionV1), { refusal })).filter(isReading);
    const open = await caller.get(`${path}/anonymous`, undefined, z.array(SpacePermissionV1), { refusal }).catch((error: unknown) => {
      if (error instanceof NotFound) return [];
      throw error;
    });
    if (open.some(isReading)) return "everyone";
    const subjects = permissions.flatMap(({ subject }) => subject ?? []);
    const users = subjects
      .filter(({ type }) => type === "user")
      .map(({ name, username, userKey }) => ({ username: username ?? name, userKey }));
    const groups = subjects.filter(({ type }) => type === "group").flatMap(({ name }) => name ?? []);
    return { users: await namesOf(users), groups };
  }

  async function readersByRpc(space: string): Promise<Readers> {
    const { result } = await http.request({
      method: "POST",
      path: "/rpc/json-rpc/confluenceservice-v2",
      body: { json: { jsonrpc: "2.0", method: "getSpacePermissionSets", id: 7, params: [space] } },
      repeatable: true,
      refusal,
      answer: PermissionSets,
    });
    const viewing = result.filter(({ type }) => type === "VIEWSPACE").flatMap(({ spacePermissions }) => spacePermissions);
    if (viewing.some(({ userName, groupName }) => !userName && !groupName)) return "everyone";
    return { users: viewing.flatMap(({ userName }) => userName || []), groups: viewing.flatMap(({ groupName }) => groupName || []) };
  }

  return {
    edition: "data-center",
    webAddress,
    spaces: async (signal) => {
      const spaces = await caller.all("/rest/api/space", { status: "current" }, SpaceV1, { size: 100, signal });
      return spaces.map(({ key, name }) => ({ id: key, key, name }));
    },

    async contents(kind, space, paging) {
      const query = { type: kind, spaceKey: space.key, status: "current", expand: `${placeExpand},body.storage` };
      const page = await caller.page("/rest/api/content", query, paging);
      return { items: foundOf(caller, page.rows, Content, (row) => fromContent(row, "key")), next: page.next };
    },

    content: async (id, { body }) =>
      mapped(
        await caller.get(
          `/rest/api/content/${checkedId(caller, id)}`,
          { expand: body ? `${placeExpand},body.storage` : placeExpand },
          Content,
        ),
      ),

    ancestors: async ({ id, ancestors }) => {
      if (ancestors) return ancestors;
      const { ancestors: found } = await caller.get(`/rest/api/content/${checkedId(caller, id)}`, { expand: "version,ancestors" }, Content);
      if (!found) throw caller.unexpected("contents", `${id}: ancestors: missing`);
      return found.map((one) => one.id);
    },

    attachments: async ({ id }) => {
      const rows = await caller.all(
        `/rest/api/content/${id}/child/attachment`,
        { expand: "version,container,metadata,extensions" },
        Content,
        { size: 50 },
      );
      return rows.flatMap((row) => fromContent({ ...row, container: row.container ?? { id } }, "key") ?? []);
    },

    search: (cql, paging) => searchPage(caller, cql, paging, "key"),
    places: (cql, paging) => placesPage(caller, cql, paging, "key"),

    async trashed(kind) {
      const ids: string[] = [];
      let from: string | undefined;
      do {
        const page = await caller.page("/rest/api/content", { type: kind, status: "trashed" }, { from, size: 100 });
        for (const row of page.rows) ids.push(SpaceRow.parse(row).id);
        from = page.next;
      } while (from !== undefined && ids.length < mostTrashed);
      return ids;
    },

    async spaceReaders(space) {
      if (old) return readersByRpc(space);
      try {
        return await readersByRest(space);
      } catch (error) {
        if (!(error instanceof NotFound)) throw error;
        const readers = await readersByRpc(space);
        old = true;
        return readers;
      }
    },

    restriction: (id) => readRestriction(caller, id),
    userIds: async (users) => namesOf(users?.results ?? []),
    groupIds: (groups) => groups?.results.map(({ name }) => name) ?? [],
    userName: (key) => displayName(caller, { key }),

    async *groupMembers(signal) {
      for (const { name } of await caller.all("/rest/api/group", {}, Group, { signal })) {
        try {
          yield {
            group: name,
            users: await namesOf(await caller.all(`/rest/api/group/${encodeURIComponent(name)}/member`, {}, User, { signal })),
          };
        } catch (error) {
          // Names with "/" cannot be asked for; the group's people lose what only the group gives them.
          if (!(error instanceof SvyazError) || !(error instanceof NotFound || error instanceof RequestRefused)) throw error;
        }
      }
    },
  };
}

const SpaceRow = z.object({ id: z.union([z.string(), z.number()]).transform(String) });
