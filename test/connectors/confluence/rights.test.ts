import { afterEach, describe, expect, it } from "vitest";
import { type Answers, type Given, list, open, openOver, pageV1, pageV2, restriction, startAnswers } from "./answers.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function readersOf(edition: "cloud" | "data-center", answers: Answers, id: string) {
  const server = await startAnswers(answers);
  const harness = await openOver(server.url, edition);
  closing.push(() => harness.systems.close(), server.close);
  const text = await harness.opened.documents?.read(id);
  return { readers: text?.card.readers, paths: server.paths(), log: harness.log.lines };
}

const spaceDc: Given = {
  body: [
    { operation: { operationKey: "read", targetType: "space" }, subject: { type: "group", name: "staff" }, spaceKey: "HR" },
    { operation: { operationKey: "administer", targetType: "space" }, subject: { type: "group", name: "admins" } },
    { operation: { operationKey: "read", targetType: "space" }, subject: { type: "user", userKey: "key-boris" } },
  ],
};

function dataCenter(more: Answers = {}): Answers {
  return {
    "/rest/api/content/10": { body: pageV1("10", { ancestors: [{ id: "1" }, { id: "2" }] }) },
    "/rest/api/content/10/child/attachment": list([]),
    "/rest/api/content/10/restriction/byOperation": open,
    "/rest/api/content/1/restriction/byOperation": open,
    "/rest/api/content/2/restriction/byOperation": open,
    "/rest/api/space/HR/permissions": spaceDc,
    "/rest/api/user": { body: { username: "boris", userKey: "key-boris", displayName: "Борис" } },
    ...more,
  };
}

describe("who may read a page of Data Center", () => {
  it("is everybody whom its space lets in, by the names of people and groups", async () => {
    const { readers } = await readersOf("data-center", dataCenter(), "10");
    expect(readers).toEqual([["confluence:group:staff", "confluence:user:boris"]]);
  });

  it("is narrowed by its own restriction and by that of each page above it", async () => {
    const { readers } = await readersOf(
      "data-center",
      dataCenter({
        "/rest/api/content/10/restriction/byOperation": {
          body: restriction([{ username: "anna" }, { username: "vera" }], [{ name: "hr" }]),
        },
        "/rest/api/content/1/restriction/byOperation": { body: restriction([], [{ name: "managers" }]) },
      }),
      "10",
    );
    expect(readers).toEqual([
      ["confluence:group:staff", "confluence:user:boris"],
      ["confluence:group:hr", "confluence:user:anna", "confluence:user:vera"],
      ["confluence:group:managers"],
    ]);
  });

  it("is everyone only when guests may read the space and nothing above is restricted", async () => {
    const guests: Given = { body: [{ operation: { operationKey: "read", targetType: "space" } }] };
    const open10 = dataCenter({ "/rest/api/space/HR/permissions/anonymous": guests });
    expect((await readersOf("data-center", open10, "10")).readers).toBe("everyone");
    const narrowed = { ...open10, "/rest/api/content/2/restriction/byOperation": { body: restriction([{ username: "anna" }]) } };
    expect((await readersOf("data-center", narrowed, "10")).readers).toEqual([["confluence:user:anna"]]);
  });

  it.each([403, 404])("is nobody when a restriction above it answers %s", async (status) => {
    const { readers, log } = await readersOf(
      "data-center",
      dataCenter({ "/rest/api/content/1/restriction/byOperation": { status, body: {} } }),
      "10",
    );
    expect(readers).toBe("nobody");
    expect(log.join("\n")).toContain("rights cannot be read");
  });

  it("is nobody when a restriction names only people who cannot be told", async () => {
    const unknown = dataCenter({
      "/rest/api/content/10/restriction/byOperation": { body: restriction([{ userKey: "key-gone" }]) },
      "/rest/api/user": { status: 404, body: {} },
    });
    expect((await readersOf("data-center", unknown, "10")).readers).toBe("nobody");
  });

  it("is nobody when the account is no administrator, and 500 is not asked for again", async () => {
    const { readers, paths } = await readersOf(
      "data-center",
      dataCenter({ "/rest/api/space/HR/permissions": { status: 500, body: {} } }),
      "10",
    );
    expect(readers).toBe("nobody");
    expect(paths.filter((path) => path === "/rest/api/space/HR/permissions")).toHaveLength(1);
  });

  it("is told by JSON-RPC before 9.1", async () => {
    const old = dataCenter({
      "/rest/api/space/HR/permissions": { status: 404, body: {} },
      "/rpc/json-rpc/confluenceservice-v2": ({ body }) => ({
        body: {
          jsonrpc: "2.0",
          id: 7,
          result: [
            {
              type: "VIEWSPACE",
              spacePermissions: [
                { userName: "anna", groupName: null },
                { userName: null, groupName: "staff" },
              ],
            },
            { type: "EDITSPACE", spacePermissions: [{ userName: (JSON.parse(body) as { params: string[] }).params[0], groupName: null }] },
          ],
        },
      }),
    });
    expect((await readersOf("data-center", old, "10")).readers).toEqual([["confluence:group:staff", "confluence:user:anna"]]);
  });

  it("does not take the login page of WebSudo for rights", async () => {
    const page = { headers: { "content-type": "text/html" }, body: new TextEncoder().encode("<html>Sign in</html>") };
    const old = dataCenter({ "/rest/api/space/HR/permissions": { status: 404, body: {} }, "/rpc/json-rpc/confluenceservice-v2": page });
    expect((await readersOf("data-center", old, "10")).readers).toBe("nobody");
  });

  it("is asked for once a page within one reading", async () => {
    const { paths } = await readersOf(
      "data-center",
      dataCenter({
        "/rest/api/content/10/child/attachment": list([
          pageV1("att11", { type: "attachment", title: "a.docx" }),
          pageV1("att12", { type: "attachment", title: "b.docx" }),
        ]),
      }),
      "10",
    );
    expect(paths.filter((path) => path.endsWith("byOperation"))).toHaveLength(3);
    expect(paths.filter((path) => path === "/rest/api/space/HR/permissions")).toHaveLength(1);
  });
});

describe("who may read a page of Cloud", () => {
  const permission = (type: string, id: string, key = "read") => ({
    id: "1",
    principal: { type, id },
    operation: { key, targetType: "space" },
  });
  const cloud = (more: Answers = {}): Answers => ({
    "/wiki/api/v2/pages/10": { body: pageV2("10", { parentId: "2", parentType: "folder" }) },
    "/wiki/api/v2/pages/10/attachments": list([]),
    "/wiki/api/v2/folders/2/ancestors": list([{ id: "1", type: "page" }]),
    "/wiki/rest/api/content/10/restriction/byOperation": open,
    "/wiki/rest/api/content/1/restriction/byOperation": open,
    "/wiki/rest/api/content/2/restriction/byOperation": {
      body: restriction([{ accountId: "acc-anna-0001" }], [{ id: "g-hr", name: "hr" }]),
    },
    "/wiki/api/v2/spaces/7/permissions": ({ query }) =>
      query.get("cursor") === null
        ? list(
            [permission("group", "g-staff"), permission("role", "r-1"), permission("group", "g-admins", "administer")],
            "/wiki/api/v2/spaces/7/permissions?cursor=zwei",
          )
        : list([permission("user", "acc-vera-0003")]),
    "/wiki/rest/api/user": { body: { accountId: "acc-anna-0001", displayName: "Анна Иванова" } },
    ...more,
  });

  it("is let in by the space, all pages of its permissions, and by folders above", async () => {
    const { readers } = await readersOf("cloud", cloud(), "10");
    expect(readers).toEqual([
      ["confluence:group:g-staff", "confluence:user:acc-vera-0003"],
      ["confluence:group:g-hr", "confluence:user:acc-anna-0001"],
    ]);
  });

  it("is nobody when what stands above cannot be seen", async () => {
    expect((await readersOf("cloud", cloud({ "/wiki/api/v2/folders/2/ancestors": { status: 404, body: {} } }), "10")).readers).toBe(
      "nobody",
    );
  });
});
