import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Labels, Metrics } from "../domain/metrics.js";

type Kind = "counter" | "gauge" | "histogram";

/** Every number Svyaz tells about itself, in one place: dashboards and alert rules are checked against this list. */
export const metricList: Readonly<
  Record<string, { readonly kind: Kind; readonly help: string; readonly labels: readonly string[]; readonly buckets?: readonly number[] }>
> = {
  api_response_time_seconds: {
    kind: "histogram",
    help: "How long outside systems take to answer",
    labels: ["system", "endpoint"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
  svyaz_api_calls_total: { kind: "counter", help: "Calls to outside systems by how they ended", labels: ["system", "endpoint", "outcome"] },
  system_sync_status: { kind: "gauge", help: "1 when the last run of a system succeeded, else 0", labels: ["system"] },
  system_sync_errors_total: { kind: "counter", help: "Runs and records of a system that failed", labels: ["system"] },
  svyaz_sync_entities_total: {
    kind: "counter",
    help: "Entities stored or removed by synchronisation",
    labels: ["system", "kind", "change"],
  },
  svyaz_sync_fresh_timestamp_seconds: {
    kind: "gauge",
    help: "When the oldest kind of records of a system was last whole in the mirror, Unix time",
    labels: ["system"],
  },
  svyaz_index_backlog: { kind: "gauge", help: "Texts of a system in the mirror that search does not know yet", labels: ["system"] },
  svyaz_events_total: { kind: "counter", help: "Events that channels delivered", labels: ["channel", "kind"] },
  svyaz_turns_total: { kind: "counter", help: "Turns by how they ended", labels: ["outcome"] },
  svyaz_turn_seconds: { kind: "histogram", help: "How long a turn takes", labels: [], buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 40, 90] },
  svyaz_tool_calls_total: { kind: "counter", help: "Tool calls by outcome", labels: ["tool", "outcome"] },
  svyaz_model_tokens_total: { kind: "counter", help: "Tokens of the chat model", labels: ["direction"] },
  svyaz_model_failures_total: { kind: "counter", help: "Model calls that failed for good", labels: [] },
  svyaz_writes_total: { kind: "counter", help: "Confirmed writes by outcome", labels: ["tool", "outcome"] },
  svyaz_approvals: { kind: "gauge", help: "Cards that wait for a button, are agreed to or are being written", labels: ["state"] },
  svyaz_system_up: { kind: "gauge", help: "1 when the last health check of a system succeeded, else 0", labels: ["system"] },
  svyaz_webhooks_total: { kind: "counter", help: "Deliveries of systems' web hooks by what became of them", labels: ["system", "outcome"] },
  svyaz_jobs: { kind: "gauge", help: "Jobs that wait, run or have failed for good", labels: ["kind", "state"] },
  svyaz_jobs_total: { kind: "counter", help: "Runs of jobs by how they ended", labels: ["kind", "outcome"] },
  svyaz_job_seconds: { kind: "histogram", help: "How long a job runs", labels: ["kind"], buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 1800] },
  svyaz_schedule_runs_total: {
    kind: "counter",
    help: "Runs of people's schedules and looks of their subscriptions, by how they ended",
    labels: ["kind", "outcome"],
  },
  svyaz_alerts_total: { kind: "counter", help: "Alerts raised (each time anew) and resolved", labels: ["state"] },
  svyaz_alerts_open: { kind: "gauge", help: "Alerts that are not resolved", labels: ["level"] },
  svyaz_alert_deliveries_total: { kind: "counter", help: "Alerts handed to a sink, by how that ended", labels: ["sink", "outcome"] },
  svyaz_audit_unsealed: { kind: "gauge", help: "Audit rows that wait for the sealer", labels: [] },
  svyaz_channel_errors_total: { kind: "counter", help: "Calls to messengers that failed", labels: ["channel", "reason"] },
  svyaz_channel_limited_total: { kind: "counter", help: "Calls to messengers that were told to wait", labels: ["channel"] },
};

/** Prometheus metrics behind the domain's interface. A name or a label that is not on the list throws: it is a mistake in the code. */
export function createMetrics(): Metrics & { text(): Promise<string> } {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const [name, { kind, help, labels, buckets }] of Object.entries(metricList)) {
    const options = { name, help, labelNames: [...labels], registers: [registry] };
    if (kind === "counter") counters.set(name, new Counter(options));
    else if (kind === "gauge") gauges.set(name, new Gauge(options));
    else histograms.set(name, new Histogram({ ...options, buckets: [...(buckets ?? [])] }));
  }
  const declared = <T>(map: ReadonlyMap<string, T>, name: string): T => {
    const metric = map.get(name);
    if (!metric) throw new Error(`the metric ${name} is not on the list in watch/metrics.ts`);
    return metric;
  };
  return {
    count: (name: string, labels: Labels = {}, by = 1) => declared(counters, name).inc(labels, by),
    set: (name: string, value: number, labels: Labels = {}) => declared(gauges, name).set(labels, value),
    observe: (name: string, value: number, labels: Labels = {}) => declared(histograms, name).observe(labels, value),
    text: () => registry.metrics(),
  };
}
