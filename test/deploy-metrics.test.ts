import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { metricList } from "../src/watch/metrics.js";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

const Dashboard = z.looseObject({
  uid: z.string(),
  panels: z.array(
    z.looseObject({
      id: z.number(),
      type: z.enum(["row", "stat", "timeseries"]),
      title: z.string().min(1),
      datasource: z.object({ uid: z.string() }).optional(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      fieldConfig: z.object({ defaults: z.looseObject({ unit: z.string() }) }).optional(),
      targets: z.array(z.object({ expr: z.string(), legendFormat: z.string() }).loose()).optional(),
    }),
  ),
  templating: z.object({ list: z.array(z.looseObject({ name: z.string(), query: z.object({ query: z.string() }).loose() })) }),
});
const Rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Svyaz[A-Z]\w+$/),
          expr: z.string().min(1),
          for: z.string().regex(/^\d+[mh]$/),
          labels: z.strictObject({ severity: z.enum(["warning", "critical"]) }),
          annotations: z.strictObject({ summary: z.string().min(10) }),
        }),
      ),
    }),
  ),
});

const dashboard = Dashboard.parse(JSON.parse(read("deploy/grafana/svyaz.json")));
const rules = Rules.parse(parse(read("deploy/prometheus/rules.yml"))).groups.flatMap((group) => group.rules);
const panels = dashboard.panels.filter(({ type }) => type !== "row");
const queries = [
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ expr, legendFormat }) => ({ where: title, expr, shown: legendFormat }))),
  ...rules.map(({ alert, expr, annotations }) => ({ where: alert, expr, shown: annotations.summary })),
];

const operators = new Set(["by", "without", "and", "or", "unless", "on", "ignoring", "bool", "offset", "le"]);

/** The metrics of a PromQL expression with the labels that it selects by, and the labels that it groups by. */
function readQuery(expr: string) {
  const labels: { readonly metric: string; readonly label: string }[] = [];
  const metrics: string[] = [];
  const grouped = [...expr.matchAll(/\b(?:by|without|on)\s*\(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(",").map((one) => one.trim()),
  );
  const bare = expr.replace(/\b(?:by|without|on)\s*\([^)]*\)/g, " ");
  for (const [, name = "", selector, call] of bare.matchAll(/\b([a-z_][a-z0-9_]*)\b(?:\{([^}]*)\})?(?!")(?:\[[^\]]*\])?(\s*\()?/g)) {
    if (call || operators.has(name)) continue;
    metrics.push(name);
    for (const [, label = ""] of (selector ?? "").matchAll(/([a-z_]+)\s*(?:=~|!~|!=|=)\s*"/g)) labels.push({ metric: name, label });
  }
  return { metrics, labels, grouped };
}

/** A histogram is asked by its three series. */
function declared(name: string) {
  const [, base = "", part] = /^(.*?)(_bucket|_sum|_count)?$/.exec(name) ?? [];
  const histogram = metricList[base];
  if (part !== undefined && histogram?.kind === "histogram")
    return { ...histogram, labels: [...histogram.labels, ...(part === "_bucket" ? ["le"] : [])] };
  const own = metricList[name];
  return own?.kind === "histogram" ? undefined : own;
}

describe("the queries of the dashboard and of the alert rules", () => {
  it("are read rightly by this test", () => {
    const query = readQuery('sum by (le, system) (rate(a_bucket{system=~"$system",kind!="x"}[5m])) > 5 and (b_total or vector(0)) == 0');
    expect(query.metrics).toEqual(["a_bucket", "b_total"]);
    expect(query.labels).toEqual([
      { metric: "a_bucket", label: "system" },
      { metric: "a_bucket", label: "kind" },
    ]);
    expect(query.grouped).toEqual(["le", "system"]);
  });

  it.each(queries)("$where: names only metrics that Svyaz has, by labels that they have: $expr", ({ expr, shown }) => {
    const { metrics, labels, grouped } = readQuery(expr);
    expect(metrics.length).toBeGreaterThan(0);
    for (const metric of metrics.filter((name) => name !== "up")) {
      const known = declared(metric);
      expect(known, metric).toBeDefined();
      for (const { label } of labels.filter((one) => one.metric === metric)) expect(known?.labels, `${metric}{${label}}`).toContain(label);
      if (grouped.length > 0 && metrics.length === 1) expect(known?.labels, `${metric} by`).toEqual(expect.arrayContaining(grouped));
    }
    const left = grouped.filter((label) => label !== "le");
    for (const [, label = ""] of shown.matchAll(/\{\{\s*(?:\$labels\.)?([a-z_]+)\s*\}\}/g)) expect(left, `{{${label}}}`).toContain(label);
    // A counter says something by its growth alone, a gauge by itself.
    for (const metric of metrics) {
      const grows = new RegExp(`(?:rate|increase)\\(${metric}\\b`).test(expr);
      const kind = declared(metric)?.kind;
      if (kind === "counter" || kind === "histogram") expect(grows, `${metric} is a counter`).toBe(true);
      if (kind === "gauge") expect(grows, `${metric} is a gauge`).toBe(false);
    }
    expect(expr.split("(").length).toBe(expr.split(")").length);
  });

  it("cover systems, synchronisation, turns, the model, tools, writes, the queue, alerts and the audit log", () => {
    const used = new Set(queries.flatMap(({ expr }) => readQuery(expr).metrics.map((name) => name.replace(/_(?:bucket|sum|count)$/, ""))));
    const wanted =
      "api_response_time_seconds system_sync_status system_sync_errors_total svyaz_system_up svyaz_turns_total svyaz_turn_seconds";
    const more =
      "svyaz_model_tokens_total svyaz_tool_calls_total svyaz_writes_total svyaz_approvals svyaz_jobs svyaz_alerts_open svyaz_audit_unsealed";
    expect(`${wanted} ${more}`.split(" ").filter((name) => !used.has(name))).toEqual([]);
  });
});

describe("the dashboard", () => {
  it("shows seconds as seconds, wherever a metric or its name speaks of them", () => {
    for (const { title, targets = [], fieldConfig } of panels)
      if (targets.some(({ expr }) => /histogram_quantile|time\(\)/.test(expr))) expect(fieldConfig?.defaults.unit, title).toBe("s");
      else expect(fieldConfig?.defaults.unit, title).not.toBe("s");
  });

  it("asks the data source that is provisioned, and lays no panel over another", () => {
    const { datasources } = parse(read("deploy/grafana/provisioning/datasources/prometheus.yml")) as { datasources: { uid: string }[] };
    for (const { datasource } of panels) expect(datasource?.uid).toBe(datasources[0]?.uid);
    const cells = new Set<string>();
    for (const { gridPos, title } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x},${y}`), `${title} at ${x},${y}`).toBe(false);
          cells.add(`${x},${y}`);
        }
    }
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  });

  it("lets one choose among the systems there are", () => {
    expect(dashboard.templating.list[0]?.query.query).toBe("label_values(svyaz_system_up, system)");
  });
});

describe("the alert rules", () => {
  it("are loaded by the Prometheus that the compose file starts, which reads Svyaz", () => {
    const prometheus = parse(read("deploy/prometheus/prometheus.yml")) as {
      rule_files: string[];
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    };
    expect(prometheus.scrape_configs[0]).toMatchObject({ job_name: "svyaz", static_configs: [{ targets: ["svyaz:8787"] }] });
    const mounted = (parse(read("docker-compose.yml")) as { services: { prometheus: { volumes: string[] } } }).services.prometheus.volumes;
    for (const file of prometheus.rule_files)
      expect(
        mounted.some((volume) => volume.includes(`:${file}:`)),
        file,
      ).toBe(true);
  });

  it("have a name of their own each, and docs/operations.md says what each means and what to do", () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    const listed = [...read("docs/operations.md").matchAll(/^\| `(Svyaz\w+)` \| .+ \| .+ \|$/gm)].map(([, name]) => name);
    expect(listed).toEqual(names);
  });

  it("name the thing that is wrong in their summary when there may be several", () => {
    for (const { expr, annotations, alert } of rules)
      for (const label of readQuery(expr).grouped.filter((one) => one !== "le"))
        expect(annotations.summary, alert).toContain(`$labels.${label}`);
  });
});
