import { plural } from "../format.js";

/** What there is too much of. */
export const limits = {
  allowances: {
    turns: "questions",
    calls: "calls to systems",
    tokens: "text for the language model",
    cost: "money for the language model",
  },
  spent: (resetsAt: string) => `Today's limit is used up: we can go on after ${resetsAt}, or ask your administrator if it cannot wait.`,
  tooManyWaiting: (most: number) =>
    `Too many messages at once: ${most} ${plural(most, "en", "is", "are", "are")} still waiting for an answer, and I leave out this one and those after it. Write again when the earlier ones are answered.`,
  requestNumber: (id: string) => `Request number for the administrator: ${id}.`,
  alertTitle: (holder: string) => `The day's limit is used up: ${holder}`,
  alertText: (what: string, limit: number) =>
    `Used up: ${what}, the limit is ${limit.toLocaleString("en-GB")} a day. Requests are refused until midnight by the company's clock. If this is neither a mistake nor abuse, raise the limit in the settings SVYAZ_DAY_….`,
  loopTitle: (person: string) => `The language model goes round in circles: ${person}`,
  loopText: (trace: string) =>
    `Request ${trace} was stopped: too many steps. The person was told. Details: svyaz audit export and the log, by this number.`,
};
