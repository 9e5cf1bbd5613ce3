import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createServer } from "../../src/platform/server.js";
import { createFakeLog } from "../connectors/harness.js";
import { openTestApp, type TestApp } from "../support/app.js";

const minute = 60_000;
let svyaz: TestApp;
let userOf: (person: string) => string;

beforeAll(async () => {
  svyaz = await openTestApp({}, { sandboxPerSecond: 50 });
  const people = await svyaz.people.list();
  userOf = (id) =>
    people
      .find((one) => one.id === id)
      ?.principals.find((principal) => principal.startsWith("amocrm:user:"))
      ?.slice("amocrm:user:".length) ?? "";
});
afterAll(() => svyaz.end());
afterEach(async () => {
  for (const person of ["anna", "boris", "admin"]) await svyaz.vault.of({ system: "amocrm", person }).remove("oauth");
  await svyaz.vault.of({ system: "amocrm" }).remove("oauth");
  await svyaz.database.query("delete from sign_ins");
});

/** Has the chat give a link, and goes where it leads: our own address first, then the vendor's page. */
async function linkFor(person: string, text?: string, chat?: string): Promise<URL> {
  const own = await givenTo(person, text, chat);
  const { status, headers } = await svyaz.connect.start("amocrm", Object.fromEntries(own.searchParams));
  expect(status).toBe(302);
  return new URL(headers["location"] ?? "");
}

/** The address in the chat's answer. */
async function givenTo(person: string, text = "/connect amocrm", chat = `chat-${person}`): Promise<URL> {
  const { text: said } = await svyaz.ask(text, { as: person, chat });
  const found = /\((http[^)]+)\)/.exec(said)?.[1];
  if (!found) throw new Error(`no link in: ${said}`);
  return new URL(found);
}

/** What the vendor sends the browser back with when `user` agrees there. */
async function agree(page: URL, user: string): Promise<Record<string, string>> {
  const url = new URL(page);
  url.searchParams.set("user", user);
  const back = (await fetch(url, { redirect: "manual" })).headers.get("location");
  return Object.fromEntries(new URL(back ?? "").searchParams);
}

const stored = async (person?: string) => (await svyaz.vault.of({ system: "amocrm", person }).get("oauth")) !== undefined;
const refusals = async () => {
  const rows = [];
  for await (const row of svyaz.audit.read({})) if (row.name === "sign-in.refused" && row.outcome === "denied") rows.push(row);
  return rows.map(({ payload }) => payload?.["reason"]);
};

describe("signing in from a chat", () => {
  it("gives a link, and works in the person's name once they have agreed there", async () => {
    const page = await linkFor("anna");
    expect(page.searchParams.get("redirect_uri")).toMatch(/\/oauth\/amocrm$/);
    expect(Buffer.from(page.searchParams.get("state") ?? "", "base64url")).toHaveLength(32);
    const done = await svyaz.connect.callback("amocrm", await agree(page, userOf("anna")));
    expect(done.status).toBe(200);
    expect(done.body).toMatch(/Готово: amoCRM/);
    expect(await stored("anna")).toBe(true);
    expect(await svyaz.signIns.state({ system: "amocrm", person: "anna" })).toBe("connected");
    const { calls } = await svyaz.ask("что у нас было с Ромашкой за год", { as: "anna" });
    expect(calls.every(({ outcome }) => outcome === "succeeded")).toBe(true);
  });

  it.each(["подключи amocrm", "Connect amoCRM", "/connect amocrm"])("understands «%s»", async (text) => {
    expect((await linkFor("anna", text)).pathname).toBe("/oauth");
  });

  it("puts no address of the vendor's into the chat, and its own leads nowhere without a good state", async () => {
    const own = await givenTo("anna");
    expect(own.pathname).toBe("/oauth/amocrm/start");
    expect(svyaz.linkHosts).toContain(own.hostname);
    for (const link of ["", "x", `${own.searchParams.get("link")}x`])
      expect(await svyaz.connect.start("amocrm", { link })).toMatchObject({ status: 400 });
    expect(await svyaz.connect.start("confluence", { link: own.searchParams.get("link") ?? "" })).toMatchObject({ status: 400 });
  });

  it("says which systems there are when it is not told one, or a wrong one", async () => {
    for (const text of ["/connect", "/connect salesforce"]) {
      const { text: said } = await svyaz.ask(text, { as: "anna" });
      expect(said).toContain("/connect amocrm");
      expect(said).not.toContain("onec-erp");
    }
    expect((await svyaz.ask("/connect onec-erp", { as: "anna" })).text).toMatch(/администратор/);
  });

  it("keeps of the state only a hash", async () => {
    const state = (await linkFor("anna")).searchParams.get("state") ?? "";
    const { rows } = await svyaz.database.query("select * from sign_in_links");
    expect(JSON.stringify(rows)).not.toContain(state);
    expect(JSON.stringify(rows)).toContain(createHash("sha256").update(`svyaz.sign-in\0${state}`).digest("hex"));
  });

  it("connects for everybody when an admin says so, and for nobody else", async () => {
    expect((await svyaz.ask("/connect amocrm для всех", { as: "anna" })).text).toMatch(/только администратор/);
    const page = await linkFor("admin", "/connect amocrm для всех");
    expect((await svyaz.connect.callback("amocrm", await agree(page, userOf("admin")))).status).toBe(200);
    expect([await stored(), await stored("admin")]).toEqual([true, false]);
  });

  it("erases what it kept when the person disconnects, and says so", async () => {
    await svyaz.connect.callback("amocrm", await agree(await linkFor("anna"), userOf("anna")));
    expect((await svyaz.ask("отключи amocrm", { as: "anna" })).text).toMatch(/отключена/);
    expect(await stored("anna")).toBe(false);
    expect((await svyaz.ask("/disconnect amocrm", { as: "anna" })).text).toMatch(/не была подключена/);
  });
});

describe("a callback that is not to be trusted", () => {
  const callback = (query: Record<string, string>, system = "amocrm") => svyaz.connect.callback(system, query);

  it.each<[string, Record<string, string>]>([
    ["no state", { code: "c" }],
    ["an empty state", { state: "", code: "c" }],
    ["an invented state", { state: "A".repeat(43), code: "c" }],
    ["a state with ugly characters", { state: "\0'; drop table sign_in_links; --\u202e", code: "c" }],
    ["an enormous state", { state: "x".repeat(100_000), code: "c" }],
  ])("is refused with a clear page and a row in the audit log: %s", async (_what, query) => {
    const before = (await refusals()).length;
    const page = await callback(query);
    expect(page.status).toBe(400);
    expect(page.body).toMatch(/Ничего не сохранено/);
    expect((await refusals()).length).toBe(before + 1);
    expect(await stored("anna")).toBe(false);
  });

  it("is refused the second time", async () => {
    const query = await agree(await linkFor("anna"), userOf("anna"));
    expect((await callback(query)).status).toBe(200);
    await svyaz.vault.of({ system: "amocrm", person: "anna" }).remove("oauth");
    const again = await callback(query);
    expect(again.status).toBe(400);
    expect(again.body).toMatch(/уже использована/);
    expect(await stored("anna")).toBe(false);
    expect((await refusals()).at(-1)).toBe("used");
  });

  it("wins once when it comes twice at the same moment", async () => {
    const query = await agree(await linkFor("anna"), userOf("anna"));
    const pages = await Promise.all([callback(query), callback(query), callback(query)]);
    expect(pages.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400]);
  });

  it("is refused when a newer link took its place, and the newer one works", async () => {
    const first = await linkFor("anna");
    const second = await linkFor("anna", "/connect amocrm", "another-chat");
    expect((await callback(await agree(first, userOf("anna")))).status).toBe(400);
    expect((await callback(await agree(second, userOf("anna")))).status).toBe(200);
  });

  it("is refused after fifteen minutes", async () => {
    const page = await linkFor("anna");
    await svyaz.database.query("update sign_in_links set expires_at = expires_at - $1 * interval '1 millisecond'", [15 * minute]);
    const answer = await callback(await agree(page, userOf("anna")));
    expect(answer.body).toMatch(/Время ссылки вышло/);
    expect([await stored("anna"), (await refusals()).at(-1)]).toEqual([false, "expired"]);
  });

  it("is refused at another system's address, and the link is spent", async () => {
    const query = await agree(await linkFor("anna"), userOf("anna"));
    for (const other of ["confluence", "nowhere", "../amocrm"]) expect((await callback(query, other)).status).toBe(400);
    expect((await callback(query)).status).toBe(400);
    expect([await stored("anna"), (await refusals()).includes("other-system")]).toEqual([false, true]);
  });

  it("is refused when somebody else has signed in: a link that wandered lends nobody's rights", async () => {
    const before = svyaz.sandbox?.servers.amocrm.grants?.counters().exchanged ?? 0;
    const answer = await callback(await agree(await linkFor("anna"), userOf("boris")));
    expect(answer.status).toBe(403);
    expect(answer.body).toMatch(/не под вашей учётной записью/);
    expect(svyaz.sandbox?.servers.amocrm.grants?.counters().exchanged).toBe(before + 1);
    expect([await stored("anna"), await stored("boris"), (await refusals()).at(-1)]).toEqual([false, false, "somebody-else"]);
  });

  it("keeps nothing when the person declines, when the code is wrong, or the account another", async () => {
    const state = async () => (await linkFor("anna")).searchParams.get("state") ?? "";
    expect((await callback({ state: await state(), error: "access_denied" })).body).toMatch(/отменён/);
    expect((await callback({ state: await state(), code: "invented" })).body).toMatch(/не получилось/);
    const query = await agree(await linkFor("anna"), userOf("anna"));
    expect((await callback({ ...query, referer: "evil.example.com" })).status).toBe(400);
    expect(await stored("anna")).toBe(false);
  });

  it("shows a page with nothing from elsewhere, which passes no address on", async () => {
    const { headers, body } = await callback({ state: "<script>alert(1)</script>" });
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(body).not.toMatch(/<script|<link|<img|https?:|alert/);
  });
});

describe("the browser's way back over HTTP", () => {
  it("shows the page, and leaves no code, state or token in the log", async () => {
    const log = createFakeLog();
    const server = createServer({ log, ready: async () => [], metrics: async () => "" });
    server.route({
      method: "GET",
      path: "/oauth/:system",
      handler: ({ params, query }) => svyaz.connect.callback(params["system"] ?? "", query),
    });
    const url = await server.start();
    const query = await agree(await linkFor("anna"), userOf("anna"));
    const address = `${url}/oauth/amocrm?${new URLSearchParams(query).toString()}`;
    const [first, again] = [await fetch(address), await fetch(address)];
    await server.stop();
    expect([first.status, again.status]).toEqual([200, 400]);
    expect(first.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(first.headers.get("referrer-policy")).toBe("no-referrer");
    expect(first.headers.get("content-type")).toContain("text/html");
    const tokens = JSON.parse((await svyaz.vault.of({ system: "amocrm", person: "anna" }).get("oauth"))?.reveal() ?? "{}") as Record<
      string,
      string
    >;
    const { rows } = await svyaz.database.query("select * from audit_payloads");
    const written = log.lines.join("\n") + JSON.stringify(rows);
    for (const secret of [query["code"], query["state"], tokens["access"], tokens["refresh"]]) {
      expect(secret?.length).toBeGreaterThan(20);
      expect(written).not.toContain(secret);
    }
  });
});

describe("a sign-in that is over", () => {
  it("is told with the way to mend it, shows in the doctor, and the question goes on by itself after the new one", async () => {
    await svyaz.connect.callback("amocrm", await agree(await linkFor("anna"), userOf("anna")));
    await svyaz.sandbox?.servers.amocrm.grants?.revoke(userOf("anna"));
    const chat = "interrupted";
    const first = await svyaz.ask("что у нас было с Ромашкой за год", { as: "anna", chat });
    expect(JSON.stringify(first.blocks)).toContain("/connect amocrm");
    expect(await svyaz.signIns.toReconnect()).toEqual([{ system: "amocrm", person: "anna" }]);

    const said: string[] = [];
    const page = await linkFor("anna", "/connect amocrm", chat);
    const unwatch = svyaz.terminal.watch(chat, { reply: (reply) => said.push(JSON.stringify(reply)) });
    const query = await agree(page, userOf("anna"));
    await Promise.all([svyaz.connect.callback("amocrm", query), svyaz.connect.callback("amocrm", query)]);
    await vi.waitFor(() => expect(said.join()).toMatch(/Выиграно/), { timeout: 15_000, interval: 50 });
    unwatch();
    expect(said.filter((one) => one.includes("amoCRM подключена. Отвечаю"))).toHaveLength(1);
    expect(said.filter((one) => one.includes("Выиграно"))).toHaveLength(1);
    expect(await svyaz.signIns.toReconnect()).toEqual([]);
    const { rows } = await svyaz.database.query("select 1 from interrupted_questions");
    expect(rows).toEqual([]);
  });

  it("does not answer a question that is older than a quarter of an hour", async () => {
    await svyaz.connect.callback("amocrm", await agree(await linkFor("anna"), userOf("anna")));
    await svyaz.sandbox?.servers.amocrm.grants?.revoke(userOf("anna"));
    await svyaz.ask("что у нас было с Ромашкой за год", { as: "anna", chat: "stale" });
    await svyaz.database.query("update interrupted_questions set at = at - $1 * interval '1 millisecond'", [15 * minute + 1]);
    const page = await linkFor("anna", "/connect amocrm", "stale");
    const said: string[] = [];
    const unwatch = svyaz.terminal.watch("stale", { reply: (reply) => said.push(JSON.stringify(reply)) });
    await svyaz.connect.callback("amocrm", await agree(page, userOf("anna")));
    await vi.waitFor(() => expect(said.join()).toMatch(/дальше я работаю там с вашими правами/), { timeout: 10_000, interval: 50 });
    unwatch();
    expect(said.join()).not.toMatch(/Выиграно/);
  });
});
