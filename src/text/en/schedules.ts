import { plural } from "../format.js";
import type { schedules as russian } from "../ru/schedules.js";

const daysOf = (count: number) => `${count} ${plural(count, "en", "day", "days", "days")}`;
const lastDays = (count: number) => (count === 1 ? "the last day" : `the last ${daysOf(count)}`);
const quoted = (text: string) => `“${text}”`;

/** Reports by the clock and subscriptions. */
export const schedules: typeof russian = {
  reportTitle: (title) => `Scheduled report ${quoted(title)}`,
  watchTitle: (title) => `Subscription ${quoted(title)}`,
  cancelTitle: (title, id) => `Cancellation of no. ${id} ${quoted(title)}`,
  what: "What",
  when: "When",
  where: "Where to",
  next: "Next",
  period: "Period",
  filter: "Parameters",
  rights: "Rights",
  rightsLine: "yours, as they are at that moment",
  here: "to this chat",
  privately: "to you in private",
  terminal: "to a terminal",
  whileOpen: "to this terminal while it is open; link a messenger to have it there",
  reports: {
    "sales-report": "sales and purchases",
    "list-deals": "deals",
    "list-tasks": "tasks",
    "client-history": "a client's history",
    "stock-report": "stock",
    "integration-status": "state of the systems",
  },
  parameters: {
    measure: "figure",
    step: "step",
    by: "split by",
    where: "only",
    top: "first",
    compare: "comparison",
    chart: "chart",
    spreadsheet: "Excel file",
    from: "from",
    to: "to",
    client: "client",
    state: "state",
    stage: "stage",
    pipeline: "pipeline",
    owner: "whose",
    amountFrom: "amount from",
    amountTo: "amount up to",
    createdFrom: "created from",
    createdTo: "created up to",
    closedFrom: "closed from",
    closedTo: "closed up to",
    idleDays: "days without activity",
    item: "item",
    warehouse: "warehouse",
    system: "system",
  },
  values: {
    me: "yours",
    open: "open",
    won: "won",
    lost: "lost",
    day: "day",
    week: "week",
    month: "month",
    quarter: "quarter",
    year: "year",
    revenue: "revenue",
    cost: "cost",
    margin: "margin",
    quantity: "quantity",
    orders: "orders",
    purchases: "purchases",
    item: "items",
    "item-group": "item groups",
    customer: "clients",
    warehouse: "warehouses",
    region: "regions",
    true: "yes",
    false: "no",
  },
  relative: (which, unit, count) => {
    if (which === "this") return unit === "day" ? "today" : `this ${unit}`;
    if (which === "previous" && count === 1) return unit === "day" ? "yesterday" : `last ${unit}`;
    const many = `${count} ${plural(count, "en", unit, `${unit}s`, `${unit}s`)}`;
    return which === "previous" ? `${many} before the current one` : `${many} up to the day of the report`;
  },
  conditions: {
    document: (text, now) =>
      `a new document that holds the words ${quoted(text)} (there are ${now} you may read now; I stay silent about those)`,
    metric: (measure, direction, percent, days) =>
      `${measure.slice(0, 1).toLowerCase()}${measure.slice(1)} over ${lastDays(days)} ${direction} by ${percent}% or more against the ${days === 1 ? "day" : daysOf(days)} before`,
    stage: (deal, stage) =>
      stage ? `the deal ${quoted(deal)} comes to the stage ${quoted(stage)}` : `the deal ${quoted(deal)} changes its stage`,
    lead: "a new deal or enquiry that you are responsible for",
  },
  looks: (kind) => (kind === "metric" ? "I look once an hour" : "I look every 5 minutes"),
  onceEach: "each event is told once",
  unreadable: (cron) =>
    `I do not understand the schedule ${quoted(cron)}. Say when to send it, for example “every Monday at 9” or “on weekdays at 8:30”.`,
  tooOften: "I send no report more often than every 15 minutes. Please name a rarer time.",
  never: "There is no such time. Say when to send it, for example “on the 1st of each month at 9”.",
  tooMany: (most) =>
    `You have ${most} schedules and subscriptions, and that is the most. Cancel some: “my subscriptions”, then “cancel no. …”.`,
  noPlace: "I send reports in private only, and know no private chat of yours. Write to me in private and ask again.",
  badInput: (reason) => `I cannot make such a report: ${reason}`,
  needsAnswer: (reason) => `A schedule needs an exact name. ${reason}`,
  severalClients: (asked, names) => `Several fit ${quoted(asked)}: ${names.join("; ")}.`,
  noWords: "Documents with which words? Name a subject or a client, for example “contract with Romashka”.",
  tooManyDocuments: (text, most) =>
    `More than ${most} documents hold the words ${quoted(text)}, so there would be too many notices. Add a word, such as a client.`,
  noMeasure: (offered) => `There is no such figure. There are: ${offered.join(", ")}.`,
  noUser: "I do not know who you are in the CRM, so I would not know your enquiries. Ask an administrator to link your account.",
  alreadyThere: (deal, stage) => `The deal ${quoted(deal)} is at the stage ${quoted(stage)} already.`,
  alreadyClosed: (deal, stage) => `The deal ${quoted(deal)} is closed (${stage}) and will come to no other stage.`,
  none: "You have no schedules or subscriptions. Ask, for example: “every Monday at 9 send me sales for last week”.",
  count: (reports, watches) =>
    `You have ${reports} scheduled ${plural(reports, "en", "report", "reports", "reports")} and ${watches} ${plural(watches, "en", "subscription", "subscriptions", "subscriptions")}. To end one: “cancel no. …”.`,
  columns: ["No.", "What", "When", "Next", "Where to", "State"],
  states: { active: "active", paused: "waits: no right to it", failing: "failing, still trying" },
  cancelNone: "There is nothing to cancel: you have no schedules or subscriptions.",
  cancelUnknown: (asked, offered) =>
    `I do not find ${quoted(asked)} among your schedules and subscriptions. There are: ${offered.join("; ")}. Which one shall I cancel? Give its number.`,
  cancelSeveral: (asked, offered) =>
    `${asked === "" ? "You have several schedules and subscriptions" : `Several fit ${quoted(asked)}`}: ${offered.join("; ")}. Which one shall I cancel? Give its number.`,
  numbered: (id, title) => `no. ${id} ${quoted(title)}`,
  report: (title, id) => `🗓 **${title}** (no. ${id})`,
  event: (title, id) => `🔔 **${title}** (no. ${id})`,
  late: (due) => `This report was due ${due} and could not be sent then.`,
  unclear: "A name in this report is no longer clear: cancel it and ask again with the exact name.",
  paused: (title, id, reason) =>
    `⏸ **${title}** (no. ${id}): I stop sending it: ${reason} When the right is back I go on by myself; to end it: “cancel no. ${id}”.`,
  failed: (title, id, reason, next) => `⚠ **${title}** (no. ${id}) failed: ${reason} Next try: ${next}.`,
  newDocuments: (count) => (count === 1 ? "There is a new document:" : `There are ${count} new documents:`),
  crossed: (measure, direction, percent, days, now, was) =>
    `${measure}: ${direction === "falls" ? "−" : "+"}${percent}% over ${lastDays(days)} (was ${was}, is ${now}).`,
  stageReached: (deal, stage) => `The deal ${quoted(deal)} is now at the stage ${quoted(stage)}.`,
  dealClosed: (deal, stage) => `The deal ${quoted(deal)} is closed: ${stage}. I no longer watch it.`,
  dealGone: (deal) => `The deal ${quoted(deal)} is no longer among those you see. I no longer watch it.`,
  newLeads: (titles, count) =>
    `${count === 1 ? "A new deal of yours" : `${count} new deals of yours`}: ${titles.join("; ")}${count > titles.length ? "; …" : ""}.`,
  alertTitle: (id, owner) => `Schedule no. ${id} (${owner}) does not run`,
  alertText: (id, owner, failures, reason) =>
    `Schedule no. ${id} of ${owner} has failed ${failures} times in a row: ${reason}\n\nLook for the reason: \`svyaz doctor\`, the service's log. The alert goes away by itself when a report succeeds or its owner cancels it.`,
  endedTitle: (owner) => `The schedules of ${owner} have ended: the person is gone`,
  endedText: (owner, titles) =>
    `${owner} was removed, so this is no longer sent: ${titles.map(quoted).join(", ")}. If a report is needed, whoever reads it should ask for it.`,
};
