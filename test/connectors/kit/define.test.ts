import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import * as connectorFolders from "../../../src/connectors/index.js";
import { baseUrl, defineConnector, describeVariables, readInstances } from "../../../src/connectors/kit/define.js";

const paperbox = defineConnector({
  id: "paper-box",
  title: "Paperbox",
  settings: z.object({
    BASE_URL: baseUrl().describe("Where Paperbox is").meta({ example: "https://paper.example.com" }),
    PAGE_SIZE: z.coerce.number().int().min(1).default(50).describe("Rows a page"),
  }),
  signIn: [{ kind: "secret", names: ["TOKEN"], descriptions: { TOKEN: "Made in the settings of Paperbox" } }],
  limits: () => ({ perSecond: 5, atOnce: 2 }),
  open: () => ({ check: async () => undefined }),
});

describe("settings of connectors", () => {
  it("reads a system, and a second one of the same kind beside it", () => {
    const { instances, problems } = readInstances([paperbox], {
      PAPER_BOX_BASE_URL: "https://one.example.com/",
      PAPER_BOX__MOSCOW__BASE_URL: "https://two.example.com",
      PAPER_BOX__MOSCOW__PAGE_SIZE: "20",
    });
    expect(problems).toEqual([]);
    expect(instances.map(({ system, settings }) => ({ system, settings }))).toEqual([
      { system: "paper-box", settings: { BASE_URL: "https://one.example.com", PAGE_SIZE: 50 } },
      { system: "paper-box.moscow", settings: { BASE_URL: "https://two.example.com", PAGE_SIZE: 20 } },
    ]);
  });

  it("knows no system where nothing is set, or only emptily", () => {
    expect(readInstances([paperbox], { PAPER_BOX_BASE_URL: "", PATH: "/bin", PAPER_BOXES: "1" })).toEqual({ instances: [], problems: [] });
  });

  it("names every variable that is wrong, what came, what was expected and an example, in one go", () => {
    const { problems } = readInstances([paperbox], {
      PAPER_BOX_TOKEN: "very-secret",
      PAPER_BOX__MOSCOW__BASE_URL: "http://user:hunter2@two.example.com",
      PAPER_BOX__MOSCOW__PAGE_SIZE: "none",
    });
    expect(problems).toEqual([
      { variable: "PAPER_BOX_BASE_URL", came: "nothing", expected: "Where Paperbox is, for example https://paper.example.com" },
      {
        variable: "PAPER_BOX__MOSCOW__BASE_URL",
        came: '"http://[secret]@two.example.com"',
        expected: "an address that begins with https://, for example https://paper.example.com",
      },
      { variable: "PAPER_BOX__MOSCOW__BASE_URL", came: expect.any(String), expected: expect.stringContaining("without a password") },
      { variable: "PAPER_BOX__MOSCOW__PAGE_SIZE", came: '"none"', expected: expect.any(String) },
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/very-secret|hunter2/);
  });

  it("takes plain http for the own machine only, unless the system stands in the company's network", () => {
    expect(baseUrl().safeParse("http://127.0.0.1:8080").success).toBe(true);
    expect(baseUrl().safeParse("http://10.0.0.5/erp").success).toBe(false);
    expect(baseUrl({ privateNetwork: true }).safeParse("http://10.0.0.5/erp").success).toBe(true);
    for (const text of ["ftp://x.example", "paper.example.com", "https://x.example/?a=1", ""])
      expect(baseUrl().safeParse(text).success).toBe(false);
  });

  it("describes every variable for .env.example", () => {
    expect(describeVariables([paperbox])).toEqual([
      { name: "PAPER_BOX_BASE_URL", description: "Where Paperbox is", value: "https://paper.example.com", optional: false, secret: false },
      { name: "PAPER_BOX_PAGE_SIZE", description: "Rows a page", value: "50", optional: true, secret: false },
      { name: "PAPER_BOX_TOKEN", description: "Made in the settings of Paperbox", value: "", optional: false, secret: true },
    ]);
  });

  it("names a secret that signs nobody in, and switches no system on by it", () => {
    const signed = { ...paperbox, secrets: { WEBHOOK_SECRET: "Shown when the web hook is made" } };
    expect(describeVariables([signed]).at(-1)).toEqual({
      name: "PAPER_BOX_WEBHOOK_SECRET",
      description: "Shown when the web hook is made",
      value: "",
      optional: true,
      secret: true,
    });
    expect(readInstances([signed], { PAPER_BOX_WEBHOOK_SECRET: "s" })).toEqual({ instances: [], problems: [] });
  });

  it.each(Object.values(connectorFolders).map((definition) => [definition.id, definition] as const))(
    "every secret that %s reads stands in .env.example",
    (id, definition) => {
      const folder = new URL(`../../../src/connectors/${id}/`, import.meta.url);
      const sources = readdirSync(folder).filter((name) => name.endsWith(".ts"));
      const read = sources.flatMap((name) => [...readFileSync(new URL(name, folder), "utf8").matchAll(/secrets\.get\("(\w+)"\)/g)]);
      const declared = describeVariables([definition]).filter(({ secret }) => secret);
      for (const [, name] of read) expect(declared.map((one) => one.name.endsWith(`_${name}`))).toContain(true);
    },
  );
});
