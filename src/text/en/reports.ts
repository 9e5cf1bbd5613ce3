import type { Day } from "../../domain/numbers.js";
import { formatDay, plural } from "../format.js";
import type { reports as russian } from "../ru/reports.js";

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const monthOf = (at: Day) => Number(at.slice(5, 7)) - 1;
const quarterOf = (at: Day) => `Q${Math.floor(monthOf(at) / 3) + 1}`;

const measures: Record<string, string> = {
  revenue: "Revenue",
  cost: "Cost of sales",
  margin: "Gross margin",
  quantity: "Quantity sold",
  orders: "Customer orders",
  purchases: "Purchases",
};
const nouns: Record<string, string> = {
  item: "item",
  "item-group": "item group",
  customer: "customer",
  warehouse: "warehouse",
  region: "region",
};
const noun = (split: string) => nouns[split] ?? split;

export const reports: typeof russian = {
  reading: (system) => `Counting in ${system}…`,
  measure: (id, title) => (measures[id] ? (title ? `${measures[id]} (“${title}”)` : measures[id]) : title || id),
  measureOnly: { revenue: "revenue", cost: "cost", margin: "margin", quantity: "quantity", orders: "orders", purchases: "purchases" },
  by: (split) => `by ${noun(split)}`,
  split: { item: "Item", "item-group": "Item group", customer: "Customer", warehouse: "Warehouse", region: "Region" },
  unit: { pcs: "pcs", orders: "orders" },
  counted: (amount, whole, unit) =>
    unit === "orders" ? `${amount} ${plural(whole, "en", "order", "orders", "orders")}` : `${amount} ${unit}`,
  percent: (signed) => `${signed}%`,
  period: (from, to) => (from === to ? formatDay(from, "en") : `${formatDay(from, "en")} – ${formatDay(to, "en")}`),
  stepColumn: { day: "Day", week: "Week from", month: "Month", quarter: "Quarter", year: "Year" },
  step: (at, step) =>
    step === "month"
      ? `${months[monthOf(at)]} ${at.slice(0, 4)}`
      : step === "quarter"
        ? `${quarterOf(at)} ${at.slice(0, 4)}`
        : step === "year"
          ? at.slice(0, 4)
          : step === "week"
            ? `week from ${formatDay(at, "en")}`
            : formatDay(at, "en"),
  stepShort: (at, step) =>
    step === "month"
      ? `${months[monthOf(at)]?.slice(0, 3)} ${at.slice(2, 4)}`
      : step === "quarter"
        ? `${quarterOf(at)} ${at.slice(2, 4)}`
        : step === "year"
          ? at.slice(0, 4)
          : `${Number(at.slice(8))} ${months[monthOf(at)]?.slice(0, 3)}`,

  stepBare: (at, step) => (step === "month" ? (months[monthOf(at)]?.slice(0, 3) ?? "") : step === "quarter" ? quarterOf(at) : ""),
  cut: (step, edge, day) => `${step}, ${edge} ${Number(day.slice(8))} ${months[monthOf(day)]?.slice(0, 3)}`,

  heading: (measure, split, filters, period) => [[measure, split].filter(Boolean).join(" "), ...filters].join(", ") + `, ${period}`,
  filter: (split, names, more) => `${noun(split)}: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`,
  total: (heading, amount, system) => `${heading}: ${amount} (${system}).`,
  alsoAmount: (amount) => `Worth ${amount}.`,
  change: (against, period, percent, signed, was) =>
    `Against ${against === "before" ? "the period before" : "the same days a year ago"} (${period}): ${percent ? `${percent}, ` : ""}${signed}; it was ${was}.`,
  noComparison: (against, period) =>
    `There are no figures for ${against === "before" ? "the period before" : "the same days a year ago"} (${period}) to compare with.`,
  bestAndWorst: (step, best, bestAmount, worst, worstAmount) =>
    `Best${step === "week" ? "" : ` ${step}`}: ${best} (${bestAmount}), worst: ${worst} (${worstAmount}).`,
  average: (step, amount) => `Average of ${step === "day" ? "a day" : `a whole ${step}`}: ${amount}.`,
  lastChange: (_step, now, before, percent) => `${now} against ${before}: ${percent}.`,
  unfinished: (step, until) => `${step} is incomplete, up to ${formatDay(until, "en")}, and is not compared with whole ones.`,
  gaps: (steps, more) => `No figures for: ${steps.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
  leaders: (names) => `The largest: ${names.join("; ")}.`,
  leader: (name, amount, share) => `${name} — ${amount}${share ? ` (${share}%)` : ""}`,
  membersCount: (count, split) => `${count} ${plural(count, "en", noun(split), `${noun(split)}s`, `${noun(split)}s`)} in all.`,
  others: (count) => `Others (${count})`,
  share: "Share, %",
  changeBefore: "Against before, %",
  yearAgo: "A year ago",
  changeYear: "Against last year, %",
  whole: "Total",
  compared: (before, year) => [before && `Period before: ${before}.`, year && `A year ago: ${year}.`].filter(Boolean).join(" "),
  note: (system, at) => `Source: ${system}, figures as of ${at}`,
  sheetSteps: "By period",
  sheetSplit: "Breakdown",
  empty: (heading, system) =>
    `${heading}: nothing found in ${system}. Check the period and the filters, or ask without filters, for example for the last year.`,
  noSystem: "No accounting system (ERP) is connected, so there are no figures to take. An administrator can connect one.",
  future: (day) => `That period has not begun: it starts on ${formatDay(day, "en")}.`,
  reversed: (from, to) => `The period starts (${formatDay(from, "en")}) after it ends (${formatDay(to, "en")}). Which days do you mean?`,
  cutToToday: (day) => `The period is taken up to today, ${formatDay(day, "en")}.`,
  noMeasure: (measure, system, offered) => `${system} has no measure “${measure}”. It has: ${offered.join(", ") || "none"}.`,
  noSplit: (measure, split, offered) =>
    `“${measure}” cannot be counted by ${noun(split)}. Possible: ${offered.map((one) => `by ${noun(one)}`).join(", ") || "only as a whole"}.`,
  tooManySteps: "The step is too fine for such a period. Take a coarser step or a shorter period.",
  unknownMember: (split, text, system) => `${system} knows no ${noun(split)} “${text}”.`,
  whichMember: (split, text) => `Which ${noun(split)} do you mean by “${text}”?`,
  severalMembers: (text, names) => `“${text}” fits several: ${names.join(", ")}.`,
  nearestMembers: (text, names) => `There is no “${text}” exactly. Similar: ${names.join(", ")}.`,

  stock: {
    heading: (goods, warehouse) => ["Stock", goods, warehouse && `warehouse: ${warehouse}`].filter(Boolean).join(", "),
    ofItem: (name) => `item: ${name}`,
    ofGroup: (name) => `group: ${name}`,
    ofAsked: (asked) => `items called “${asked}”`,
    item: "Item",
    warehouse: "Warehouse",
    unit: "Unit",
    onHand: "On hand",
    reserved: "Reserved",
    free: "Free",
    onTheWay: "Expected",
    one: (name, onHand, reserved, free, onTheWay, unit) =>
      `${name}: ${onHand}${unit} on hand, ${reserved} reserved, ${free} free${onTheWay === undefined ? "" : `, ${onTheWay} expected`}.`,
    places: (parts) => `By warehouse: ${parts.join("; ")}.`,
    place: (warehouse, onHand, free) => `${warehouse} — ${onHand}, ${free} free`,
    many: (heading, items, lines, system) =>
      `${heading} (${system}): ${items} ${plural(items, "en", "item", "items", "items")}, ${lines} ${plural(lines, "en", "line", "lines", "lines")} by warehouse.`,
    noneFree: (items) => `${items} ${plural(items, "en", "item has", "items have", "items have")} no free stock.`,
    asOf: (at) => `As of ${at}.`,
    empty: (heading, system) => `${heading}: there is nothing in ${system}. Check the name, or ask without a warehouse.`,
    noStock: (system) => `${system} cannot show stock.`,
  },
};
