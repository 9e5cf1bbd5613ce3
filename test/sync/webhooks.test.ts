import { createHmac } from "node:crypto";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { WebhookRequest } from "../../src/domain/webhook.js";
import { openTestApp, type TestApp } from "../support/app.js";

/** The whole product; the CRM's own server delivers what the vendor's would. */
let app: TestApp;
let key: string;
beforeAll(async () => {
  app = await openTestApp({ CONFLUENCE_WEBHOOK_SECRET: "signed-by-the-wiki-0123456789" }, { sandboxPerSecond: 50 });
  key = new URL(await app.webhooks.address("amocrm", "https://svyaz.example.com")).pathname.split("/").at(-1) ?? "";
  await app.sync.run("amocrm");
});
afterAll(() => app.end());
beforeEach(() => app.database.query("delete from webhook_deliveries"));

const request = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): WebhookRequest => ({
  method: "POST",
  path: "/webhooks/amocrm",
  query: {},
  headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
  body: typeof body === "string" ? Buffer.from(body) : body,
  receivedAt: app.now(),
});
const updated = (id: number | string) => `leads[update][0][id]=${id}&account[subdomain]=x`;
const rows = async () =>
  (await app.database.query<{ refs: unknown[]; settled_at: Date | null }>("select refs, settled_at from webhook_deliveries")).rows;
const mirrored = async (id: number) =>
  (
    await app.database.query<{ title: string }>(
      "select title from system_integrations where system_name = 'amocrm' and entity_type = 'deal' and external_id = $1",
      [String(id)],
    )
  ).rows[0]?.title;

describe("a system's web hook", () => {
  it("H4: has the thing it names read again: what it says of it is never believed", async () => {
    const store = app.sandbox!.servers.amocrm.store;
    const [lead] = store.all("leads");
    await app.webhooks.take("amocrm", key, request(`${updated(lead!.id)}&leads[update][0][name]=Forged&leads[update][0][price]=1`));
    await app.webhooks.refresh("amocrm", AbortSignal.timeout(20_000));
    expect(await mirrored(lead!.id)).toBe(lead!.name);
    expect((await rows()).every(({ settled_at }) => settled_at !== null)).toBe(true);
  });

  it("H2: is one delivery however often it comes, and kept where nobody can be asked to read it", async () => {
    // No queue is up in this process.
    await Promise.all(Array.from({ length: 100 }, () => app.webhooks.take("amocrm", key, request(updated(1024)))));
    expect(await rows()).toEqual([expect.objectContaining({ settled_at: null })]);
  });

  it("H2: sent again within a week is known, however wrong the sender's clock; later it is only read again", async () => {
    const dated = (date: string) => request(updated(1024), { date });
    const sentAgain = async () => {
      for (const date of ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 20 Nov 2026 09:00:00 GMT", "Fri, 31 Dec 2100 23:59:59 GMT", "yesterday"])
        await app.webhooks.take("amocrm", key, dated(date));
    };
    const settledBefore = (days: number) =>
      app.database.query("update webhook_deliveries set settled_at = $1", [new Date(app.now().getTime() - days * 86_400_000)]);
    await sentAgain();
    expect(await app.webhooks.refresh("amocrm", AbortSignal.timeout(20_000))).toEqual({ read: 1 });
    await settledBefore(6.9);
    expect(await app.webhooks.purge()).toBe(0);
    await sentAgain();
    expect(await app.webhooks.refresh("amocrm", AbortSignal.timeout(20_000))).toEqual({ read: 0 });
    await settledBefore(7.1);
    expect(await app.webhooks.purge()).toBe(1);
    await sentAgain();
    expect(await app.webhooks.refresh("amocrm", AbortSignal.timeout(20_000))).toEqual({ read: 1 });
  });

  it("H3: is stored and answered at once, without a word to the vendor", async () => {
    const before = app.sandbox!.servers.amocrm.counters().requests;
    const began = performance.now();
    await app.webhooks.take("amocrm", key, request(updated(77)));
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(app.sandbox!.servers.amocrm.counters().requests).toBe(before);
    expect(await rows()).toEqual([expect.objectContaining({ settled_at: null })]);
  });

  it("that names what is gone takes it out of the mirror, and stays open while the system does not answer", async () => {
    const store = app.sandbox!.servers.amocrm;
    const lead = store.store.all("leads")[5]!;
    await store.remove("leads", lead.id);
    await app.webhooks.take("amocrm", key, request(`leads[delete][0][id]=${lead.id}`));
    store.faults.add({ kind: "status", status: 500, path: "*", times: null });
    await expect(app.webhooks.refresh("amocrm", AbortSignal.timeout(30_000))).rejects.toThrow();
    expect(await mirrored(lead.id)).toBeDefined();
    expect(await rows()).toEqual([expect.objectContaining({ settled_at: null })]);
    store.faults.clear();
    await app.webhooks.refresh("amocrm", AbortSignal.timeout(30_000));
    expect(await mirrored(lead.id)).toBeUndefined();
  });

  it.each([
    ["an unknown system", "salesforce", "x"],
    ["a wrong key", "amocrm", "x"],
    ["no key where nothing is signed", "amocrm", undefined],
    ["a system without web hooks", "onec-erp", "x"],
  ])("H1: from %s is told the same: there is none", async (_who, system, given) => {
    const error = await app.webhooks.take(system, given, request(updated(1))).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "not-found", message: `no web hooks are taken for ${system}` });
    expect(await rows()).toEqual([]);
  });

  it("H1: is refused as fast for an unknown system as for a wrong key", async () => {
    const took: Record<string, number[]> = { salesforce: [], amocrm: [] };
    for (let at = 0; at < 120; at += 1)
      for (const [system, times] of Object.entries(took)) {
        const began = performance.now();
        await app.webhooks.take(system, "x".repeat(key.length), request(updated(1))).catch(() => undefined);
        times.push(performance.now() - began);
      }
    const [one = 0, other = 0] = Object.values(took).map((times) => times.toSorted((a, b) => a - b)[60]);
    expect(Math.max(one, other) / Math.min(one, other)).toBeLessThan(3);
  });

  it("H1: is refused by 1,000 keys that are nearly right", async () => {
    const taken: string[] = [];
    for (let at = 0; at < 1_000; at += 1) {
      const place = at % key.length;
      const wrong = `${key.slice(0, place)}${String.fromCharCode(33 + (at % 90))}${key.slice(place + 1)}`;
      if (wrong === key) continue;
      await app.webhooks.take("amocrm", wrong, request(updated(at))).then(
        () => taken.push(wrong),
        () => undefined,
      );
    }
    expect(taken).toEqual([]);
  });

  it.each([
    ["nothing", ""],
    ["binary rubbish", new Uint8Array([0, 255, 254, 1, 2, 3])],
    ["broken keys", "leads[update][0]=&leads[][][]=1&leads[update][0][id]=1e9&leads[update][0][id=5"],
    ["a thousand things", Array.from({ length: 1_000 }, (_, at) => `leads[update][${at}][id]=abc`).join("&")],
  ])("H3: with %s is taken and names nothing", async (_what, body) => {
    await app.webhooks.take("amocrm", key, request(body));
    expect((await rows()).flatMap(({ refs }) => refs)).toEqual([]);
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["GZIP, gzip", (bytes: string) => gzipSync(gzipSync(bytes))],
    ["identity, gzip", gzipSync],
  ])("H3: packed as %s is refused unopened", async (encoding, pack) => {
    const packed = request(pack("a".repeat(3_000_000)), { "content-encoding": encoding });
    expect(packed.body.byteLength).toBeLessThan(10_000);
    await expect(app.webhooks.take("amocrm", key, packed)).rejects.toMatchObject({ code: "request-refused" });
    expect(await rows()).toEqual([]);
  });

  it.each(["text/xml", "multipart/form-data; boundary=x", "application/octet-stream", "application/jsonx", "", ";", "form"])(
    "H3: called %o is refused",
    async (type) => {
      const odd = request(updated(1), { "content-type": type });
      await expect(app.webhooks.take("amocrm", key, odd)).rejects.toMatchObject({ code: "request-refused" });
      expect(await rows()).toEqual([]);
    },
  );

  it("H3: that is too long for its system is refused", async () => {
    await expect(app.webhooks.take("amocrm", key, request("a".repeat(6 * 1024 * 1024)))).rejects.toMatchObject({ code: "request-refused" });
    expect(await rows()).toEqual([]);
  });

  it("H3: in a flood is told to wait", async () => {
    const codes = new Set<unknown>();
    for (let at = 0; at < 600; at += 1)
      await app.webhooks.take("onec-erp", undefined, request("")).catch((error: { code?: string }) => codes.add(error.code));
    for (let at = 0; at < 600; at += 1)
      await app.webhooks.take("amocrm", key, request(updated(at))).catch((error: { code?: string }) => codes.add(error.code));
    expect([...codes].map(String).toSorted((one, other) => one.localeCompare(other))).toEqual(["not-found", "too-many-requests"]);
  });
});

describe("a signed web hook", () => {
  const body = JSON.stringify({ page: { id: 17 }, deep: "x" });
  const sign = (text: string) => `sha256=${createHmac("sha256", "signed-by-the-wiki-0123456789").update(text).digest("hex")}`;
  const signed = (text: string, signature: string) => request(text, { "content-type": "application/json", "x-hub-signature": signature });

  it("H1: needs no key, and is refused when its signature is missing, cut, or another body's", async () => {
    await app.webhooks.take("confluence", undefined, signed(body, sign(body)));
    expect(await rows()).toHaveLength(1);
    await app.database.query("delete from webhook_deliveries");
    for (const [text, signature] of [
      [body.replace("17", "18"), sign(body)],
      [body, sign(`${body} `)],
      [body, ""],
      [body, "sha256="],
      [body, `sha256=${"0".repeat(64)}`],
    ] as const)
      await expect(app.webhooks.take("confluence", undefined, signed(text, signature))).rejects.toMatchObject({ code: "request-refused" });
    expect(await rows()).toEqual([]);
  });

  it("H1: is refused by 1,000 changes of a bit in its body or its signature", async () => {
    const taken: string[] = [];
    const flip = (text: string, bit: number) => {
      const bytes = Buffer.from(text, "latin1");
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return bytes.toString("latin1");
    };
    const signature = sign(body).slice("sha256=".length);
    for (let at = 0; at < 1_000; at += 1) {
      const [text, mark] = at % 2 === 0 ? [flip(body, at % (body.length * 8)), signature] : [body, flip(signature, at % 512)];
      // A hexadecimal digit's other case is the same digit.
      if (text === body && mark.toLowerCase() === signature) continue;
      await app.webhooks.take("confluence", undefined, { ...signed("", `sha256=${mark}`), body: Buffer.from(text, "latin1") }).then(
        () => taken.push(`${text} ${mark}`),
        () => undefined,
      );
    }
    expect(taken).toEqual([]);
  });

  it("H3: is still taken while a stranger sends forged ones", async () => {
    for (let at = 0; at < 600; at += 1)
      await app.webhooks.take("confluence", undefined, signed(`{"page":{"id":${at}}}`, "")).catch(() => undefined);
    await app.webhooks.take("confluence", undefined, signed(body, sign(body)));
    expect(await rows()).toHaveLength(1);
  });

  it("H3: that is deep or no JSON at all is refused", async () => {
    const deep = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
    await expect(app.webhooks.take("confluence", undefined, signed(deep, sign(deep)))).rejects.toMatchObject({ code: "request-refused" });
    await expect(app.webhooks.take("confluence", undefined, signed("<html>", sign("<html>")))).rejects.toMatchObject({
      code: "request-refused",
    });
    expect((await rows()).flatMap(({ refs }) => refs)).toEqual([]);
  });
});
