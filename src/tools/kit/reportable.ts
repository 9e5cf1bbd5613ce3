import type { Day, Period } from "../../domain/numbers.js";
import type { PeriodUnit, RelativePeriod, Report } from "../../domain/schedule.js";
import type { ReadTool } from "../../domain/tool.js";
import { addMonths, endOfStep, startOfStep } from "../../reports/calendar.js";
import { clientHistory } from "../client-history.js";
import { integrationStatus } from "../integration-status.js";
import { listDeals } from "../list-deals.js";
import { listTasks } from "../list-tasks.js";
import { salesReport } from "../sales-report.js";
import { stockReport } from "../stock-report.js";

/** What may come by the clock: tools that read, and where the days of a period go in their input. */
const reportable: readonly { readonly tool: ReadTool; readonly days?: (input: Report["input"]) => readonly [from: string, to: string] }[] =
  [
    { tool: salesReport, days: () => ["from", "to"] },
    {
      tool: listDeals,
      days: ({ state }) => (state === "won" || state === "lost" ? ["closedFrom", "closedTo"] : ["createdFrom", "createdTo"]),
    },
    { tool: listTasks, days: () => ["dueFrom", "dueTo"] },
    { tool: clientHistory, days: () => ["from", "to"] },
    { tool: stockReport },
    { tool: integrationStatus },
  ];

export const reportTools = ["sales-report", "list-deals", "list-tasks", "client-history", "stock-report", "integration-status"] as const;

export function reportTool(name: string): ReadTool | undefined {
  return reportable.find(({ tool }) => tool.name === name)?.tool;
}

/** May days be put into this tool's input? */
export function takesDays(name: string): boolean {
  return reportable.some(({ tool, days }) => tool.name === name && days !== undefined);
}

/** The input of a report's tool as of `today`: the days of its period are counted anew. */
export function inputOn({ tool, input, period }: Report, today: Day): Report["input"] {
  const days = reportable.find((one) => one.tool.name === tool)?.days?.(input);
  if (!period || !days) return input;
  const { from, to } = daysOf(period, today);
  return { ...input, [days[0]]: from, [days[1]]: to };
}

const months: Readonly<Record<PeriodUnit, number>> = { day: 0, week: 0, month: 1, quarter: 3, year: 12 };

/** The days that a relative period is on that day. */
export function daysOf({ which, unit, count }: RelativePeriod, today: Day): Period {
  if (which === "past") return { from: back(back(today, count, unit), -1, "day"), to: today };
  const current = startOfStep(today, unit);
  if (which === "this") return { from: current, to: today };
  const last = back(current, 1, "day");
  return { from: startOfStep(back(current, count, unit), unit), to: endOfStep(last, unit) };
}

function back(day: Day, count: number, unit: PeriodUnit): Day {
  if (months[unit] > 0) return addMonths(day, -count * months[unit]);
  const length = unit === "week" ? 7 : 1;
  return new Date(Date.parse(`${day}T00:00:00Z`) - count * length * 86_400_000).toISOString().slice(0, 10);
}
