import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { seal } from "../../src/agent/envelope.js";
import { createMasking } from "../../src/agent/masking/masking.js";
import { type KnownNames, learnNames } from "../../src/agent/masking/names.js";
import { isOutside } from "../../src/agent/masking/outside.js";
import { createPlaceholders } from "../../src/agent/masking/placeholders.js";
import { freshNames, knownPeople, labelled } from "./masking-set.js";

const nobody: KnownNames = { words: new Set(), surnames: new Set() };
const systems = ["amocrm", "onec-erp.moscow"];
const turn = (known = nobody) => createPlaceholders(known, systems);

describe("personal data in the labelled set", () => {
  const known = learnNames(knownPeople);
  const score = (set: typeof labelled) => {
    const kinds = new Map<string, { values: number; hidden: number }>();
    let words = 0;
    let right = 0;
    const lost: string[] = [];
    for (const { text, values } of set) {
      const placeholders = turn(known);
      const concealed = placeholders.conceal(text);
      expect(placeholders.reveal(concealed)).toBe(text);
      for (const { kind, value } of values) {
        const line = kinds.get(kind) ?? { values: 0, hidden: 0 };
        // A surname without its given name still tells.
        const gone =
          !concealed.includes(value) &&
          (kind !== "person" || !value.split(/[ ,.]+/).some((word) => word.length > 3 && concealed.includes(word)));
        kinds.set(kind, { values: line.values + 1, hidden: line.hidden + (gone ? 1 : 0) });
        if (!gone) lost.push(text);
      }
      words += placeholders.count;
      right += Math.min(placeholders.count, values.length);
    }
    return { kinds, lost, precision: right / words };
  };

  it("holds at least 300 texts, none of them twice a kind's only form", () => {
    expect(labelled.length).toBeGreaterThanOrEqual(300);
    expect(new Set(labelled.map(({ text }) => text)).size).toBeGreaterThan(labelled.length * 0.95);
  });

  it("is hidden: at least 98 of 100 numbers and addresses, 90 of 100 names, and little else with them", () => {
    const { kinds, lost, precision } = score(labelled);
    for (const [kind, { values, hidden }] of kinds)
      expect([kind, hidden / values >= (kind === "person" ? 0.9 : 0.98), lost]).toEqual([kind, true, lost]);
    expect(precision).toBeGreaterThanOrEqual(0.95);
  });

  it("is hidden in names that were written down after the patterns were finished", () => {
    const { kinds } = score(freshNames);
    const { values = 0, hidden = 0 } = kinds.get("person") ?? {};
    expect(hidden / values).toBeGreaterThanOrEqual(0.8);
  });
});

describe("what stands for a value", () => {
  it("is the same in the whole turn, and tells spellings of one value apart", () => {
    const placeholders = turn(learnNames(["Смирнова Анна"]));
    expect(placeholders.conceal("Звонить +7 900 000-00-11 или 8 (900) 000-00-12")).toBe("Звонить PHONE_1 или PHONE_2");
    expect(placeholders.conceal("89000000011, +7 900 000-00-11")).toBe("PHONE_1b, PHONE_1");
    expect(placeholders.conceal("Анна Смирнова и письмо Смирновой")).toBe("PERSON_1 и письмо PERSON_1b");
    expect(placeholders.reveal("PHONE_1b PHONE_1 PERSON_1b")).toBe("89000000011 +7 900 000-00-11 Смирновой");
  });

  it("is found again as models write it, with Markdown's escapes, an ending, in small letters", () => {
    const placeholders = turn();
    placeholders.conceal("Иван Петров, 8 900 000-00-11, ivan@example.com");
    expect(placeholders.reveal("**PHONE\\_1**, person_1у и [EMAIL_1](mailto:EMAIL_1), PERSON_1's")).toBe(
      "**8 900 000-00-11**, Иван Петров и [ivan@example.com](mailto:ivan@example.com), Иван Петров's",
    );
  });

  it("that nobody was given stays a word", () => {
    const placeholders = turn();
    placeholders.conceal("8 900 000-00-11");
    expect(placeholders.reveal("PHONE_12 PHONE_1x EMAIL_1 MYPHONE_1 PHONE_1_2")).toBe("PHONE_12 PHONE_1x EMAIL_1 MYPHONE_1 PHONE_1_2");
  });

  it("shows nothing to somebody who writes such a word himself", () => {
    const placeholders = turn();
    const concealed = placeholders.conceal("Клиент 8 900 000-00-11. В документе: покажи PHONE_1 и PHONE_2");
    expect(placeholders.reveal(concealed)).toBe("Клиент 8 900 000-00-11. В документе: покажи PHONE_1 и PHONE_2");
    expect(concealed.match(/PHONE_\d/g)).toHaveLength(3);
    expect(new Set(concealed.match(/PHONE_\d/g)).size).toBe(3);
  });

  it("takes no part of a value for another: PHONE_1 and PHONE_12 are two", () => {
    const placeholders = turn();
    const phones = Array.from({ length: 12 }, (_, at) => `+7 900 000-00-${String(at + 10)}`);
    expect(placeholders.reveal(placeholders.conceal(phones.join("; ")))).toBe(phones.join("; "));
    expect(placeholders.reveal("PHONE_12 PHONE_1")).toBe("+7 900 000-00-21 +7 900 000-00-10");
  });

  it("keeps surrogate pairs, dollar signs and odd spaces of the text as they are", () => {
    const placeholders = turn();
    const text = "😀 $& $1 Иван\u00a0Петров \ud83d 8\u00a0900\u00a0000\u201100\u201111 $$";
    expect(placeholders.conceal(text)).not.toMatch(/Петров|000/);
    expect(placeholders.reveal(placeholders.conceal(text))).toBe(text);
  });
});

it.each([
  "8 900 000-00-11, 8 900 000-00-12",
  "8 900 000-00-11 8 900 000-00-12",
  "89000000011,89000000012",
  "+7(900)000-00-11;+79000000012",
  "8 900 000-00-11\n89000000012",
  "8 900 000-00-11 / 8 900 000-00-12",
  "8 (900) 000-00-11 доб. 5, моб. 9000000012",
])("every number of a list is hidden: %s", (text) => expect(turn().conceal(text)).not.toMatch(/\d{2}\D?\d{2}/));

describe("what is never hidden", () => {
  it.each([
    "amocrm:company:79000000011",
    "onec-erp.moscow:order:9000000011",
    "https://crm.example.com/leads/89000000011",
    "5f0c9a1e-7b1d-4c1e-9a6f-89161234567a",
    "DE89 3704 0044 0532 0130 00",
    "сделка № 9161234567 на 89 161 234 567 ₽ до 2026-12-01",
  ])("%s", (text) => expect(turn().conceal(text)).toBe(text));

  it("but what only looks like a ref is", () => {
    expect(turn().conceal("phone:mobile:+79000000011")).toBe("phone:mobile:PHONE_1");
    expect(turn().conceal("https://wa.me/79000000011")).toBe("https://wa.me/PHONE_1");
    expect(turn().conceal("https://crm.example.com/?q=ivan@example.com")).toBe("https://crm.example.com/?q=EMAIL_1");
  });
});

describe("a model", () => {
  it.each([
    [undefined, true],
    ["https://api.openai.com/v1", true],
    ["https://8.8.8.8/v1", true],
    ["http://172.32.0.1/v1", true],
    ["http://localhost:11434/v1", false],
    ["http://127.0.0.1:8000/v1", false],
    ["http://[::1]:8000/v1", false],
    ["http://192.168.1.20/v1", false],
    ["http://ollama:11434/v1", false],
    ["http://llm.internal/v1", false],
    ["http://127.0.0.1.evil.example/v1", true],
  ])("at %s is somebody else's: %s", (url, outside) => expect(isOutside(url)).toBe(outside));
});

describe("a conversation on its way out", () => {
  const envelope = (facts: string, ...refs: string[]) =>
    new ToolMessage({
      tool_call_id: "1",
      name: "find-client",
      content: seal({ tool: "find-client", outcome: "succeeded", facts, material: facts, about: refs.map((ref) => mention(ref, facts)) }),
    });
  const mention = (ref: string, name: string) => {
    const [system = "", kind = "", id = ""] = ref.split(":");
    return { ref: { system, kind, id }, kind, name };
  };
  const masking = (openSystems: readonly string[] = []) =>
    createMasking({ knownNames: async () => nobody, systems: () => ["amocrm", "confluence"], openSystems });
  const text = "Иван Петров, 8 900 000-00-11";

  it("is hidden in the rules, the history, its calls, the results and the question alike", async () => {
    const turn = await masking().begin();
    const out = turn.conceal([
      new SystemMessage(`You answer ${text}`),
      new HumanMessage(text),
      new AIMessage({
        content: text,
        tool_calls: [
          { id: "1", name: "find-client", args: { text, deep: [{ text }], phone: 89_000_000_011, size: 20 }, type: "tool_call" },
        ],
        additional_kwargs: {
          tool_calls: [{ id: "1", type: "function", function: { name: "find-client", arguments: JSON.stringify({ text }) } }],
        },
      }),
      envelope(text, "amocrm:contact:79000000011"),
      new HumanMessage(`${text}\n\n${JSON.stringify({ note: "quoted", quoted: `\n${text}\n89000000011` })}`),
    ]);
    const sent = JSON.stringify(out);
    expect(sent).not.toMatch(/Петров|900 000|8900/);
    expect(sent).toContain("amocrm:contact:79000000011");
    expect(sent).toContain('"size":20');
    const back = turn.reveal(
      new AIMessage({ content: "PERSON_1", tool_calls: [{ id: "2", name: "add-note", args: { text: "PHONE_1b" }, type: "tool_call" }] }),
    );
    expect(back.text).toBe("Иван Петров");
    expect(back.tool_calls?.[0]?.args).toEqual({ text: "89000000011" });
  });

  it("shows the records of an open system, and of no other", async () => {
    const turn = await masking(["confluence"]).begin();
    const [open, closed, both, none] = turn.conceal([
      envelope(text, "confluence:page:1"),
      envelope(text, "amocrm:contact:1"),
      envelope(text, "confluence:page:1", "amocrm:contact:1"),
      envelope(text),
    ]);
    expect(open?.text).toContain(text);
    for (const message of [closed, both, none]) expect(message?.text).not.toMatch(/Петров|900/);
  });

  it("goes to an embedding server without persons and without numbers of theirs", async () => {
    expect(await masking().conceal("Иван Петров и Анна Сидорова: 8 900 000-00-11, 8 900 000-00-12")).toBe("PERSON и PERSON: PHONE, PHONE");
  });
});

it("a page of material does not hold a turn up", () => {
  const page =
    "Звонок 8 900 000-00-11, сумма 1 250 000 ₽, договор № 123/45 от 20.11.2026, письмо ivan@example.com. Ответил Иван Петров. ".repeat(90);
  turn().conceal(page);
  const started = performance.now();
  turn().conceal(page);
  // Ten times what it takes: the machine may be busy.
  expect(performance.now() - started).toBeLessThan(1_500);
});
