import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { Resolve } from "../../../src/connectors/kit/address.js";
import { AnswerUnexpected, RequestRefused, SystemUnavailable } from "../../../src/domain/errors.js";
import { json, openHttp, startVendor } from "./vendor.js";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const get = { method: "GET", path: "/things", answer: z.unknown() } as const;
const post = { ...get, method: "POST" } as const;
const caught = (call: Promise<unknown>) => call.then(() => undefined).catch((error: unknown) => error);

/** A name server that answers in this order, the last for ever; remembers how often it was asked. */
function names(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const resolve: Resolve = (host, _options, answer) => {
    const now = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(host);
    answer(
      null,
      now.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return { asked, resolve };
}

async function vendorAt(host: string, answer: Parameters<typeof startVendor>[0], options: Parameters<typeof openHttp>[1]) {
  const server = await startVendor(answer);
  const opened = openHttp(`http://${host}:${server.port}`, options);
  ends.push(opened.end, server.close);
  return { ...opened, server };
}
const fine: Parameters<typeof startVendor>[0] = (_seen, response) => json(response, {});

describe("a name that changes what it leads to", () => {
  it("is looked up once a connection, and the connection goes to the address that was checked", async () => {
    const { asked, resolve } = names(["127.0.0.1"], ["169.254.169.254"]);
    const { http, server } = await vendorAt("crm.example", fine, { resolve, privateNetwork: true });
    await expect(http.request(get)).resolves.toEqual({});
    expect(asked).toEqual(["crm.example"]);
    expect(server.requests).toHaveLength(1);
    // A write opens a connection of its own: now the name leads to the metadata, and nothing is sent.
    expect(await caught(http.request(post))).toBeInstanceOf(RequestRefused);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    "127.0.0.1",
    "10.0.0.5",
    "172.20.1.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd12::1",
    "::ffff:127.0.0.1",
    "::ffff:a00:1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
  ])("does not reach %s of the own network where the system stands outside, even hidden behind a public address", async (address) => {
    const { resolve } = names(["203.0.113.7", address]);
    const { http, server } = await vendorAt("crm.example", fine, { resolve });
    expect(await caught(http.request(get))).toBeInstanceOf(RequestRefused);
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "fd00:ec2::254",
    "100.100.100.200",
    "0.0.0.0",
    "::",
  ])("never reaches %s, also where the system may stand in the own network", async (address) => {
    const { resolve } = names([address]);
    const { http } = await vendorAt("crm.example", fine, { resolve, privateNetwork: true });
    expect(await caught(http.request(get))).toBeInstanceOf(RequestRefused);
  });
});

describe("a redirect", () => {
  it.each([
    "http://169.254.169.254/latest",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::1]/",
    "//127.1/",
  ])("is not followed to %s", async (location) => {
    const { resolve, asked } = names(["127.0.0.1"]);
    const { http, server } = await vendorAt("crm.example", (_seen, response) => void response.writeHead(302, { location }).end(), {
      resolve,
      privateNetwork: true,
    });
    expect(await caught(http.request(get))).toBeInstanceOf(AnswerUnexpected);
    expect([server.requests.length, asked.length]).toEqual([1, 1]);
  });

  it("is followed to a listed host by its checked address only, three times at most", async () => {
    const { resolve } = names(["127.0.0.1"], ["169.254.169.254"]);
    const { http, server } = await vendorAt(
      "crm.example",
      (_seen, response) => void response.writeHead(302, { location: "http://media.example/x" }).end(),
      { resolve, privateNetwork: true, redirects: ["media.example"] },
    );
    expect(await caught(http.request(get))).toBeInstanceOf(RequestRefused);
    expect(server.requests).toHaveLength(1);
    const loop = await vendorAt("localhost", (_seen, response) => void response.writeHead(302, { location: "/again" }).end(), {});
    expect(await caught(loop.http.request(get))).toBeInstanceOf(AnswerUnexpected);
    expect(loop.server.requests).toHaveLength(4);
  });
});

describe("an answer without an end", () => {
  it("is broken off at its size", async () => {
    let sent = 0;
    const { http } = await vendorAt(
      "localhost",
      (_seen, response) => {
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(65_536))) sent += 65_536;
          if (!response.destroyed) response.once("drain", more);
        };
        more();
      },
      {},
    );
    expect(await caught(http.request({ ...get, maxBytes: 1_000_000 }))).toBeInstanceOf(AnswerUnexpected);
    expect(sent).toBeLessThan(50_000_000);
  });

  it("is broken off at its time, however slowly it drips", async () => {
    const { http } = await vendorAt(
      "localhost",
      (_seen, response) => {
        const drip = setInterval(() => response.write(" "), 20);
        response.once("close", () => clearInterval(drip));
      },
      { timeoutMs: 200, patience: { attempts: 1, pauseMs: 1, budgetMs: 1_000 } },
    );
    const began = performance.now();
    expect(await caught(http.request(get))).toBeInstanceOf(SystemUnavailable);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
