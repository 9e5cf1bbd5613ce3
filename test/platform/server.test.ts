import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RequestRefused, TooManyRequests } from "../../src/domain/errors.js";
import { createServer, type RawRequest, type Server } from "../../src/platform/server.js";
import { quiet } from "../support/database.js";

let server: Server;
let url: string;
let reasons: readonly string[];
let seen: RawRequest[];
let errors: unknown[];
beforeEach(async () => {
  reasons = [];
  seen = [];
  errors = [];
  server = createServer({
    log: { ...quiet, error: (_message, details) => errors.push(details?.["error"]) },
    ready: async () => reasons,
    metrics: async () => "svyaz_turns_total 1\n",
    headersMs: 500,
    requestMs: 1_000,
  });
  server.route({
    method: "POST",
    path: "/webhooks/:system",
    bodyBytes: 1_000,
    handler: async (request) => {
      seen.push(request);
      return { status: 202, headers: { "x-own": "1" }, body: { taken: true } };
    },
  });
  server.route({
    method: "GET",
    path: "/fails/:how",
    handler: async ({ params }) => {
      if (params["how"] === "refused") throw new RequestRefused("canary: bad signature");
      if (params["how"] === "limited") throw new TooManyRequests("canary", {}, 2_500);
      if (params["how"] === "status") throw Object.assign(new Error("canary"), { statusCode: 302 });
      throw new Error("canary in /secret/path");
    },
  });
  server.route({
    method: "GET",
    path: "/slow",
    handler: () => new Promise((resolve) => setTimeout(() => resolve({ status: 200, body: "late" }), 300)),
  });
  url = await server.start();
});
afterEach(() => server.stop());

describe("the web server", () => {
  it("says that it lives, whether it can work and why not, and its metrics", async () => {
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: "alive" });
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    reasons = ["the database does not answer"];
    const notReady = await fetch(`${url}/ready`);
    expect(notReady.status).toBe(503);
    expect(await notReady.json()).toEqual({ ready: false, reasons });
    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.headers.get("content-type")).toContain("text/plain");
    expect(await metrics.text()).toBe("svyaz_turns_total 1\n");
  });

  it("hands a web hook on byte for byte, whatever its type, with headers, query and place", async () => {
    const body = Buffer.from('{ "a" : 1 }\r\n\u0000\xff', "latin1");
    for (const type of ["application/json", "application/x-www-form-urlencoded", "text/xml; charset=windows-1251", ""]) {
      const answer = await fetch(`${url}/webhooks/onec-erp.moscow?a=%D0%AF&b=2&a=3`, {
        method: "POST",
        body,
        headers: { ...(type ? { "content-type": type } : {}), "X-Signature": "v0=abc" },
      });
      expect([answer.status, answer.headers.get("x-own"), await answer.json()]).toEqual([202, "1", { taken: true }]);
      const last = seen.at(-1);
      expect(Buffer.from(last?.body ?? []).equals(body), type).toBe(true);
      expect(last).toMatchObject({
        method: "POST",
        path: "/webhooks/onec-erp.moscow",
        params: { system: "onec-erp.moscow" },
        query: { a: "3", b: "2" },
        headers: { "x-signature": "v0=abc" },
      });
    }
    await fetch(`${url}/webhooks/empty`, { method: "POST" });
    expect(seen.at(-1)?.body).toHaveLength(0);
  });

  it("refuses a body that is too long, said or not said beforehand", async () => {
    expect((await fetch(`${url}/webhooks/x`, { method: "POST", body: "x".repeat(1_001) })).status).toBe(413);
    const status = await new Promise((resolve, reject) => {
      const sending = httpRequest(`${url}/webhooks/x`, { method: "POST" }, (answer) => resolve(answer.statusCode));
      sending.on("error", reject);
      sending.write("x".repeat(700));
      sending.write("x".repeat(700));
      sending.end();
    });
    expect(status).toBe(413);
    expect(seen).toHaveLength(0);
  });

  it("answers an unknown path with JSON that says nothing more", async () => {
    const answer = await fetch(`${url}/../etc/passwd`);
    expect([answer.status, await answer.json()]).toEqual([404, { error: "not-found" }]);
    expect((await fetch(`${url}/webhooks/x`)).status).toBe(404);
  });

  it("lets nothing of an error out but its kind and an id that stands in the log", async () => {
    const answer = await fetch(`${url}/fails/badly`);
    const text = await answer.text();
    expect(answer.status).toBe(500);
    expect(text).not.toContain("canary");
    expect(JSON.parse(text)).toEqual({ error: "internal", request: expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
    expect(errors).toHaveLength(1);
    expect((await fetch(`${url}/fails/refused`)).status).toBe(400);
    expect((await fetch(`${url}/fails/status`)).status).toBe(500);
    const limited = await fetch(`${url}/fails/limited`);
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
  });

  it("H3: does not wait for a client that sends its headers byte by byte", async () => {
    const started = performance.now();
    const { port } = new URL(url);
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), "127.0.0.1");
      const drip = setInterval(() => socket.write("x"), 100);
      socket.write("POST /webhooks/x HTTP/1.1\r\nX-");
      socket.resume();
      socket.on("error", () => undefined);
      socket.on("close", () => {
        clearInterval(drip);
        resolve();
      });
      setTimeout(() => reject(new Error("still open")), 8_000).unref();
    });
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  it("H3: cuts off a body that comes byte by byte, and hands nothing on", async () => {
    const started = performance.now();
    const { port } = new URL(url);
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), "127.0.0.1");
      let heard = "";
      const drip = setInterval(() => socket.write("x"), 100);
      socket.write("POST /webhooks/x HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 900\r\n\r\n");
      socket.on("data", (chunk) => (heard += chunk.toString()));
      socket.on("error", () => undefined);
      socket.on("close", () => {
        clearInterval(drip);
        resolve(heard);
      });
      setTimeout(() => reject(new Error("still open")), 8_000).unref();
    });
    expect(performance.now() - started).toBeLessThan(8_000);
    expect(said).not.toMatch(/^HTTP\/1.1 2/);
    expect(seen).toEqual([]);
  });

  it("finishes the answers under way when it stops, and takes no more", async () => {
    const slow = fetch(`${url}/slow`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await server.stop();
    expect(await (await slow).text()).toBe("late");
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });
});
