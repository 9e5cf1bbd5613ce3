import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Account, type Answer, company, flawsOf, type Json, NOW, openAccount } from "./amocrm-account.js";

let account: Account;
beforeAll(async () => {
  account = await openAccount();
});
afterAll(() => account.amo.close());

const SECONDS = NOW.getTime() / 1_000;
const firstId = (answer: Answer, key: string) => Number(answer.body["_embedded"]?.[key]?.[0]?.["id"]);
const events = async (entity: string, id: number) => {
  const answer = await account.get(`/events?filter[entity]=${entity}&filter[entity_id][]=${id}&order[created_at]=asc`);
  return (answer.body?.["_embedded"]?.["events"] ?? []).map((event) => String(event["type"]));
};

describe("a new lead", () => {
  it("is made in the main pipeline's first open stage, mapped by request_id, with an event", async () => {
    const made = await account.post("/leads", [{ name: "Первая", price: 150_000, request_id: "r1" }, { name: "Вторая" }]);
    expect(made.status).toBe(200);
    expect(made.body["_embedded"]?.["leads"]).toMatchObject([
      { id: 2001, request_id: "r1" },
      { id: 2002, request_id: "1" },
    ]);
    const lead = (await account.get("/leads/2001")).body;
    expect(lead).toMatchObject({
      name: "Первая",
      price: 150_000,
      pipeline_id: 7001,
      status_id: 70011,
      created_at: SECONDS,
      closed_at: null,
      custom_fields_values: null,
    });
    expect(await events("lead", 2001)).toEqual(["lead_added"]);
  });

  it("keeps tags, contacts with the main one, company, custom fields by id and by code, and can be found by a stamped id", async () => {
    const made = await account.post("/leads", [
      {
        name: "С приметой",
        custom_fields_values: [
          { field_code: "EXTERNAL_ID", values: [{ value: "approval-77" }] },
          { field_id: 5101, values: [{ value: "Сайт" }] },
        ],
        _embedded: { tags: [{ name: "бот" }], contacts: [{ id: 3001 }, { id: 3002, is_main: true }], companies: [{ id: 1 }] },
      },
    ]);
    const id = firstId(made, "leads");
    const lead = (await account.get("/leads?query=approval-77&with=contacts")).body["_embedded"]?.["leads"]?.[0];
    expect(lead).toMatchObject({
      id,
      _embedded: {
        tags: [{ name: "бот" }],
        contacts: [
          { id: 3001, is_main: false },
          { id: 3002, is_main: true },
        ],
        companies: [{ id: 1 }],
      },
    });
    expect(lead?.["custom_fields_values"]).toMatchObject([
      { field_code: "EXTERNAL_ID", values: [{ value: "approval-77" }] },
      { field_name: "Источник", values: [{ value: "Сайт", enum_id: 510100 }] },
    ]);
    expect((await account.get("/contacts/3002?with=leads")).body["_embedded"]?.["leads"]).toContainEqual(expect.objectContaining({ id }));
  });

  it.each<[string, unknown, [string, string][]]>([
    ["a field the vendor does not know", [{ title: "x" }], [["NotExpected", "title"]]],
    ["a price with kopecks", [{ price: 99.5 }], [["InvalidType", "price"]]],
    ["a price as text", [{ price: "100" }], [["InvalidType", "price"]]],
    ["a stage of another pipeline", [{ pipeline_id: 7002, status_id: 70012 }], [["NotSupportedChoice", "status_id"]]],
    ["a stage of another pipeline than the main one", [{ status_id: 70022 }], [["NotSupportedChoice", "status_id"]]],
    ["the unsorted stage", [{ status_id: 70010 }], [["NotSupportedChoice", "status_id"]]],
    [
      "a custom field that is not there",
      [{ custom_fields_values: [{ field_id: 1, values: [{ value: "x" }] }] }],
      [["NotSupportedChoice", "custom_fields_values.0.field_id"]],
    ],
    [
      "an option that is not there",
      [{ custom_fields_values: [{ field_id: 5101, values: [{ value: "Телепатия" }] }] }],
      [["NotSupportedChoice", "custom_fields_values.0.values.0.value"]],
    ],
    [
      "a custom field without values",
      [{ custom_fields_values: [{ field_id: 5101 }] }],
      [["FieldMissing", "custom_fields_values.0.values"]],
    ],
    [
      "a contact that is not there",
      [{ _embedded: { contacts: [{ id: 9_999_999 }] } }],
      [["NotSupportedChoice", "_embedded.contacts.0.id"]],
    ],
    ["a responsible user that is not there", [{ responsible_user_id: 5 }], [["NotSupportedChoice", "responsible_user_id"]]],
    ["a name too long", [{ name: "ы".repeat(256) }], [["TooLong", "name"]]],
  ])("is refused with %s, and nothing is made", async (_case, body, flaws) => {
    const before = account.amo.store.all("leads").length;
    const refused = await account.post("/leads", body);
    expect([refused.status, flawsOf(refused)]).toEqual([400, flaws]);
    expect(refused.headers.get("content-type")).toContain("application/problem+json");
    expect(refused.body).toMatchObject({ title: "Bad Request", detail: "Request validation failed" });
    expect(account.amo.store.all("leads")).toHaveLength(before);
  });

  it("is refused as a bare object, as no JSON, and above 250 at once; one bad item spoils the whole array", async () => {
    const before = account.amo.store.all("leads").length;
    expect((await account.post("/leads", { name: "x" })).status).toBe(400);
    expect((await account.post("/leads", [])).status).toBe(400);
    expect(
      (
        await account.post(
          "/leads",
          Array.from({ length: 251 }, () => ({})),
        )
      ).status,
    ).toBe(400);
    const mixed = await account.post("/leads", [{ name: "good" }, { name: 5, request_id: "bad" }]);
    expect(mixed.body["validation-errors"]).toMatchObject([{ request_id: "bad" }]);
    expect(account.amo.store.all("leads")).toHaveLength(before);
  });

  it("brings contact and company along by /leads/complex, answered by a bare array", async () => {
    const made = await account.post("/leads/complex", [
      {
        name: "Сложная",
        request_id: "c1",
        _embedded: {
          contacts: [
            {
              first_name: "Олег",
              last_name: "Тихий",
              custom_fields_values: [{ field_code: "PHONE", values: [{ value: "+79000029999", enum_code: "WORK" }] }],
            },
          ],
          companies: [{ name: "ООО «Тишина»" }],
        },
      },
    ]);
    const [answer] = made.body as unknown as { id: number; contact_id: number; company_id: number }[];
    expect(answer).toMatchObject({ request_id: ["c1"], merged: false });
    const contact = (await account.get(`/contacts/${answer?.contact_id}?with=leads`)).body;
    expect(contact).toMatchObject({
      name: "Олег Тихий",
      _embedded: { leads: [{ id: answer?.id }], companies: [{ id: answer?.company_id }] },
    });
    expect((await account.get("/contacts?query=9000029999")).body["_embedded"]?.["contacts"]).toMatchObject([{ id: answer?.contact_id }]);
    const refused = await account.post("/leads/complex", [{ _embedded: { contacts: [{}, {}] } }]);
    expect(flawsOf(refused)).toEqual([["TooMany", "_embedded.contacts"]]);
    expect(
      (
        await account.post(
          "/leads/complex",
          Array.from({ length: 51 }, () => ({})),
        )
      ).status,
    ).toBe(400);
  });
});

describe("a change", () => {
  it("moves a lead to lost with its reason and to open again, with closing time and events", async () => {
    const id = firstId(await account.post("/leads", [{ name: "Ходит" }]), "leads");
    const moved = await account.patch(`/leads/${id}`, { status_id: 143, pipeline_id: 7001, loss_reason_id: 9101 });
    expect(moved.body).toMatchObject({ id, updated_at: SECONDS });
    expect((await account.get(`/leads/${id}?with=loss_reason`)).body).toMatchObject({
      closed_at: SECONDS,
      loss_reason_id: 9101,
      _embedded: { loss_reason: [{ name: "Дорого" }] },
    });
    await account.patch("/leads", [{ id, status_id: 70013, pipeline_id: 7001, price: 5 }]);
    expect((await account.get(`/leads/${id}`)).body).toMatchObject({ status_id: 70013, closed_at: null, loss_reason_id: null, price: 5 });
    expect((await events("lead", id)).sort()).toEqual(["lead_added", "lead_status_changed", "lead_status_changed", "sale_field_changed"]);
  });

  it("needs a stage of the lead's own pipeline, or both pipeline and stage", async () => {
    expect(flawsOf(await account.patch("/leads/1024", { status_id: 70022 }))).toEqual([["NotSupportedChoice", "status_id"]]);
    expect(flawsOf(await account.patch("/leads/1024", { pipeline_id: 7002 }))).toEqual([["NotSupportedChoice", "status_id"]]);
    expect((await account.patch("/leads/1024", { pipeline_id: 7002, status_id: 70022 })).status).toBe(200);
    expect((await account.patch("/leads/1024", { pipeline_id: 7001, status_id: 70012 })).status).toBe(200);
  });

  it("replaces only the custom fields it names, and null clears one", async () => {
    const [made] =
      (
        await account.post("/contacts", [
          {
            name: "Пётр Первый",
            custom_fields_values: [
              { field_code: "PHONE", values: [{ value: "8 900 000 77 77" }] },
              { field_code: "POSITION", values: [{ value: "Царь" }] },
            ],
          },
        ])
      ).body["_embedded"]?.["contacts"] ?? [];
    await account.patch(`/contacts/${made?.["id"]}`, {
      custom_fields_values: [{ field_code: "POSITION", values: null }],
      last_name: "Великий",
    });
    const contact = (await account.get(`/contacts/${made?.["id"]}`)).body;
    expect(contact).toMatchObject({
      name: "Пётр Великий",
      custom_fields_values: [{ field_code: "PHONE", values: [{ value: "8 900 000 77 77", enum_code: "WORK" }] }],
    });
    expect(contact["custom_fields_values"]).toHaveLength(1);
  });

  it("of a missing thing is refused, and deletion by API is not allowed at all", async () => {
    expect((await account.patch("/leads/99999999", { name: "x" })).status).toBe(404);
    expect(flawsOf(await account.patch("/leads", [{ id: 99_999_999, name: "x" }]))).toEqual([["NotSupportedChoice", "id"]]);
    expect((await account.remove("/leads/1024")).status).toBe(405);
    expect((await account.get("/leads/1024")).status).toBe(200);
  });

  it("in somebody's name needs their rights, and changes nothing of the array without them", async () => {
    const users = (await account.get("/users")).body["_embedded"]?.["users"] ?? [];
    const anna = users.find((user) => (user["email"] as unknown) === "anna@example.com")?.["id"];
    const mine = account.amo.store.all("leads").find((lead) => lead.responsible_user_id === Number(anna) && lead.id < 1_000);
    const other = account.amo.store.all("leads").find((lead) => lead.responsible_user_id !== Number(anna));
    const headers = { "x-context-user-id": String(anna) };
    const refused = await account.patch(
      "/leads",
      [
        { id: mine?.id, price: 777 },
        { id: other?.id, price: 777 },
      ],
      headers,
    );
    expect(refused.status).toBe(403);
    expect(account.amo.store.get("leads", mine?.id ?? 0)).toEqual(mine);
    expect((await account.patch(`/leads/${mine?.id}`, { price: 777 }, headers)).status).toBe(200);
    expect(account.amo.store.get("leads", mine?.id ?? 0)).toMatchObject({ price: 777, updated_by: anna });
    const vera = users.find((user) => (user["email"] as unknown) === "vera@example.com")?.["id"];
    expect((await account.post("/leads", [{ name: "x" }], { "x-context-user-id": String(vera) })).status).toBe(403);
  });

  it("made on the vendor's screens deletes a lead: 204 by id, an event, and a place in the bin until restored", async () => {
    const id = firstId(await account.post("/leads", [{ name: "В корзину" }]), "leads");
    await account.amo.remove("leads", id);
    expect((await account.get(`/leads/${id}`)).status).toBe(204);
    expect((await account.get("/leads?with=only_deleted")).body["_embedded"]?.["leads"]).toMatchObject([{ id, is_deleted: true }]);
    expect(await events("lead", id)).toEqual(["lead_added", "lead_deleted"]);
    await account.amo.restore("leads", id);
    expect((await account.get(`/leads/${id}`)).status).toBe(200);
  });
});

describe("history", () => {
  it("takes a note and shows it, without moving the lead's updated_at", async () => {
    const before = (await account.get("/leads/1023")).body["updated_at"];
    const made = await account.post("/leads/1023/notes", [{ note_type: "common", params: { text: "Проверка" }, request_id: "n1" }]);
    expect(made.body["_embedded"]?.["notes"]).toMatchObject([{ entity_id: 1023, request_id: "n1" }]);
    const id = firstId(made, "notes");
    expect((await account.get("/leads/1023/notes?order[updated_at]=desc&limit=1")).body["_embedded"]?.["notes"]).toMatchObject([
      { id, entity_id: 1023, note_type: "common", params: { text: "Проверка" }, created_at: SECONDS },
    ]);
    expect((await account.get("/leads/1023")).body["updated_at"]).toBe(before);
    expect(await events("lead", 1023)).toContain("common_note_added");
  });

  it("refuses a note without text, of an unknown type, or on nothing", async () => {
    expect(flawsOf(await account.post("/leads/1023/notes", [{ note_type: "common", params: {} }]))).toEqual([
      ["FieldMissing", "params.text"],
    ]);
    expect(flawsOf(await account.post("/leads/1023/notes", [{ note_type: "letter", params: {} }]))).toEqual([
      ["NotSupportedChoice", "note_type"],
    ]);
    expect((await account.post("/leads/99999999/notes", [{ note_type: "common", params: { text: "x" } }])).status).toBe(404);
    expect((await account.get("/leads/99999999/notes")).status).toBe(204);
  });

  it("logs a call with the contact that has the number, however it is written, and says which numbers nobody has", async () => {
    const phone = company.clients[0]?.contacts[0]?.phone ?? "";
    const call = { direction: "inbound", duration: 61, source: "svyaz", call_status: 4 };
    const logged = await account.post("/calls", [
      { ...call, phone: `8${phone.replace(/\D/g, "").slice(1)}`, request_id: "a" },
      { ...call, phone: "+7 900 555-00-00", request_id: "b" },
    ]);
    expect(logged.body).toMatchObject({ _total_items: 1, errors: [{ request_id: "b" }], _embedded: { calls: [{ request_id: "a" }] } });
    const entry = logged.body["_embedded"]?.["calls"]?.[0];
    expect(await events(String(entry?.["entity_type"]), Number(entry?.["entity_id"]))).toContain("incoming_call");
    expect(flawsOf(await account.post("/calls", [{ phone: "1" }]))).toEqual(
      ["direction", "duration", "source"].map((path) => ["FieldMissing", path]),
    );
  });

  it("takes a task on an entity, completes it with a result, and tells both in events", async () => {
    const made = await account.post("/tasks", [
      { text: "Перезвонить", complete_till: SECONDS + 86_400, entity_id: 1023, entity_type: "leads", task_type_id: 1 },
    ]);
    const id = firstId(made, "tasks");
    expect((await account.get("/leads/1023")).body["closest_task_at"]).not.toBeNull();
    await account.patch(`/tasks/${id}`, { is_completed: true, result: { text: "Дозвонились" } });
    expect((await account.get(`/tasks/${id}`)).body).toMatchObject({
      is_completed: true,
      result: { text: "Дозвонились" },
      entity_id: 1023,
      entity_type: "leads",
    });
    expect((await events("lead", 1023)).filter((type) => type.startsWith("task_"))).toEqual(
      expect.arrayContaining(["task_added", "task_completed"]),
    );
  });

  it("refuses a task without time or text, of an unknown type, or on half an entity", async () => {
    expect(flawsOf(await account.post("/tasks", [{}]))).toEqual([
      ["FieldMissing", "text"],
      ["FieldMissing", "complete_till"],
    ]);
    const task = { text: "x", complete_till: SECONDS };
    expect(flawsOf(await account.post("/tasks", [{ ...task, task_type_id: 77 }]))).toEqual([["NotSupportedChoice", "task_type_id"]]);
    expect(flawsOf(await account.post("/tasks", [{ ...task, entity_id: 1023 }]))).toEqual([["FieldMissing", "entity_type"]]);
    expect(flawsOf(await account.post("/tasks", [{ ...task, entity_id: 99_999_999, entity_type: "leads" }]))).toEqual([
      ["NotSupportedChoice", "entity_id"],
    ]);
  });
});

describe("what else the account takes", () => {
  it("links from either side, marks the main contact, and unlinks", async () => {
    const id = firstId(await account.post("/leads", [{ name: "Связи" }]), "leads");
    const linked = await account.post(`/leads/${id}/link`, [
      { to_entity_id: 3005, to_entity_type: "contacts" },
      { to_entity_id: 2, to_entity_type: "companies" },
    ]);
    expect(linked.body["_embedded"]?.["links"]).toMatchObject([{ entity_id: id, to_entity_id: 3005 }, { to_entity_type: "companies" }]);
    await account.post("/contacts/3006/link", [{ to_entity_id: id, to_entity_type: "leads", metadata: { is_main: true } }]);
    const links = (await account.get(`/leads/${id}/links?filter[to_entity_type]=contacts`)).body["_embedded"]?.["links"];
    expect(links).toMatchObject([
      { to_entity_id: 3005, metadata: { main_contact: false } },
      { to_entity_id: 3006, metadata: { main_contact: true } },
    ]);
    expect((await account.get("/contacts/3005/links?filter[to_entity_type]=leads")).body["_embedded"]?.["links"]).toContainEqual(
      expect.objectContaining({ to_entity_id: id }),
    );
    expect((await account.post(`/leads/${id}/unlink`, [{ to_entity_id: 3005, to_entity_type: "contacts" }])).status).toBe(204);
    expect((await account.get(`/leads/${id}?with=contacts`)).body["_embedded"]?.["contacts"]).toMatchObject([{ id: 3006 }]);
    expect(flawsOf(await account.post(`/leads/${id}/link`, [{ to_entity_id: 99_999_999, to_entity_type: "contacts" }]))).toEqual([
      ["NotSupportedChoice", "to_entity_id"],
    ]);
  });

  it("takes an incoming lead into the unsorted stage, and lets it be accepted or declined", async () => {
    const form = (uid: string) => ({
      source_name: "Чат-бот",
      source_uid: uid,
      _embedded: {
        leads: [{ name: `Заявка ${uid}` }],
        contacts: [{ name: "Ирина", custom_fields_values: [{ field_code: "PHONE", values: [{ value: "+79000030001" }] }] }],
      },
      metadata: { ip: "127.0.0.1", form_id: "svyaz", form_name: "Svyaz", form_page: "chat", form_sent_at: SECONDS },
    });
    const made = await account.post("/leads/unsorted/forms", [form("u1"), form("u2")]);
    const [first, second] = made.body["_embedded"]?.["unsorted"] ?? [];
    expect(first).toMatchObject({ category: "forms", request_id: "0" });
    expect((await account.get("/leads/unsorted")).body["_embedded"]?.["unsorted"]).toHaveLength(2);
    const leadId = first?.["_embedded"]?.["leads"]?.[0]?.["id"];
    expect((await account.get(`/leads/${leadId}`)).body).toMatchObject({ name: "Заявка u1", status_id: 70010 });
    expect((await account.post(`/leads/unsorted/${first?.["uid"]}/accept`, { user_id: 1102, status_id: 70012 })).status).toBe(200);
    expect((await account.get(`/leads/${leadId}`)).body).toMatchObject({ status_id: 70012, responsible_user_id: 1102 });
    expect((await account.remove(`/leads/unsorted/${second?.["uid"]}/decline`)).status).toBe(200);
    expect((await account.get("/leads/unsorted")).status).toBe(204);
    expect(flawsOf(await account.post("/leads/unsorted/forms", [{ source_name: "x" }]))).toEqual([
      ["FieldMissing", "source_uid"],
      ["FieldMissing", "metadata"],
    ]);
  });

  it("adds a custom field that can be filled at once, pages fields by 50, and deletes it again", async () => {
    const made = await account.post("/leads/custom_fields", [{ name: "Номер заказа", type: "text", code: "ORDER" }]);
    const id = firstId(made, "custom_fields");
    expect(
      firstId(await account.post("/leads", [{ custom_fields_values: [{ field_code: "ORDER", values: [{ value: "7" }] }] }]), "leads"),
    ).toBeGreaterThan(0);
    await account.post(
      "/leads/custom_fields",
      Array.from({ length: 50 }, (_, at) => ({ name: `Поле ${at}`, type: "numeric" })),
    );
    const page = await account.get("/leads/custom_fields?limit=250");
    expect(page.body["_embedded"]?.["custom_fields"]).toHaveLength(50);
    const next: Json | undefined = page.body["_links"]?.["next"]?.["href"];
    expect((await account.get(String(next))).body["_embedded"]?.["custom_fields"]?.length).toBeGreaterThan(0);
    expect((await account.remove(`/leads/custom_fields/${id}`)).status).toBe(204);
    expect(flawsOf(await account.post("/leads/custom_fields", [{ name: "x", type: "poem" }]))).toEqual([["NotSupportedChoice", "type"]]);
  });
});
