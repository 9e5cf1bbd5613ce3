import { afterEach, describe, expect, it } from "vitest";
import { type Control, createRouter, type Handler, type Rate, Refusal, type SandboxServer, startServer } from "../../src/sandbox/http.js";
import { parseQuery, toFormPairs, valuesOf } from "../../src/sandbox/query.js";

let server: SandboxServer | undefined;
let carriedOut = 0;

afterEach(async () => {
  await server?.close();
  carriedOut = 0;
});

async function start(
  more: { handler?: Handler; rate?: Rate; control?: Control } = {},
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const handler: Handler = () => {
    carriedOut++;
    return { status: 200, body: { id: 7, inner: { id: 8, name: "x" } } };
  };
  const started = await startServer({ handler, ...more });
  server = started;
  return (path, init) => fetch(`${started.url}${path}`, init);
}

describe("the sandbox's HTTP server", () => {
  it("listens on loopback only", async () => {
    await start();
    expect(server?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("gives handlers the query, the form and the JSON as the vendor would read them", async () => {
    const call = await start({
      handler: (request) => ({ status: 200, body: { query: request.query, form: request.form(), json: request.json() ?? "none" } }),
    });
    const answer = await (await call("/x?filter[id][]=1&filter[id][]=2&q=%D1%91", { method: "POST", body: "leads[add][0][id]=5" })).json();
    expect(answer).toEqual({
      query: { filter: { id: { 0: "1", 1: "2" } }, q: "ё" },
      form: { leads: { add: { 0: { id: "5" } } } },
      json: "none",
    });
  });

  it("tells an unknown path from a known one with another method", async () => {
    const route = createRouter<string>([
      { method: "GET", pattern: "/leads/{id}/notes", run: (_request, { id }, context) => ({ status: 200, body: `${context} ${id}` }) },
    ]);
    const call = await start({
      handler: (request) => {
        const run = route(request);
        return typeof run === "string" ? { status: 200, body: run } : run("notes of");
      },
    });
    const text = async (path: string, method = "GET") => (await call(path, { method })).text();
    expect([await text("/leads/5/notes"), await text("/leads/5/notes", "POST"), await text("/leads/5")]).toEqual([
      "notes of 5",
      "method",
      "path",
    ]);
  });

  it("answers with what a handler refuses by, from any depth, and with 500 when it breaks", async () => {
    const call = await start({
      handler: (request) => {
        if (request.path === "/refused") throw new Refusal({ status: 418, body: "no" });
        throw new Error("broken");
      },
    });
    expect((await call("/refused")).status).toBe(418);
    expect((await call("/broken")).status).toBe(500);
  });

  it("refuses above the limit, lets pass again after the window, blocks after repeated offences until unblocked", async () => {
    const call = await start({
      rate: { perSecond: 4, blockAfter: 3, refuse: () => ({ status: 429, body: "<html>slow</html>" }), blocked: () => ({ status: 403 }) },
    });
    const statuses = async (count: number) =>
      (await Promise.all(Array.from({ length: count }, () => call("/")))).map(({ status }) => status).sort((one, other) => one - other);
    expect(await statuses(6)).toEqual([200, 200, 200, 200, 429, 429]);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(await statuses(5)).toEqual([200, 200, 200, 200, 429]);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(await statuses(2)).toEqual([403, 403]);
    server?.unblock();
    expect(await statuses(1)).toEqual([200]);
    expect(server?.counters()).toMatchObject({ requests: 14, refusals: 5 });
  });

  it("keeps a limit below one a second", async () => {
    const call = await start({ rate: { perSecond: 0.7, refuse: () => ({ status: 429 }) } });
    expect([(await call("/")).status, (await call("/")).status]).toEqual([200, 429]);
  });

  it("frees the port on close, also while a request hangs", async () => {
    const call = await start();
    server?.faults.add({ kind: "hang" });
    const hanging = call("/").catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server?.close();
    expect(await hanging).toBeInstanceOf(Error);
    const port = Number(new URL(server?.url ?? "").port);
    server = await startServer({ port, handler: () => ({ status: 204 }) });
    expect(server.url).toContain(String(port));
  });
});

describe("a fault", () => {
  it("spoils the named requests, so many times, after so many, and no others", async () => {
    const call = await start();
    server?.faults.add({
      kind: "status",
      status: 503,
      headers: { "retry-after": "2" },
      body: "<html>down</html>",
      method: "post",
      path: "/api/*/leads",
      times: 2,
      after: 1,
    });
    const post = async (path: string) => (await call(path, { method: "POST" })).status;
    expect(await post("/api/v4/contacts")).toBe(200);
    expect((await call("/api/v4/leads")).status).toBe(200);
    expect([await post("/api/v4/leads"), await post("/api/v4/leads"), await post("/api/v4/leads"), await post("/api/v4/leads")]).toEqual([
      200, 503, 503, 200,
    ]);
    expect(carriedOut).toBe(4);
  });

  it("cuts the connection before or after the request was carried out", async () => {
    const call = await start();
    server?.faults.add({ kind: "cut", takesEffect: false });
    await expect(call("/")).rejects.toThrow();
    expect(carriedOut).toBe(0);
    server?.faults.add({ kind: "cut", takesEffect: true });
    await expect(call("/", { method: "POST" })).rejects.toThrow();
    expect(carriedOut).toBe(1);
  });

  it("hangs, with or without the effect", async () => {
    const call = await start();
    server?.faults.add({ kind: "hang", takesEffect: true });
    await expect(call("/", { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    expect(carriedOut).toBe(1);
  });

  it("delays, drops a field however deep, or answers nonsense", async () => {
    const call = await start();
    server?.faults.add({ kind: "delay", ms: 80 });
    const started = performance.now();
    expect(await (await call("/")).json()).toEqual({ id: 7, inner: { id: 8, name: "x" } });
    expect(performance.now() - started).toBeGreaterThanOrEqual(75);
    server?.faults.add({ kind: "drop-field", field: "id" });
    expect(await (await call("/")).json()).toEqual({ inner: { name: "x" } });
    server?.faults.add({ kind: "nonsense", body: "<html>login</html>" });
    const nonsense = await call("/");
    expect([nonsense.status, nonsense.headers.get("content-type"), await nonsense.text()]).toEqual([
      200,
      "text/html; charset=utf-8",
      "<html>login</html>",
    ]);
    expect(server?.faults.pending()).toEqual([]);
  });

  it("is set from another process by the control path, which shows store and counters and is closed unless asked for", async () => {
    const removed: unknown[] = [];
    const call = await start({ control: { dump: () => ({ leads: [1] }), commands: { remove: (input) => void removed.push(input) } } });
    await call("/__sandbox/faults", { method: "POST", body: JSON.stringify({ kind: "status", status: 500 }) });
    expect((await call("/a/12")).status).toBe(500);
    expect((await call("/a/13")).status).toBe(200);
    expect(await (await call("/__sandbox/store")).json()).toEqual({ leads: [1] });
    expect(await (await call("/__sandbox/counters")).json()).toEqual({ requests: 2, refusals: 0, byRoute: { "GET /a/#": 2 } });
    await call("/__sandbox/remove", { method: "POST", body: '{"id":1}' });
    expect(removed).toEqual([{ id: 1 }]);
    expect((await call("/__sandbox/unknown", { method: "POST" })).status).toBe(404);

    await server?.close();
    const closed = await start();
    await closed("/__sandbox/store");
    expect(carriedOut).toBe(2);
  });
});

describe("PHP-style queries", () => {
  it("read brackets to any depth, and broken ones as plain names", () => {
    const tree = parseQuery([
      ["filter[statuses][0][pipeline_id]", "3"],
      ["filter[statuses][0][status_id]", "142"],
      ["filter[a", "x"],
      ["__proto__[polluted]", "1"],
    ]);
    expect(tree["filter"]).toEqual({ statuses: { 0: { pipeline_id: "3", status_id: "142" } } });
    expect(tree["filter[a"]).toBe("x");
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it("give lists from repeated, single and comma-separated values", () => {
    const tree = parseQuery(new URLSearchParams("a[]=1&a[]=2&b=3,4"));
    expect([valuesOf(tree["a"]), valuesOf(tree["b"]), valuesOf(tree["b"], { comma: true }), valuesOf(tree["c"])]).toEqual([
      ["1", "2"],
      ["3,4"],
      ["3", "4"],
      [],
    ]);
  });

  it("are written as PHP writes a form", () => {
    expect(toFormPairs({ leads: { add: [{ id: 1, name: "А&Б", on: true, none: null }] } })).toEqual([
      ["leads[add][0][id]", "1"],
      ["leads[add][0][name]", "А&Б"],
      ["leads[add][0][on]", "1"],
    ]);
  });
});
