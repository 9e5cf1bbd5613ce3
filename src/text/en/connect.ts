import type * as russian from "../ru/connect.js";

export const connect: typeof russian.connect = {
  link: (title, url, minutes) =>
    `Sign in to ${title} with your own account: [open the sign-in page](${url})\nThe link works for ${minutes} minutes, once, and for you alone: do not pass it on. The same command gives a new one.`,
  which: (command, systems) =>
    systems.length === 0
      ? "There are no systems to sign in to with one's own account yet. Administrator: they need CLIENT_ID and CLIENT_SECRET, see docs/connectors.md."
      : `Which system? Write: ${systems.map((system) => `/${command} ${system}`).join(", ")}`,
  notOffered: (title) => `You cannot sign in to ${title} with your own account: an administrator has not set that up.`,
  appRefusedTitle: (title) => `${title}: Svyaz's app is not accepted`,
  appRefusedText: (title, variables) =>
    `${title} does not accept Svyaz's app, so nobody's sign-in is renewed. Check ${variables.join(" and ")}: the secret may have been replaced in the integration's settings. Once it is right everything goes on by itself; nobody has to sign in again.`,
  adminsOnly: "Only an administrator can connect a system for everybody.",
  everybody: ["for all", "for everybody"],
  connected: (title) => `${title} is connected: from now on I work there with your rights.`,
  connectedAndOn: (title) => `${title} is connected. Here is your answer.`,
  disconnected: (title, revoked) =>
    revoked
      ? `${title} is disconnected: the access is revoked and erased.`
      : `${title} is disconnected: I erased the access. The system does not let me revoke it; if you wish, do so in its settings.`,
  notConnected: (title) => `${title} was not connected with your account.`,
  lostTitle: (title, person) => (person === undefined ? `${title}: sign in again` : `${title}: ${person} must sign in again`),
  lostText: (title, system, person) =>
    `${title} takes the stored sign-in no more. Until somebody signs in again, questions to it fail for ${person ?? "everybody"}. ` +
    (person === undefined ? `The command: svyaz connect ${system}` : `${person} writes to the bot: /connect ${system}`),
  needsAgain: (person) => `must sign in again${person === undefined ? "" : `: ${person}`}`,
  pages: {
    done: (title) => `Done: ${title} is connected. You can close this page; the answer comes to the chat.`,
    declined: (title) => `The sign-in to ${title} was cancelled. Nothing was kept. If that was a mistake, ask for a new link in the chat.`,
    failed: (title) => `The sign-in to ${title} did not work. Nothing was kept. Ask for a new link in the chat and try again.`,
    refused: {
      unknown: "This link does not fit: a newer one took its place, or it is wrong. Nothing was kept. Ask for a new one in the chat.",
      used: "This link was used already. If the sign-in did not work, ask for a new one in the chat.",
      expired: "The link's time is over: it works for 15 minutes. Nothing was kept. Ask for a new one in the chat.",
      "other-system": "This link was for signing in to another system. Nothing was kept. Ask for a new one in the chat.",
      "somebody-else":
        "That was somebody else's account. Nothing was kept. Sign out of the system, sign in with your own account, and ask for a new link in the chat.",
    },
  },
  cliLink: (url, minutes) => `Open in a browser (works for ${minutes} minutes, once):\n${url}`,
};
