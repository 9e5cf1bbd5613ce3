import type { alerts as russian } from "../ru/alerts.js";

const marks = { critical: "🔴", warning: "🟡" } as const;

export const alerts: typeof russian = {
  heading: (state, level, title, times) => {
    if (state === "resolved") return `🟢 Over: ${title}`;
    return state === "repeated" ? `${marks[level]} Still so (${times} times): ${title}` : `${marks[level]} ${title}`;
  },
  mailFooter: (at, key) => `${at.toISOString()} · ${key}\nSee: svyaz doctor, and the log of the service.`,
  systemTitle: (title) => `${title}: Svyaz cannot work with it`,
  stormTitle: (count) => `${count} alerts at once`,
  sinkTitle: (sink) => `Alerts do not get through: ${sink}`,
  sinkText: (sink, reason) =>
    `${sink} does not take alerts: ${reason}. The other ways are told all the same, and this one will be tried again. Check its settings: svyaz doctor.`,
};
