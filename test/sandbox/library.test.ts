import { describe, expect, it } from "vitest";
import { createCompany } from "../../src/sandbox/company.js";
import { createLibrary } from "../../src/sandbox/library.js";

const company = createCompany({ anchor: "2026-11-20" });
const library = createLibrary(company);

describe("the documents of the invented company", () => {
  it("are 400 in Russian and English, with titles unique in their space", () => {
    expect(library.pages).toHaveLength(400);
    expect(library.pages.filter(({ language }) => language === "en").length).toBeGreaterThan(35);
    expect(new Set(library.pages.map(({ spaceKey, title }) => `${spaceKey}/${title.toLowerCase()}`)).size).toBe(400);
    expect(new Set(library.pages.map(({ key }) => key)).size).toBe(400);
  });

  it("say the same for the same seed and other facts for another one", () => {
    const bodies = (seed?: string) => JSON.stringify(createLibrary(company, { seed }).pages.map(({ body }) => body));
    expect(bodies()).toBe(bodies(company.seed));
    expect(bodies("other")).not.toBe(bodies());
  });

  it("say each number with the right form of its noun", () => {
    const forms = [
      ["день", "дня", "дней"],
      ["рабочий день", "рабочих дня", "рабочих дней"],
      ["минуту", "минуты", "минут"],
      ["час", "часа", "часов"],
      ["неделю", "недели", "недель"],
      ["месяц", "месяца", "месяцев"],
      ["год", "года", "лет"],
      ["ярус", "яруса", "ярусов"],
      ["месту", "места", "мест"],
    ] as const;
    const rules = new Intl.PluralRules("ru");
    // After these the genitive stands, which has but two forms: «до 21 дня», «свыше 2 дней».
    const genitive = new Set(["до", "более", "больше", "дольше", "свыше", "старше", "течение", "позднее", "короче"]);
    let seen = 0;
    for (const { key, body } of library.pages) {
      for (const [said, before = "", count = "", noun = ""] of body.matchAll(
        /([а-яё]+|—|>) (?:чем за )?(\d+) ((?:рабочи[хй] |рабочего )?[а-яё]+)/g,
      )) {
        const known = forms.find((each) => each.some((form) => form === noun));
        if (!known) continue;
        const rule = rules.select(Number(count));
        const [one, few, many] = known;
        const right = genitive.has(before) ? (rule === "one" ? few : many) : ({ one, few }[rule as "one" | "few"] ?? many);
        expect(noun, `${key}: ${said}`).toBe(right);
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(300);
  });

  it("are written before the anchor day and name parents that come first", () => {
    const seen = new Set<string>();
    for (const { key, parentKey, createdAt, updatedAt } of library.pages) {
      if (parentKey !== undefined) expect(seen).toContain(parentKey);
      seen.add(key);
      expect(updatedAt.getTime()).toBeGreaterThanOrEqual(createdAt.getTime());
      expect(updatedAt.toISOString() < "2026-11-20").toBe(true);
    }
  });

  it("answer twenty questions in the very words of one page", () => {
    expect(library.questions).toHaveLength(20);
    for (const { pageKey, answer } of library.questions) expect(library.page(pageKey).body).toContain(answer);
  });

  it("keep closed circles closed: personnel, finance, personal notes", () => {
    const readers = (key: string) => company.employees.map(({ id }) => id).filter((id) => library.mayRead(id, key));
    expect(readers("salary-grades")).toEqual(["admin", "vera"]);
    expect(readers("salary-review")).toEqual(["admin"]);
    expect(readers("payment-calendar")).toEqual(["admin", "boris", "galina"]);
    expect(readers("anna-notes")).toEqual(["anna"]);
    expect(readers("travel-policy")).toHaveLength(company.employees.length);
  });

  it("let in only those whom the page and each of its ancestors let in", () => {
    const readers = (key: string) => company.employees.map(({ id }) => id).filter((id) => library.mayRead(id, key));
    // Vera is let in by the page itself and kept out by the project above it; Boris the other way round.
    expect(readers("project-aurora")).toEqual(["admin", "anna", "boris", "galina", "igor"]);
    expect(readers("project-aurora-staff")).toEqual(["anna"]);
    // Anna is named on the page and not above it, Dmitry above it and not on the page.
    expect(readers("key-client-romashka")).toEqual(["boris"]);
    expect(readers("key-client-alfa")).toContain("dmitry");
  });

  it("hide three poisoned pages among the others", () => {
    const poisoned = library.pages.filter((page) => page.poisoned);
    expect(poisoned.map(({ key }) => key)).toEqual(["poisoned-plain", "poisoned-hidden", "poisoned-encoded"]);
    expect(poisoned[1]?.body).toContain("display:none");
  });

  it("carry files of several kinds, two of them made byte by byte", () => {
    const files = library.pages.flatMap(({ attachments }) => attachments);
    const kinds = new Set(files.map(({ name }) => name.replace(/^.*\./, "")));
    expect(kinds).toEqual(new Set(["docx", "pdf", "txt", "md", "html", "csv"]));
    const pdf = files.find(({ name }) => name.endsWith(".pdf"));
    const docx = files.find(({ name }) => name.endsWith(".docx"));
    expect(pdf?.bytes.subarray(0, 5).toString()).toBe("%PDF-");
    expect(docx?.bytes.subarray(0, 2).toString()).toBe("PK");
  });
});
