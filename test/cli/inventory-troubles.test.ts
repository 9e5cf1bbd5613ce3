import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { takeInventory } from "../../src/cli/inventory.js";
import { inventoryReport } from "../../src/cli/inventory-report.js";
import { runCommand } from "../../src/cli/commands.js";
import { openTestApp, type TestApp } from "../support/app.js";

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ SVYAZ_READ_ONLY: "true" }, { sandboxPerSecond: 50, httpTimeoutMs: 2_000 });
});
afterAll(() => app.end());

describe("svyaz inventory of a company in trouble", () => {
  it("gives a system that does not answer its section with the reason and the mend, and the others theirs", async () => {
    const faults = app.sandbox?.servers.confluence.faults;
    faults?.add({ kind: "status", status: 401, times: null, body: "<html>Unauthorized</html>" });
    const said: string[] = [];
    const code = await runCommand(app, "inventory", { json: false }, (line) => "text" in line && said.push(line.text), "tester");
    faults?.clear();
    expect(code).toBe(1);
    const [report = ""] = said;
    const [own = ""] = /## Confluence\n[\s\S]*?(?=\n## )/.exec(report) ?? [];
    expect(own).toMatch(/Обследовать не удалось/);
    expect(own).toMatch(/CONFLUENCE_/);
    expect(report).toMatch(/Обследованы 2 из 3/);
    expect(report).toMatch(/Воронки и этапы/);
    expect(report).toMatch(/\| 3 \| Confluence \| обследовать не удалось: сначала починить/);
    expect(report).toMatch(/режим пилота/);
  });

  it("says which list is closed to the token, and surveys the rest", async () => {
    const faults = app.sandbox?.servers.amocrm.faults;
    faults?.add({ kind: "status", status: 403, path: "*/tasks", times: null, body: { title: "Forbidden", status: 403 } });
    const inventory = await takeInventory(app);
    faults?.clear();
    const found = inventory.systems.find(({ system }) => system === "amocrm");
    expect(found?.trouble).toBeUndefined();
    expect(found?.findings).toContainEqual({ level: "missing", code: "lists-hidden", about: ["tasks"] });
  });

  it("lets no name from a system become markup of the report", () => {
    const report = inventoryReport(
      {
        at: app.now(),
        sandbox: false,
        readOnly: false,
        people: 1,
        admins: ["A|B"],
        systems: [
          {
            system: "amocrm",
            title: "amoCRM",
            families: ["crm"],
            limits: { perSecond: 5, atOnce: 5 },
            survey: {
              name: "<script>\n# Заголовок | [ссылка](http://evil.example)",
              modules: [],
              pipelines: [{ name: "`x`", stages: ["*a*", "b|c"] }],
              fields: [],
              volumes: [],
              findings: [],
            },
            findings: [{ level: "risk", code: "unheard-of", about: ["x|y"] }],
            tools: [],
          },
        ],
      },
      "ru",
      "Europe/Moscow",
    );
    expect(report).not.toMatch(/<script>|\n# Заголовок|[^\\]\]\(http/);
    expect(report).toContain("b\\|c");
    expect(report).toContain("unheard-of: x\\|y");
  });
});
