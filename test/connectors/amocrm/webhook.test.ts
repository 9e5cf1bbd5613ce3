import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Http } from "../../../src/domain/connector.js";
import { RequestRefused } from "../../../src/domain/errors.js";
import { createReader } from "../../../src/connectors/amocrm/reading.js";
import { createWebhook } from "../../../src/connectors/amocrm/webhook.js";

const noHttp: Http = {
  request: () => Promise.reject(new Error("reading a hook calls nobody")),
  send: () => Promise.reject(new Error("reading a hook calls nobody")),
};
const open = (baseUrl: string) => createWebhook({ http: noHttp, reader: createReader(noHttp, "amocrm"), system: "amocrm", baseUrl });
const hook = open("https://example.amocrm.ru");
const body = readFileSync(new URL("../../../src/connectors/amocrm/samples/webhook-status.txt", import.meta.url), "utf8").trim();
const request = (text: string) => ({
  method: "POST",
  path: "/",
  query: {},
  headers: {},
  body: new TextEncoder().encode(text),
  receivedAt: new Date(0),
});

describe("a web hook of amoCRM", () => {
  it("names everything in it once, past a broken key", async () => {
    expect((await hook.read(request(body))).map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      "deal 40337679",
      "deal 40337680",
      "company 17",
      "contact c18",
      "task 77",
      "note leads-501",
      "deal 31",
    ]);
  });

  it("of another account, or of none, is refused", async () => {
    await expect(hook.read(request(body.replace("[subdomain]=example", "[subdomain]=stranger")))).rejects.toBeInstanceOf(RequestRefused);
    await expect(hook.read(request("leads[add][0][id]=1"))).rejects.toBeInstanceOf(RequestRefused);
    await expect(open("http://127.0.0.1:4000").read(request("leads[add][0][id]=1"))).resolves.toHaveLength(1);
  });

  it("takes no id that is not one", async () => {
    const keys = [
      "leads[add][0][id]=1%20or%201",
      "leads[add][1][id]=",
      "leads[add]=5",
      "x".repeat(100_000),
      "%E0%A4%A",
      "unsorted[add][0][uid]=abc",
    ];
    await expect(open("http://127.0.0.1:4000").read(request(keys.join("&")))).resolves.toEqual([]);
  });

  it("reads a bulk edit of hundreds of deals in one body", async () => {
    const many = Array.from({ length: 500 }, (_, index) => `leads[update][${index}][id]=${index + 1}`).join("&");
    expect(await hook.read(request(`${many}&account[subdomain]=example`))).toHaveLength(500);
  });
});
