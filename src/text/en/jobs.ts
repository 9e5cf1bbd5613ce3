import type { jobs as russianJobs, webhooks as russianWebhooks } from "../ru/jobs.js";

export const jobs: typeof russianJobs = {
  kind: (kind, waiting, running) => `${kind.padEnd(12)} ${waiting} waiting, ${running} running`,
  schedule: (kind, key, cron, timeZone) => `  by the clock: ${kind} ${key} · ${cron} (${timeZone})`,
  noDead: "No jobs have failed for good.",
  dead: (id, what, at, tries, reason) => `✗ ${id} ${what} · ${at}, ${tries} ${tries === 1 ? "try" : "tries"}: ${reason}`,
  howTo: "To try again: svyaz jobs retry [id]; to drop: svyaz jobs bury <id>",
  revived: (count) => `Back in the queue: ${count}.`,
  buried: (id) => `Dropped: ${id}.`,
};

export const webhooks: typeof russianWebhooks = {
  registered: (system, url) => `${system}: the web hook is registered: ${url}`,
  renewed: (system) => `${system}: the web hook was registered already, its settings are renewed.`,
  byHand: (system, url) =>
    `${system}: the system's API registers no web hooks. Enter the address in its settings yourself (it holds a secret, show it to nobody):\n${url}`,
  noList: (system) => `${system}: the system's API does not manage web hooks; see its settings`,
  none: (system) => `${system}: there are no web hooks.`,
  removed: (system, id) => `${system}: the web hook ${id} is removed.`,
  notOurs: (system) => `${system}: our web hook is not there; list: svyaz webhooks list ${system}`,
  takesNone: (system) => `${system}: no web hooks are taken for this system, its changes are read every five minutes`,
  needsUrl: "set SVYAZ_PUBLIC_URL: the address by which the system reaches Svyaz, for example https://svyaz.example.com",
};
