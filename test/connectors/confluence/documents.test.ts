import { afterEach, describe, expect, it } from "vitest";
import { RequestRefused, SignInNeeded } from "../../../src/domain/errors.js";
import { person } from "../harness.js";
import { type Answers, list, open, openOver, pageV1, pageV2, startAnswers } from "./answers.js";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(edition: "cloud" | "data-center", answers: Answers, more: Record<string, string> = {}) {
  const server = await startAnswers(answers);
  const harness = await openOver(server.url, edition, more);
  closing.push(() => harness.systems.close(), server.close);
  const { documents } = harness.opened;
  if (!documents) throw new Error("no documents");
  return { ...harness, documents, server };
}

const rights: Answers = {
  "/rest/api/space/HR/permissions": {
    body: [{ operation: { operationKey: "read", targetType: "space" }, subject: { type: "group", name: "staff" } }],
  },
  "/rest/api/content/10/restriction/byOperation": open,
};
const hit = (id: string, more = {}) => ({
  content: pageV1(id, { body: undefined, ...more }),
  title: `Страница ${id}`,
  excerpt: "правила @@@hl@@@отпуска@@@endhl@@@ на год",
});

describe("searching Confluence", () => {
  it("asks by word beginnings, without little words, and escapes what a person writes", async () => {
    const { documents, server } = await start("data-center", { "/rest/api/search": list([hit("10")]), ...rights });
    const page = await documents.search({ text: 'правила "отпусков" в \\ 2026 году' }).page({ size: 5 });
    const [asked] = server.asked;
    expect(asked?.query.get("cql")).toBe(
      'type in (page, blogpost, attachment) and ((title ~ "правил*" or text ~ "правил*") and (title ~ "отпуск*" or text ~ "отпуск*") and (title ~ "2026*" or text ~ "2026*") and (title ~ "году*" or text ~ "году*"))',
    );
    expect(asked?.authorization).toBe("Bearer dc-token");
    expect(asked?.query.get("limit")).toBe("5");
    expect(page.items[0]).toMatchObject({
      ref: { system: "confluence", kind: "page", id: "10" },
      title: "Страница 10",
      url: `${server.url}/display/HR/10`,
      author: "Анна Иванова",
      excerpt: "правила отпуска на год",
      readers: [["confluence:group:staff"]],
    });
  });

  it("takes any of the words when no page has them all", async () => {
    const { documents } = await start("data-center", {
      "/rest/api/search": ({ query }) => list(query.get("cql")?.includes(" or (title") ? [hit("10")] : []),
      ...rights,
    });
    expect((await documents.search({ text: "командировки суточные" }).page()).items).toHaveLength(1);
  });

  it("asks nothing when nothing is asked", async () => {
    const { documents, server } = await start("data-center", {});
    expect((await documents.search({ text: " !!! " }).page()).items).toEqual([]);
    expect(server.asked).toEqual([]);
  });

  it("counts by itself on Data Center, whose cap and next link lie, and stops at an empty page", async () => {
    const { documents, server } = await start("data-center", {
      "/rest/api/search": ({ query }) => {
        const at = Number(query.get("start") ?? 0);
        const next = "/rest/api/search?start=400";
        return at < 4 ? list([hit("10"), hit("10")], next) : list([], next);
      },
      ...rights,
    });
    const found = [];
    for await (const card of documents.search({ text: "отпуск" })) found.push(card);
    expect(found).toHaveLength(4);
    expect(server.asked.filter(({ path }) => path === "/rest/api/search").map(({ query }) => query.get("start"))).toEqual([null, "2", "4"]);
  });

  it("follows Cloud's cursor and signs in with e-mail and token below /wiki", async () => {
    const { documents, server } = await start("cloud", {
      "/wiki/rest/api/search": ({ query }) =>
        query.get("cursor") === null ? list([hit("10")], "/rest/api/search?cql=x&cursor=a%2Bb") : list([hit("11")]),
      "/wiki/api/v2/spaces/7/permissions": list([
        { principal: { type: "group", id: "g" }, operation: { key: "read", targetType: "space" } },
      ]),
      "/wiki/api/v2/pages/10/ancestors": list([]),
      "/wiki/api/v2/pages/11/ancestors": list([]),
      "/wiki/rest/api/content/10/restriction/byOperation": open,
      "/wiki/rest/api/content/11/restriction/byOperation": open,
    });
    const found = [];
    for await (const card of documents.search({ text: "отпуск" })) found.push(card.ref.id);
    expect(found).toEqual(["10", "11"]);
    expect(server.asked.some(({ query }) => query.get("cursor") === "a+b")).toBe(true);
    expect(server.asked[0]?.authorization).toBe(`Basic ${Buffer.from("svyaz@example.com:cloud-token").toString("base64")}`);
  });

  it("keeps to the configured spaces", async () => {
    const { documents, server } = await start("data-center", { "/rest/api/search": list([]) }, { CONFLUENCE_SPACES: "HR, FIN" });
    await documents.search({ text: "отпуск" }).page();
    expect(server.asked[0]?.query.get("cql")).toContain('and space in ("HR", "FIN") and');
  });

  it("leaves out a hit it does not understand, and fails when it understands none", async () => {
    const broken = { content: { id: "11", type: "page" } };
    const some = await start("data-center", { "/rest/api/search": list([broken, hit("10")]), ...rights });
    expect((await some.documents.search({ text: "отпуск" }).page()).items).toHaveLength(1);
    const none = await start("data-center", { "/rest/api/search": list([broken]) });
    await expect(none.documents.search({ text: "отпуск" }).page()).rejects.toThrow(/confluence: .*title/);
  });
});

describe("reading from Confluence", () => {
  it("gives a page as Markdown with people's names, and its attachments with the page's readers", async () => {
    const storage =
      '<h2>Срок</h2><p>Решает <ac:link><ri:user ri:userkey="k1"/></ac:link>, см. <ac:link><ri:page ri:content-title="Отпуска"/></ac:link></p>';
    const { documents, server } = await start("data-center", {
      "/rest/api/content/10": { body: pageV1("10", { body: { storage: { value: storage } } }) },
      "/rest/api/user": { body: { username: "boris", displayName: "Борис Петров" } },
      "/rest/api/space": list([{ id: 7, key: "HR", name: "Кадры" }]),
      "/rest/api/content/10/child/attachment": list([
        {
          id: "att11",
          type: "attachment",
          status: "current",
          title: "Бланк.docx",
          version: { number: 1, when: "2026-11-01T00:00:00Z" },
          _links: { webui: "/x", download: "/download/attachments/10/%D0%91.docx?version=1" },
        },
      ]),
      ...rights,
    });
    const text = await documents.read("10");
    expect(text.content).toEqual({
      markdown: `## Срок\n\nРешает @Борис Петров, см. [Отпуска](${server.url}/display/HR/${encodeURIComponent("Отпуска")})`,
    });
    expect(text.attachments).toMatchObject([
      { ref: { kind: "attachment", id: "att11" }, title: "Бланк.docx", readers: [["confluence:group:staff"]] },
    ]);
  });

  it("gives an attachment's bytes from the address that the answer has", async () => {
    const bytes = new Uint8Array([1, 2, 3, 255]);
    const { documents, server } = await start("data-center", {
      "/rest/api/content/att11": {
        body: {
          id: "att11",
          type: "attachment",
          status: "current",
          title: "А+Б %.docx",
          container: { id: "10" },
          extensions: { mediaType: "application/msword", fileSize: 4 },
          version: { number: 1, when: "2026-11-01T00:00:00Z" },
          _links: { download: "/download/attachments/10/%D0%90+%D0%91%20%25.docx?version=1&api=v2" },
        },
      },
      "/download/attachments/10/А+Б %.docx": { headers: { "content-type": "application/octet-stream" }, body: bytes },
      "/rest/api/content/10": { body: pageV1("10") },
      ...rights,
    });
    const text = await documents.read("att11");
    expect(text.content).toEqual({ bytes, mediaType: "application/msword" });
    expect(text.card.readers).toEqual([["confluence:group:staff"]]);
    expect(server.asked.find(({ path }) => path.startsWith("/download"))?.query.get("version")).toBe("1");
  });

  it("does not follow an attachment to a host that is not Confluence's media service", async () => {
    const { documents } = await start("cloud", {
      "/wiki/api/v2/attachments/att11": {
        body: { id: "att11", title: "a.pdf", pageId: "10", version: { number: 1, createdAt: "2026-11-01T00:00:00Z" } },
      },
      "/wiki/rest/api/content/10/child/attachment/att11/download": { status: 302, headers: { location: "https://evil.example.com/x" } },
    });
    await expect(documents.read("att11")).rejects.toThrow("not one of its hosts");
  });

  it("reads a blog post on Cloud by the same kind of id", async () => {
    const { documents } = await start("cloud", {
      "/wiki/api/v2/blogposts/12": { body: pageV2("12") },
      "/wiki/api/v2/blogposts/12/attachments": list([]),
      "/wiki/rest/api/user": { body: { displayName: "Анна Иванова" } },
      "/wiki/api/v2/spaces/7/permissions": list([]),
      "/wiki/rest/api/content/12/restriction/byOperation": open,
    });
    const { card } = await documents.read("12");
    expect(card).toMatchObject({ ref: { kind: "blogpost", id: "12" }, author: "Анна Иванова", readers: "nobody" });
  });

  it("says that a page in the trash is not there, and refuses what is no id", async () => {
    const { documents, server } = await start("data-center", { "/rest/api/content/10": { body: pageV1("10", { status: "trashed" }) } });
    await expect(documents.read("10")).rejects.toThrow("is trashed");
    await expect(documents.read("../space")).rejects.toBeInstanceOf(RequestRefused);
    expect(server.asked).toHaveLength(1);
  });

  it("finds out which of many the account may read, in one question", async () => {
    const { documents, server } = await start("data-center", {
      "/rest/api/search": ({ query }) => list(query.get("cql") === "id in (10, 11, 12)" ? [hit("10"), hit("12")] : []),
      "/rest/api/content/att9": { body: pageV1("att9", { type: "attachment" }) },
      "/rest/api/content/att8": { status: 403, body: {} },
    });
    expect(await documents.readable(["10", "11", "12", "att9", "att8"])).toEqual(["10", "12", "att9"]);
    expect(server.paths().filter((path) => path === "/rest/api/search")).toHaveLength(1);
  });
});

describe("the connector", () => {
  it("tells a guest's answer from a sign-in", async () => {
    const { opened } = await start("data-center", { "/rest/api/user/current": { body: { type: "anonymous", displayName: "Anonymous" } } });
    await expect(opened.check(AbortSignal.timeout(5_000))).rejects.toBeInstanceOf(SignInNeeded);
  });

  it("says what is lacking when the account may not see the rights of a space", async () => {
    const { opened } = await start("data-center", {
      "/rest/api/user/current": { body: { username: "svyaz", displayName: "Связь" } },
      "/rest/api/space": list([{ id: 7, key: "HR" }]),
      "/rest/api/space/HR/permissions": { status: 500, body: {} },
    });
    await expect(opened.check(AbortSignal.timeout(5_000))).rejects.toThrow("give it the rights of an administrator");
  });

  it("shows a person with an own sign-in what the system lets that account read", async () => {
    const server = await startAnswers({
      "/rest/api/search": list([hit("10")]),
      "/rest/api/space/HR/permissions": { status: 500, body: {} },
      "/rest/api/content/10/restriction/byOperation": open,
    });
    const harness = await openOver(server.url, "data-center", { "CONFLUENCE_TOKEN@anna": "annas-token" });
    closing.push(() => harness.systems.close(), server.close);
    const titles = async (id: string) => {
      const { ready } = await harness.systems.for(person(id), "documents", { trace: "t" });
      return (await ready[0]?.documents.search({ text: "отпуск" }).page())?.items.map(({ title }) => title);
    };
    expect(await titles("anna")).toEqual(["Страница 10"]);
    // Without one the service account's rights are nobody's proof.
    expect(await titles("vera")).toEqual([]);
  });
});
