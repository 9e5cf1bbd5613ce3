import type { status as russian } from "../ru/status.js";

export const status: typeof russian = {
  words: ["status"],
  pilot: "🧪 Pilot mode: Svyaz answers questions and writes nothing.",
  columns: ["System", "State", "Data", "Next synchronisation"],
  caption: (count) => `${count} ${count === 1 ? "system" : "systems"} connected`,
  nothing: (argument) =>
    argument === ""
      ? "There are no systems that you may use. An administrator grants rights."
      : `None of the systems that you may use is called "${argument}".`,
  works: "works",
  unreadable: (count) => `files without readable text: ${count}`,
  live: "asked directly",
  never: "not read yet",
  runFailed: "the last synchronisation failed",
  noAlerts: "No open alerts.",
  alerts: (count) => `${count} open ${count === 1 ? "alert" : "alerts"}:`,
  since: (at, times) => `since ${at}${times > 1 ? `, ${times} times` : ""}`,
  noDeadJobs: "No jobs have failed for good.",
  deadJobs: (count) => `${count} ${count === 1 ? "job has" : "jobs have"} failed for good: see \`svyaz jobs\`.`,
};
