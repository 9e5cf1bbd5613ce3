import { createHmac } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { SystemUnavailable } from "../../../src/domain/errors.js";
import type { Cursor } from "../../../src/domain/listing.js";
import type { Change, ChangeBatch } from "../../../src/domain/sync.js";
import { all } from "../harness.js";
import { type Answers, list, open, openOver, pageV1, pageV2, startAnswers } from "./answers.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(edition: "cloud" | "data-center", answers: Answers, more: Record<string, string> = {}) {
  const server = await startAnswers(answers);
  const harness = await openOver(server.url, edition, more);
  closing.push(() => harness.systems.close(), server.close);
  const { sync, webhook } = harness.opened;
  if (!sync || !webhook) throw new Error("no sync");
  const run = (kind: string, mode: "full" | "since", from?: Cursor) =>
    all(sync.changes({ kind, mode, from, signal: AbortSignal.timeout(20_000) }));
  return { ...harness, sync, webhook, server, run };
}

const ids = (batches: readonly ChangeBatch[]) =>
  batches.flatMap(({ changes }) =>
    changes.map((change: Change) => `${change.kind} ${change.kind === "upsert" ? change.entity.ref.id : change.ref.id}`),
  );

function dataCenter(more: Answers = {}): Answers {
  const pages = Array.from({ length: 5 }, (_, index) => pageV1(String(10 + index)));
  return {
    "/rest/api/space": list([
      { id: 8, key: "OPS", name: "Эксплуатация" },
      { id: 7, key: "HR", name: "Кадры" },
    ]),
    "/rest/api/content": ({ query }) => {
      if (query.get("status") === "trashed") return list([{ id: "99", type: "page", status: "trashed" }]);
      if (query.get("spaceKey") !== "HR") return list([]);
      const at = Number(query.get("start") ?? 0);
      // Asked for 50, the server gives two at a time.
      return list(pages.slice(at, at + 2), at + 2 < pages.length ? "/rest/api/content?start=50" : undefined);
    },
    "/rest/api/space/HR/permissions": {
      body: [{ operation: { operationKey: "read", targetType: "space" }, subject: { type: "group", name: "staff" } }],
    },
    ...Object.fromEntries(pages.map(({ id }) => [`/rest/api/content/${id}/restriction/byOperation`, open])),
    ...Object.fromEntries(pages.map((page) => [`/rest/api/content/${page.id}`, { body: page }])),
    ...more,
  };
}

describe("a full run", () => {
  it("reads every space to its end, with text, version and readers", async () => {
    const { run } = await start("data-center", dataCenter());
    const batches = await run("page", "full");
    expect(ids(batches)).toEqual(["upsert 10", "upsert 11", "upsert 12", "upsert 13", "upsert 14"]);
    expect(batches[0]?.changes[0]).toMatchObject({
      entity: {
        title: "Страница 10",
        version: "3",
        updatedAt: new Date("2026-11-19T07:00:00.000Z"),
        readers: [["confluence:group:staff"]],
        content: { markdown: "Текст 10" },
        fields: { space: "HR", spaceName: "Кадры", author: "Анна Иванова" },
      },
    });
  });

  it("goes on where it was cut off", async () => {
    const { run } = await start("data-center", dataCenter());
    const whole = await run("page", "full");
    // In a space it steps back, since rows may have gone from the list meanwhile.
    expect(ids(await run("page", "full", whole[0]?.cursor))).toEqual(["upsert 10", "upsert 11", "upsert 12", "upsert 13", "upsert 14"]);
    expect(ids(await run("page", "full", whole[2]?.cursor))).toEqual([]);
  });

  it("tells of a page whose rights cannot be asked for now, and goes on", async () => {
    const { run } = await start("data-center", dataCenter({ "/rest/api/content/11/restriction/byOperation": { status: 503, body: {} } }));
    const batches = await run("page", "full");
    expect(ids(batches)).toEqual(["upsert 10", "unreadable 11", "upsert 12", "upsert 13", "upsert 14"]);
  });

  it("asks for less when the server breaks under the size of a page", async () => {
    const sizes: (string | null)[] = [];
    const { run } = await start(
      "data-center",
      dataCenter({
        "/rest/api/content": ({ query }) => {
          if (query.get("status") === "trashed" || query.get("spaceKey") !== "HR") return list([]);
          sizes.push(query.get("limit"));
          return Number(query.get("limit")) > 20 ? { status: 504, body: {} } : list([pageV1("10")]);
        },
      }),
    );
    expect(ids(await run("page", "full"))).toEqual(["upsert 10"]);
    expect([...new Set(sizes)]).toEqual(["50", "25", "12"]);
  });

  it("fails, and removes nothing, when the system goes down on the way", async () => {
    let asked = 0;
    const { run } = await start(
      "data-center",
      dataCenter({ "/rest/api/content": () => ((asked += 1) > 2 ? { status: 500, body: {} } : list([pageV1("10")], "/x")) }),
    );
    await expect(run("page", "full")).rejects.toBeInstanceOf(SystemUnavailable);
  });

  it("walks Cloud by its cursor and asks once for what stands above brothers", async () => {
    const child = (id: string) => pageV2(id, { parentId: "1", parentType: "page" });
    const { run, server } = await start("cloud", {
      "/wiki/api/v2/spaces": list([{ id: "7", key: "HR", name: "Кадры" }]),
      "/wiki/api/v2/pages": ({ query }) =>
        query.get("status") === "trashed"
          ? list([])
          : query.get("cursor") === null
            ? list([pageV2("1"), child("2")], "/wiki/api/v2/spaces/7/pages?cursor=c2")
            : list([child("3"), { id: "4", title: 5 }]),
      "/wiki/api/v2/pages/1/ancestors": list([]),
      "/wiki/api/v2/spaces/7/permissions": list([
        { principal: { type: "group", id: "g" }, operation: { key: "read", targetType: "space" } },
      ]),
      "/wiki/rest/api/user": { body: { displayName: "Анна Иванова" } },
      ...Object.fromEntries(["1", "2", "3"].map((id) => [`/wiki/rest/api/content/${id}/restriction/byOperation`, open])),
    });
    const batches = await run("page", "full");
    expect(ids(batches)).toEqual(["upsert 1", "upsert 2", "upsert 3", "unreadable 4"]);
    expect(batches[0]?.changes[1]).toMatchObject({
      entity: { relations: [{ kind: "below", to: { kind: "page", id: "1" } }], fields: { author: "Анна Иванова" } },
    });
    expect(server.paths().filter((path) => path.endsWith("/ancestors"))).toHaveLength(1);
    expect(server.paths().filter((path) => path === "/wiki/rest/api/user")).toHaveLength(1);
  });

  it("leaves attachments to be read later, and pictures unread", async () => {
    const attachment = (id: string, title: string, mediaType: string) => ({
      content: {
        id,
        type: "attachment",
        status: "current",
        title,
        container: { id: "10", type: "page" },
        version: { number: 1, when: "2026-11-01T00:00:00Z" },
        extensions: { mediaType, fileSize: 9 },
        _links: { webui: "/x" },
      },
    });
    const { run } = await start(
      "data-center",
      dataCenter({
        "/rest/api/search": list([attachment("att1", "Бланк.docx", "application/msword"), attachment("att2", "фото.png", "image/png")]),
      }),
    );
    const [batch] = await run("attachment", "full");
    expect(batch?.changes).toMatchObject([
      {
        entity: {
          content: "later",
          readers: [["confluence:group:staff"]],
          relations: [{ kind: "attached-to", to: { kind: "page", id: "10" } }],
        },
      },
      { entity: { ref: { id: "att2" } } },
    ]);
    const second = batch?.changes[1];
    expect(second?.kind === "upsert" && second.entity.content).toBeUndefined();
  });
});

describe("a run for what is new", () => {
  const hit = (page: Record<string, unknown>) => ({ content: { ...page, body: undefined } });
  const fresh = (id: string, number: number) => pageV1(id, { version: { number, when: "2026-11-20T08:55:00.000Z" } });

  async function sinceFull(answers: Answers) {
    const started = await start("data-center", dataCenter(answers));
    const after = (await started.run("page", "full")).at(-1)?.cursor;
    return { ...started, after };
  }

  it("asks by relative time with an overlap, because a written time is read in the profile's zone", async () => {
    const { run, after, server } = await sinceFull({ "/rest/api/search": list([]) });
    await run("page", "since", after);
    expect(server.asked.find(({ path }) => path === "/rest/api/search")?.query.get("cql")).toBe(
      'type = page and lastmodified >= now("-16m") order by lastmodified asc',
    );
  });

  it("reads a version once, however often the overlap shows it", async () => {
    let version = 4;
    const { run, after } = await sinceFull({
      "/rest/api/search": () => list([hit(fresh("11", version))]),
      "/rest/api/content/11": () => ({ body: fresh("11", version) }),
    });
    const first = await run("page", "since", after);
    expect(ids(first)).toEqual(["upsert 11"]);
    const second = await run("page", "since", first.at(-1)?.cursor);
    expect(ids(second)).toEqual([]);
    version = 5;
    expect(ids(await run("page", "since", second.at(-1)?.cursor))).toEqual(["upsert 11"]);
  });

  it("removes what went into the trash, once, and brings back what left it", async () => {
    let trash = ["99"];
    const { run, after } = await sinceFull({
      "/rest/api/search": list([]),
      "/rest/api/content": ({ query }) => (query.get("status") === "trashed" ? list(trash.map((id) => ({ id }))) : list([])),
    });
    trash = ["99", "12"];
    const thrown = await run("page", "since", after);
    expect(ids(thrown)).toEqual(["remove 12"]);
    expect(ids(await run("page", "since", thrown.at(-1)?.cursor))).toEqual([]);
    trash = ["99"];
    expect(ids(await run("page", "since", thrown.at(-1)?.cursor))).toEqual(["upsert 12"]);
  });

  it("removes what was thrown away while a full pass was cut off, in its middle or at its end", async () => {
    for (const at of [0, -1]) {
      let trash = ["99"];
      const { run } = await start(
        "data-center",
        dataCenter({
          "/rest/api/search": list([]),
          "/rest/api/content": (asked) => {
            if (asked.query.get("status") === "trashed") return list(trash.map((id) => ({ id })));
            const usual = dataCenter()["/rest/api/content"];
            return typeof usual === "function" ? usual(asked) : { body: {} };
          },
        }),
      );
      const begun = (await run("page", "full")).at(at)?.cursor;
      trash = ["99", "10"];
      const rest = await run("page", "full", begun);
      expect(ids(await run("page", "since", rest.at(-1)?.cursor ?? begun))).toEqual(["remove 10"]);
    }
  });

  it("removes what is gone when it is read", async () => {
    const { run, after } = await sinceFull({ "/rest/api/search": list([hit(fresh("77", 1))]) });
    expect(ids(await run("page", "since", after))).toEqual(["remove 77"]);
  });

  it("does without the trash where the account may not see it", async () => {
    const { run, after } = await sinceFull({
      "/rest/api/search": list([]),
      "/rest/api/content": ({ query }) => (query.get("status") === "trashed" ? { status: 403, body: {} } : list([])),
    });
    expect(ids(await run("page", "since", after))).toEqual([]);
  });
});

describe("things named by others", () => {
  it("come back as they are now", async () => {
    const { sync } = await start("data-center", dataCenter({ "/rest/api/content/13": { status: 403, body: {} } }));
    const refs = ["10", "12", "13", "404"].map((id) => ({ system: "confluence", kind: "page", id }));
    expect(ids([{ changes: await sync.fetch(refs), cursor: "" as Cursor }])).toEqual(["upsert 10", "upsert 12", "remove 13", "remove 404"]);
  });

  it("are counted by the search", async () => {
    const { sync, server } = await start("data-center", { "/rest/api/search": { body: { results: [], totalSize: 412 } } });
    expect(await sync.count?.("blogpost")).toBe(412);
    expect(server.asked[0]?.query.get("cql")).toBe("type = blogpost");
  });

  it("are people with the groups they belong to", async () => {
    const { sync } = await start("data-center", {
      "/rest/api/group": list([{ name: "staff" }, { name: "R/D" }, { name: "hr" }]),
      "/rest/api/group/staff/member": list([{ username: "anna" }, { username: "boris" }]),
      "/rest/api/group/hr/member": list([{ username: "anna" }]),
    });
    if (!sync.memberships) throw new Error("no memberships");
    expect(await all(sync.memberships(AbortSignal.timeout(5_000)))).toEqual([
      { member: "confluence:user:anna", of: ["confluence:group:staff", "confluence:group:hr"] },
      { member: "confluence:user:boris", of: ["confluence:group:staff"] },
    ]);
  });
});

describe("a web hook", () => {
  const hook = (body: unknown, headers: Record<string, string> = {}) => ({
    method: "POST",
    path: "/webhooks/confluence",
    query: {},
    headers,
    body: new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)),
    receivedAt: new Date(),
  });
  const page = { timestamp: 1, event: "page_updated", userKey: "k", page: { id: 13139970 } };

  it("names the page it is about, and nothing when it is a test", async () => {
    const { webhook } = await start("data-center", {});
    expect(await webhook.read(hook(page))).toEqual([{ system: "confluence", kind: "page", id: "13139970" }]);
    expect(await webhook.read(hook({ eventType: "avi:confluence:updated:blogpost", content: { id: "5", type: "blogpost" } }))).toEqual([
      { system: "confluence", kind: "blogpost", id: "5" },
    ]);
    expect(await webhook.read(hook({ event: "attachment_created", attachments: [{ id: 7 }] }))).toEqual([
      { system: "confluence", kind: "attachment", id: "7" },
    ]);
    expect(await webhook.read(hook(""))).toEqual([]);
    expect(await webhook.read(hook({ test: true }))).toEqual([]);
    await expect(webhook.read(hook("<html>"))).rejects.toMatchObject({ code: "request-refused" });
  });

  it("is refused without the right signature once a secret is set", async () => {
    const { webhook } = await start("data-center", {}, { CONFLUENCE_WEBHOOK_SECRET: "hook-secret" });
    const body = JSON.stringify(page);
    const signature = createHmac("sha256", "hook-secret").update(body).digest("hex");
    expect(await webhook.read(hook(body, { "x-hub-signature": `sha256=${signature}` }))).toHaveLength(1);
    for (const wrong of [{}, { "x-hub-signature": "sha256=00" }, { "x-hub-signature": `sha256=${"0".repeat(64)}` }]) {
      await expect(webhook.read(hook(body, wrong as Record<string, string>))).rejects.toMatchObject({ code: "request-refused" });
    }
  });
});
