import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { HttpRequest } from "../../../src/domain/connector.js";
import {
  AccessDenied,
  AnswerUnexpected,
  NotFound,
  OutcomeUnknown,
  RequestRefused,
  SignInNeeded,
  SvyazError,
  SystemUnavailable,
  TooManyRequests,
} from "../../../src/domain/errors.js";
import { checkedLookup } from "../../../src/connectors/kit/address.js";
import { callContext } from "../../../src/connectors/kit/call-context.js";
import type { HttpOptions } from "../../../src/connectors/kit/http.js";
import { readText } from "../../../src/connectors/kit/body.js";
import { canary, json, openHttp, startVendor } from "./vendor.js";

const Thing = z.object({ id: z.number(), owner: z.object({ name: z.string() }).optional() });
const get = { method: "GET", path: "/things/1", answer: Thing } as const;
const post = { method: "POST", path: "/things", body: { json: { name: "x" } }, answer: Thing } as const;
const ends: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function vendor(answer: Parameters<typeof startVendor>[0], options: Partial<HttpOptions> = {}) {
  const server = await startVendor(answer);
  const opened = openHttp(server.url, options);
  ends.push(server.close, opened.end);
  return { ...opened, server };
}

function caught(act: Promise<unknown>): Promise<SvyazError> {
  return act.then(
    () => Promise.reject(new Error("nothing was thrown")),
    (error: SvyazError) => error,
  );
}

describe("what is sent again", () => {
  it.each([429, 500, 502, 503, 504, 408])("sends a read again after %i, and a write not twice after anything but 429", async (status) => {
    const { http, server } = await vendor((_seen, response, count) =>
      count === 1 ? json(response, {}, status, { "retry-after": "0" }) : json(response, { id: 1 }),
    );
    await expect(http.request(get)).resolves.toEqual({ id: 1 });
    expect(server.requests).toHaveLength(2);

    const other = await vendor((_seen, response, count) =>
      count === 1 ? json(response, {}, status, { "retry-after": "0" }) : json(response, { id: 1 }),
    );
    if (status === 429) await expect(other.http.request(post)).resolves.toEqual({ id: 1 });
    else expect(await caught(other.http.request(post))).toBeInstanceOf(OutcomeUnknown);
    expect(other.server.requests).toHaveLength(status === 429 ? 2 : 1);
  });

  it("waits as long as Retry-After says, in seconds or as a date", async () => {
    // A date has whole seconds: the third from now is at least two away.
    for (const retryAfter of [() => "1", () => new Date(Date.now() + 3_000).toUTCString()]) {
      const { http } = await vendor((_seen, response, count) =>
        count === 1 ? json(response, {}, 429, { "retry-after": retryAfter() }) : json(response, { id: 1 }),
      );
      const began = performance.now();
      await http.request(get);
      expect(performance.now() - began).toBeGreaterThan(900);
    }
  });

  it("gives the wait back when it is longer than anybody has", async () => {
    const { http, server } = await vendor((_seen, response) => json(response, {}, 429, { "retry-after": "3600" }));
    const error = await caught(http.request(get));
    expect(error).toBeInstanceOf(TooManyRequests);
    expect((error as TooManyRequests).retryAfterMs).toBe(3_600_000);
    expect(server.requests).toHaveLength(1);
  });

  it("sends a read again when the connection was cut, and does not know how a cut write ended", async () => {
    const { http, server } = await vendor((_seen, response, count) => (count === 1 ? response.destroy() : json(response, { id: 1 })));
    await expect(http.request(get)).resolves.toEqual({ id: 1 });
    expect(server.requests).toHaveLength(2);
    const other = await vendor((_seen, response) => response.destroy());
    expect(await caught(other.http.request(post))).toBeInstanceOf(OutcomeUnknown);
    expect(other.server.requests).toHaveLength(1);
  });

  it("calls a write unsent, not unknown, when nobody listened or the name is not known", async () => {
    const gone = await startVendor(() => undefined);
    await gone.close();
    for (const address of [gone.url, "http://no-such-host.invalid"]) {
      const { http, end } = openHttp(address, { privateNetwork: true });
      ends.push(end);
      expect(await caught(http.request(post))).toBeInstanceOf(SystemUnavailable);
    }
  });

  it("sends a write that is said to be repeatable again, like a read", async () => {
    const { http } = await vendor((_seen, response, count) => (count === 1 ? json(response, {}, 500) : json(response, { id: 1 })));
    await expect(http.request({ ...post, repeatable: true })).resolves.toEqual({ id: 1 });
  });

  it("does not take an idle connection that the server closes for a write that was cut", async () => {
    const { http, server } = await vendor((_seen, response) => json(response, { id: 1 }, 200, { connection: "keep-alive" }));
    for (let turn = 0; turn < 5; turn += 1) await http.request(post);
    expect(server.requests.every(({ headers }) => headers.connection === "close")).toBe(true);
  });
});

describe("what an answer means", () => {
  it.each([
    [401, SignInNeeded],
    [402, AccessDenied],
    [403, AccessDenied],
    [404, NotFound],
    [410, NotFound],
    [400, RequestRefused],
    [409, RequestRefused],
    [422, RequestRefused],
    [500, SystemUnavailable],
  ] as const)("turns %i into one of our errors, with system and operation, once", async (status, kind) => {
    const { http } = await vendor((_seen, response) => json(response, { detail: "no such field 'prise'" }, status));
    const error = await caught(http.request(get));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ system: "paperbox", operation: "GET /things/:id" });
    expect(error.message).toContain("prise");
  });

  it("lets a connector say that a 500 of its vendor means refused, nothing written", async () => {
    const { http } = await vendor((_seen, response) => json(response, { code: "period-closed" }, 500));
    const refusal: HttpRequest["refusal"] = (_status, body) =>
      body.includes("period-closed") ? new RequestRefused("paperbox: the period is closed", { system: "paperbox" }) : undefined;
    expect(await caught(http.request({ ...post, refusal }))).toBeInstanceOf(RequestRefused);
  });

  it("names what is missing from an answer, and does not repeat the answer's contents", async () => {
    const { http } = await vendor((_seen, response) => json(response, { id: 1, owner: { nickname: "Private Person" } }));
    const error = await caught(http.request(get));
    expect(error).toBeInstanceOf(AnswerUnexpected);
    expect(error.message).toContain("owner.name");
    expect(error.message).not.toContain("Private Person");
  });

  it.each(["<!doctype html><html></html>", "not json at all", "{"])("does not take %s for an answer", async (body) => {
    const { http } = await vendor((_seen, response) => void response.writeHead(200, { "content-type": "application/json" }).end(body));
    expect(await caught(http.request(get))).toBeInstanceOf(AnswerUnexpected);
    expect(await caught(http.request(post))).toBeInstanceOf(OutcomeUnknown);
  });

  it("shows an empty answer to the schema as undefined", async () => {
    const { http } = await vendor((_seen, response) => void response.writeHead(204).end());
    await expect(http.request({ ...get, answer: Thing.optional() })).resolves.toBeUndefined();
    expect(await caught(http.request(get))).toBeInstanceOf(AnswerUnexpected);
  });

  it("takes no more of an answer than it may", async () => {
    const { http } = await vendor((_seen, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = () => {
        while (response.write("x".repeat(65_536)));
        response.once("drain", more);
      };
      more();
    });
    expect(await caught(http.request({ ...get, maxBytes: 300_000 }))).toBeInstanceOf(AnswerUnexpected);
    const answer = await http.send({ method: "GET", path: "/file", maxBytes: 300_000 });
    expect(await caught(readText(answer))).toBeInstanceOf(AnswerUnexpected);
  });

  it("holds the secret back from errors, logs and metrics, also when the vendor repeats it", async () => {
    const { http, log, metrics } = await vendor((seen, response) => json(response, { echo: seen.headers.authorization }, 400));
    const error = await caught(http.request(get));
    expect(error.message).toContain("[secret]");
    expect(JSON.stringify([error.message, error.stack, error.cause, log.lines, metrics.lines])).not.toContain(canary);
  });

  it("counts by endpoints without ids and by how the call ended", async () => {
    const { http, metrics } = await vendor((seen, response) =>
      seen.url.includes("/2") ? json(response, {}, 404) : json(response, { id: 1 }),
    );
    await http.request(get);
    await caught(http.request({ ...get, path: "/things/2/notes" }));
    expect(metrics.lines).toContainEqual({
      name: "svyaz_api_calls_total",
      labels: { system: "paperbox", endpoint: "/things/:id", outcome: "succeeded" },
    });
    expect(metrics.lines).toContainEqual({
      name: "svyaz_api_calls_total",
      labels: { system: "paperbox", endpoint: "/things/:id/notes", outcome: "not-found" },
    });
    expect(metrics.lines).toContainEqual({ name: "api_response_time_seconds", labels: { system: "paperbox", endpoint: "/things/:id" } });
  });
});

describe("time", () => {
  it("stops waiting for a read in time, and does not know how a write ended", async () => {
    const { http, server } = await vendor(() => undefined, { timeoutMs: 80 });
    expect(await caught(http.request(get))).toBeInstanceOf(SystemUnavailable);
    expect(await caught(http.request(post))).toBeInstanceOf(OutcomeUnknown);
    expect(server.requests).toHaveLength(2);
  });

  it("ends a read at once when whoever asked stops, and lets a write that left come to its end", async () => {
    const held: (() => void)[] = [];
    const { http, server } = await vendor((_seen, response) => void held.push(() => json(response, { id: 1 })));
    const stop = new AbortController();
    const reading = callContext.run({ trace: "t", signal: stop.signal }, () => http.request(get));
    const writing = callContext.run({ trace: "t", signal: stop.signal }, () => http.request(post));
    reading.catch(() => undefined);
    // A write that has not left yet may be stopped: both are at the vendor first.
    await vi.waitFor(() => expect(server.requests).toHaveLength(2), { timeout: 10_000 });
    stop.abort(new Error("stopped"));
    await expect(reading).rejects.toThrow("stopped");
    for (const answer of held) answer();
    await expect(writing).resolves.toEqual({ id: 1 });
  });

  it("does not wait out a long pause for somebody who stopped", async () => {
    const { http } = await vendor((_seen, response) => json(response, {}, 429, { "retry-after": "4" }));
    const began = performance.now();
    await expect(http.request({ ...get, signal: AbortSignal.timeout(60) })).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

describe("an account that the vendor blocks", () => {
  it("is called no more after a 403 with a page of HTML, and the error says until when", async () => {
    const { http, server } = await vendor(
      (_seen, response) => void response.writeHead(403, { "content-type": "text/html" }).end("<html>nginx</html>"),
    );
    expect(await caught(http.request(get))).toBeInstanceOf(SystemUnavailable);
    const error = await caught(http.request(get));
    expect(error).toBeInstanceOf(SystemUnavailable);
    expect(error.message).toMatch(/tried again at 2026-11-20T09:0[01]/);
    expect((error as SystemUnavailable).retryAfterMs).toBeGreaterThan(50_000);
    expect(server.requests).toHaveLength(1);
  });

  it("stays open to others when the 403 is an ordinary one", async () => {
    const { http, server } = await vendor((_seen, response, count) =>
      count === 1 ? json(response, { detail: "role" }, 403) : json(response, { id: 1 }),
    );
    expect(await caught(http.request(get))).toBeInstanceOf(AccessDenied);
    await http.request(get);
    expect(server.requests).toHaveLength(2);
  });
});

describe("where a call may go", () => {
  it("writes a space as %20, keeps keys that repeat, and leaves out what is not given", async () => {
    const { http, server } = await vendor((_seen, response) => json(response, { id: 1 }));
    await http.request({
      ...get,
      query: [
        ["filter[id][]", "1"],
        ["filter[id][]", "2"],
        ["query", "два слова+1"],
      ],
    });
    await http.request({ ...get, query: { $filter: "a eq 'b c'", top: 5, none: undefined } });
    expect(server.requests.map(({ url }) => url)).toEqual([
      "/things/1?filter%5Bid%5D%5B%5D=1&filter%5Bid%5D%5B%5D=2&query=%D0%B4%D0%B2%D0%B0%20%D1%81%D0%BB%D0%BE%D0%B2%D0%B0%2B1",
      "/things/1?$filter=a%20eq%20%27b%20c%27&top=5",
    ]);
  });

  it("sends forms, text and files as they are asked for", async () => {
    const { http, server } = await vendor((_seen, response) => json(response, { id: 1 }));
    await http.request({
      ...post,
      body: {
        form: [
          ["a", "1 2"],
          ["a", "3"],
        ],
      },
    });
    await http.request({ ...post, body: { text: "<a/>", mediaType: "application/xml" } });
    await http.request({
      ...post,
      body: {
        multipart: [
          { name: "file", fileName: "a.txt", value: new TextEncoder().encode("hi") },
          { name: "note", value: "x" },
        ],
      },
    });
    expect(server.requests[0]?.body).toBe("a=1%202&a=3");
    expect(server.requests[1]?.headers["content-type"]).toBe("application/xml");
    expect(server.requests[2]?.body).toContain('filename="a.txt"');
  });

  it.each(["things", "//evil.example/x", "/a/../../admin", "/a/%2e%2e/b", "/a?x=1", "/a#b", "/a\\b", "http://evil.example/"])(
    "does not let %s out of the configured address",
    async (path) => {
      const { http, server } = await vendor((_seen, response) => json(response, { id: 1 }));
      expect(await caught(http.request({ ...get, path }))).toBeInstanceOf(RequestRefused);
      expect(server.requests).toHaveLength(0);
    },
  );

  it("follows a redirect on the own host with the sign-in, and to a listed host without", async () => {
    const other = await startVendor((_seen, response) => json(response, { id: 7 }));
    ends.push(other.close);
    const elsewhere = `http://localhost:${other.port}/media`;
    const { http, server } = await vendor(
      (seen, response) =>
        seen.url === "/things/1"
          ? void response.writeHead(302, { location: "/things/2" }).end()
          : void response.writeHead(302, { location: elsewhere }).end(),
      { redirects: ["localhost"], privateNetwork: true },
    );
    await expect(http.request({ ...get, headers: { "x-own": "1" } })).resolves.toEqual({ id: 7 });
    expect(server.requests[1]?.headers.authorization).toContain(canary);
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    expect(other.requests[0]?.headers["x-own"]).toBeUndefined();
  });

  it("follows no redirect to other hosts, no chain without an end, and none of a write", async () => {
    for (const location of ["http://evil.example/x", "http://127.0.0.1:1/x", "ftp://127.0.0.1/x", "/things/1"]) {
      const { http } = await vendor((_seen, response) => void response.writeHead(302, { location }).end());
      expect(await caught(http.request(get)), location).toBeInstanceOf(AnswerUnexpected);
    }
    const { http, server } = await vendor((_seen, response) => void response.writeHead(303, { location: "/things/9" }).end());
    expect(await caught(http.request(post))).toBeInstanceOf(OutcomeUnknown);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    "http://169.254.169.254",
    "http://0xa9.0xfe.0xa9.0xfe",
    "http://[::ffff:169.254.169.254]",
    "http://[fe80::1]",
    "http://0.0.0.0",
    "http://100.100.100.200",
  ])("never calls %s", async (address) => {
    const { http, end } = openHttp(address, { privateNetwork: true });
    ends.push(end);
    expect(await caught(http.request(get))).toBeInstanceOf(RequestRefused);
  });

  it("does not follow a name into the own network unless the system may stand there", async () => {
    const ask = (rule: { readonly host: string; readonly privateNetwork: boolean }) =>
      new Promise((resolve) => checkedLookup(rule, "paperbox")("localhost", { all: true }, (error, found) => resolve(error ?? found)));
    expect(await ask({ host: "crm.example", privateNetwork: false })).toBeInstanceOf(RequestRefused);
    expect(await ask({ host: "crm.example", privateNetwork: true })).toContainEqual({ address: "127.0.0.1", family: 4 });
    expect(await ask({ host: "localhost", privateNetwork: false })).toContainEqual({ address: "127.0.0.1", family: 4 });
  });
});

describe("calls by a driver", () => {
  it("are repeated, limited and named like calls by HTTP", async () => {
    const { call, metrics } = await vendor(() => undefined, { timeoutMs: 100 });
    let tries = 0;
    const failing = async () => {
      tries += 1;
      if (tries < 3) throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
      return "rows";
    };
    await expect(call("collection.find", failing, { repeatable: true })).resolves.toBe("rows");
    expect(metrics.lines.some(({ labels }) => labels.endpoint === "collection.find" && labels.outcome === "system-unavailable")).toBe(true);
    tries = 0;
    expect(await caught(call("collection.insert", failing))).toBeInstanceOf(OutcomeUnknown);
    expect(await caught(call("collection.hang", () => new Promise(() => undefined), { repeatable: true }))).toBeInstanceOf(
      SystemUnavailable,
    );
  });
});
