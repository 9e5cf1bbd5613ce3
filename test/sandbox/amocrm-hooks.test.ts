import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Account, flawsOf, openAccount } from "./amocrm-account.js";

let account: Account;
let receiver: Server;
let destination: string;
let answerWith: number;
let received: { type: string | undefined; fields: URLSearchParams }[];

beforeEach(async () => {
  received = [];
  answerWith = 200;
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ type: request.headers["content-type"], fields: new URLSearchParams(body) });
      response.writeHead(answerWith).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  destination = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/webhooks/amocrm/secret`;
  account = await openAccount();
});
afterEach(async () => {
  await account.amo.close();
  await new Promise((resolve) => receiver.close(resolve));
});

const register = (settings: string[]) => account.post("/webhooks", { destination, settings });

describe("web hooks", () => {
  it("are registered once an address, listed, and taken away", async () => {
    const made = await register(["add_lead"]);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ destination, settings: ["add_lead"], disabled: false });
    expect((await register(["add_lead", "status_lead"])).body["id"]).toBe(made.body["id"]);
    expect((await account.get("/webhooks")).body["_embedded"]?.["webhooks"]).toMatchObject([{ settings: ["add_lead", "status_lead"] }]);
    expect((await account.remove("/webhooks", { destination })).status).toBe(204);
    expect((await account.get("/webhooks")).status).toBe(204);
    expect(flawsOf(await register(["everything"]))).toEqual([["NotSupportedChoice", "settings.0"]]);
  });

  it("bring a form with PHP-nested keys: one save brings status and update", async () => {
    await register(["status_lead", "update_lead"]);
    await account.patch("/leads/1024", { status_id: 70013, pipeline_id: 7001 });
    await account.amo.hooksSettled();
    expect(received.map(({ type }) => type)).toEqual(["application/x-www-form-urlencoded", "application/x-www-form-urlencoded"]);
    const status = received.find(({ fields }) => fields.has("leads[status][0][id]"))?.fields;
    expect(Object.fromEntries(status ?? [])).toMatchObject({
      "leads[status][0][id]": "1024",
      "leads[status][0][status_id]": "70013",
      "leads[status][0][old_status_id]": "70012",
      "leads[status][0][custom_fields][0][name]": "Источник",
      "account[subdomain]": "severny-svet",
    });
    expect(received.some(({ fields }) => fields.get("leads[update][0][id]") === "1024")).toBe(true);
  });

  it("tell of companies under contacts, of notes, tasks and deletions in the older words", async () => {
    await register(["add_company", "note_lead", "add_task", "delete_lead"]);
    await account.post("/companies", [{ name: "ООО «Новая»" }]);
    await account.post("/leads/1024/notes", [{ note_type: "common", params: { text: "да" } }]);
    await account.post("/tasks", [{ text: "позвонить", complete_till: 1_800_000_000, entity_id: 1024, entity_type: "leads" }]);
    await account.amo.remove("leads", 1023);
    await account.amo.hooksSettled();
    const all = Object.fromEntries(received.flatMap(({ fields }) => [...fields]));
    expect(all).toMatchObject({
      "contacts[add][0][type]": "company",
      "leads[note][0][note][element_id]": "1024",
      "leads[note][0][note][text]": "да",
      "task[add][0][element_type]": "2",
      "leads[delete][0][id]": "1023",
    });
    expect(all).not.toHaveProperty("leads[delete][0][name]");
  });

  it("are not sent for what was refused", async () => {
    await register(["update_lead", "status_lead"]);
    await account.patch("/leads/1024", { status_id: 1 });
    await account.amo.hooksSettled();
    expect(received).toEqual([]);
  });

  it("are switched off after more than a hundred bad answers", async () => {
    await register(["update_lead"]);
    answerWith = 500;
    const disabled = async () => (await account.get("/webhooks")).body["_embedded"]?.["webhooks"]?.[0]?.["disabled"];
    for (let change = 1; change <= 100; change++) await account.patch("/leads/1024", { price: change });
    await account.amo.hooksSettled();
    expect(await disabled()).toBe(false);
    await account.patch("/leads/1024", { price: 5 });
    await account.amo.hooksSettled();
    expect(await disabled()).toBe(true);
    await account.patch("/leads/1024", { price: 6 });
    await account.amo.hooksSettled();
    expect(received).toHaveLength(101);
  });

  it("never leave the machine, whatever address was given", async () => {
    await account.post("/webhooks", { destination: "https://svyaz.example.com/hook", settings: ["update_lead"] });
    await account.patch("/leads/1024", { price: 1 });
    await account.amo.hooksSettled();
    expect((await account.get("/webhooks")).body["_embedded"]?.["webhooks"]).toMatchObject([{ disabled: false }]);
  });
});
