import { describe, expect, it, vi } from "vitest";
import { decodePress, encodePress } from "../../../src/channels/kit/buttons.js";
import { createCoalescer } from "../../../src/channels/kit/coalesce.js";
import { createDelivery } from "../../../src/channels/kit/delivery.js";
import { languageOf } from "../../../src/channels/kit/language.js";
import { aligned, displayWidth, toText, widthOf } from "../../../src/channels/kit/table.js";
import { OutcomeUnknown, RequestRefused, SystemUnavailable } from "../../../src/domain/errors.js";
import { wording } from "./wording.js";

describe("a button's data", () => {
  it("comes back as it went", () => {
    expect(decodePress(encodePress("kQ2vT0yB1mX9cR7hN4sLwA", "yes"))).toEqual({ choice: "kQ2vT0yB1mX9cR7hN4sLwA", option: "yes" });
  });

  it.each([
    ["a".repeat(62), "no"],
    ["я".repeat(31), "no"],
    ["a:b", "no"],
    ["", "no"],
    ["a", ""],
  ])("is refused when it cannot travel: %s %s", (choice, option) => {
    expect(() => encodePress(choice, option)).toThrow(RequestRefused);
  });

  it.each(["", "stop", ":yes", "abc:"])("is not read from %j", (data) => {
    expect(decodePress(data)).toBeUndefined();
  });
});

describe("a table as text", () => {
  const table = {
    columns: [
      { name: "Товар", type: "text" as const },
      { name: "Вес", type: "decimal" as const, unit: "кг" },
      { name: "Сумма", type: "money" as const, unit: "RUB" },
    ],
    rows: [
      ["Вал\nдлинный", "12.50", "1250000.50"],
      ["🎉 Болт", null, "75000.00"],
    ],
  };

  it("stands in columns, numbers at the right edge", () => {
    const text = toText(table, wording.ru, 10);
    expect(aligned(text).map((line) => line.replaceAll("\u00a0", " "))).toEqual([
      "Товар        Вес, кг           Сумма",
      "───────────  ───────  ──────────────",
      "Вал длинный     12,5  1 250 000,50 ₽",
      "🎉 Болт                     75 000 ₽",
    ]);
    expect(widthOf(text)).toBe(36);
  });

  it("counts the rows it leaves out, and does not count what nobody counted", () => {
    expect(toText(table, wording.ru, 1)).toMatchObject({ rows: [{ length: 3 }], more: "…и ещё 1" });
    expect(toText({ ...table, truncated: true }, wording.en, 10).more).toBe("Not everything is shown.");
    expect(toText(table, wording.ru, 2).more).toBeUndefined();
  });

  it("knows how wide emoji and marks are", () => {
    expect(["абв", "日本", "🎉", "й".normalize("NFD")].map(displayWidth)).toEqual([3, 4, 2, 1]);
  });
});

describe("the language of a reply", () => {
  it("is the one Svyaz worded it in, whatever the names in it", () => {
    const table = { columns: [{ name: "Deal", type: "text" as const }], rows: [["Ромашка, поставка оборудования"]] };
    expect(languageOf([{ kind: "table", table, caption: "Deals of Ромашка" }])).toBe("en");
    expect(languageOf([{ kind: "text", markdown: "Сделка в amoCRM создана" }])).toBe("ru");
    expect(languageOf([{ kind: "file", name: "report.pdf", mediaType: "application/pdf", bytes: new Uint8Array() }])).toBe("ru");
  });
});

describe("steps that come too fast", () => {
  it("are written once in a while, the newest alone", async () => {
    vi.useFakeTimers();
    const written: string[] = [];
    const steps = createCoalescer(1000, async (value) => void written.push(value));
    for (const value of ["a", "b", "c"]) steps.put(value);
    await vi.advanceTimersByTimeAsync(999);
    expect(written).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(written).toEqual(["c"]);
    steps.put("c");
    await vi.advanceTimersByTimeAsync(1000);
    steps.put("d");
    await vi.advanceTimersByTimeAsync(1000);
    expect(written).toEqual(["c", "d"]);
    steps.put("e");
    await steps.close();
    steps.put("f");
    await vi.advanceTimersByTimeAsync(5000);
    expect(written).toEqual(["c", "d"]);
    vi.useRealTimers();
  });

  it("are waited for when one is being written at the end", async () => {
    let finish = () => {};
    const steps = createCoalescer(0, () => new Promise<void>((resolve) => (finish = resolve)));
    steps.put("a");
    await new Promise((resolve) => setTimeout(resolve, 10));
    let closed = false;
    const closing = steps.close().then(() => (closed = true));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(closed).toBe(false);
    finish();
    await closing;
  });
});

describe("delivering parts under a key", () => {
  const parts = async () => ["a", "b", "c"];

  it("goes on after a failure with the part that failed", async () => {
    const delivery = createDelivery<string, string>();
    const sent: string[] = [];
    let fails = 1;
    const send = async (part: string) => {
      if (part === "b" && fails-- > 0) throw new SystemUnavailable("away");
      sent.push(part);
      return part.toUpperCase();
    };
    await expect(delivery.deliver("k", parts, send)).rejects.toThrow(SystemUnavailable);
    expect(await delivery.deliver("k", parts, send)).toEqual(["A", "B", "C"]);
    expect(await delivery.deliver("k", parts, send)).toEqual(["A", "B", "C"]);
    expect(sent).toEqual(["a", "b", "c"]);
  });

  it("never repeats a part whose outcome is unknown", async () => {
    const delivery = createDelivery<string, string>();
    const tried: string[] = [];
    const send = async (part: string) => {
      tried.push(part);
      if (part === "b") throw new OutcomeUnknown("lost");
      return part;
    };
    await expect(delivery.deliver("k", parts, send)).rejects.toThrow(OutcomeUnknown);
    expect(await delivery.deliver("k", parts, send)).toEqual(["a", "c"]);
    expect(tried).toEqual(["a", "b", "c"]);
  });
});
