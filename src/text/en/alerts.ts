import type { alerts as russian } from "../ru/alerts.js";

const marks = { critical: "🔴", warning: "🟡" } as const;

export const alerts: typeof russian = {
  heading: (state, level, title, times) => {
    if (state === "resolved") return `🟢 Over: ${title}`;
    return state === "repeated" ? `${marks[level]} Still so (${times} times): ${title}` : `${marks[level]} ${title}`;
  },
  mailFooter: (at, key) => `${at.toISOString()} · ${key}\nSee: svyaz doctor, and the log of the service.`,
  systemTitle: (title) => `${title}: Svyaz cannot work with it`,
  tokenTitle: (title) => `${title}: the access key ends soon`,
  tokenText: (title, until, days) =>
    `The key by which Svyaz works with ${title} is good until ${until} (${days > 0 ? `${days} ${days === 1 ? "day" : "days"} left` : "less than a day left"}). After that the system answers no more and its data grow old.\n\nMake a new key and set it: \`svyaz secret set\` or .env, then \`svyaz doctor\`.`,
  stalledTitle: (title) => `${title}: the data have not been renewed for long`,
  stalledText: (title, kinds, minutes) =>
    `The last good synchronisation of ${title} was ${minutes} minutes ago (${kinds}). Answers from search and history may be out of date; what is asked of the system itself is fresh.\n\nLook for the reason: \`svyaz doctor\`, the log of the service; run it by hand: \`svyaz sync\`.`,
  syncTitle: (title) => `${title}: synchronisation stopped`,
  syncText: (kind, code, operation) =>
    `Cannot read ${kind}: ${[code, operation].filter(Boolean).join(", ")}. What was read before stays and grows old.\n\nLook for the reason: \`svyaz doctor\`, the log of the service; then run \`svyaz sync\`.`,
  shrunkTitle: (title, kind) => `${title}: suddenly far fewer (${kind})`,
  shrunkText: (system, seen, stored, unreadable) =>
    `A full pass saw ${seen} of ${stored}${unreadable > 0 ? `, ${unreadable} more are unreadable` : ""}. Nothing was removed: an account that lost rights looks the same.\n\nIf there are fewer indeed, run \`svyaz sync ${system} --full --believe\`.`,
  rightsTitle: (title) => `${title}: rights cannot be read`,
  rightsText: (what, missed) =>
    `${what === "memberships" ? "Who belongs to which group" : "Who may read what"} could not be read ${missed} times in a row; what was read before holds. See: \`svyaz doctor\`.`,
  policyTitle: (file) => `${file}: the access policy has a mistake, the last good one holds`,
  retryQuestion: (title) => `${title}: check and synchronise once more?`,
  retry: "Check again",
  retryAdminsOnly: "This button is for administrators.",
  retryBegun: (title, by) => `${title}: checking and synchronising (${by})…`,
  retryFailed: (title, reason) => `🔴 ${title}: still does not work: ${reason}`,
  retrySyncFailed: (title, reason) => `🟡 ${title} answers, but synchronisation failed: ${reason}`,
  retryDone: (title, stored, removed) => `🟢 ${title} works. Records renewed: ${stored}, removed: ${removed}.`,
  retryLong: (title) => `🟢 ${title} answers; synchronisation goes on, /status shows how it ends.`,
  stormTitle: (count) => `${count} alerts at once`,
  sinkTitle: (sink) => `Alerts do not get through: ${sink}`,
  sinkText: (sink, reason) =>
    `${sink} does not take alerts: ${reason}. The other ways are told all the same, and this one will be tried again. Check its settings: svyaz doctor.`,
};
