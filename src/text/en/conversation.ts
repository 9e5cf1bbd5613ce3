import type * as russian from "../ru/conversation.js";
import { plural } from "../format.js";

const doneWords: Readonly<Record<string, string>> = {
  "create-deal": "created a",
  "create-lead": "created a",
  "move-deal": "moved the",
  "add-note": "added a",
  "create-task": "created a",
  "schedule-report": "set up the",
  subscribe: "set up the",
  "cancel-schedule": "carried out the",
};

const inSentence = (title: string) => `${title.slice(0, 1).toLowerCase()}${title.slice(1)}`;

export const conversation: typeof russian.conversation = {
  yes: "Write it",
  no: "Cancel",
  thinking: "Thinking…",
  working: "Looking…",
  unknownPerson:
    "Hello! I am Svyaz, the company's assistant. I don't know you yet. Ask an administrator for an invitation code (the command `svyaz people link <name>`) and send it here as one message.",
  linked: (name) =>
    `Done, ${name}: this chat is tied to your account. Ask me about a client, sales or documents, or write “what can you do”.`,
  codeRefused: "That code did not work: it is wrong, used or expired. Ask an administrator for a new one.",
  textNeeded: "I can't understand voice messages yet. Please write it as text.",
  filesNotRead: "I don't read files sent here yet. Please write your question as text.",
  empty: "I see no question in the message. Try, for example: “What did we have with Romashka over the last year?”",
  tooLong: (limit) =>
    `The message is too long: I read up to ${limit.toLocaleString("en-GB")} characters. Please shorten it, or ask the question separately.`,
  answeredPrivately: "I answered you in private: the answer has data that not everybody may see.",
  commandPrivately: "This is between the two of us: write it to me in a private chat.",
  openMeFirst:
    "The answer has data that not everybody may see, and I cannot write to you in private yet: open a chat with me, press Start, and ask again.",
  stopped: "Stopped.",
  busy: "Still thinking about the previous message; I answer in order.",
  failed: (id) =>
    `I could not answer because of an error on my side. Nothing was written. Please try again; if it happens again, tell an administrator the number ${id}.`,
  modelUnavailable: "The language model does not answer at the moment.",
  plannerInstead: "The language model does not answer at the moment, so I answer by simple rules, and reads only; I write nothing.",
  modelNonsense: "The language model returned an empty or unusable answer. Please try asking another way.",
  tooManySteps: "I stopped: the question took too many steps. Here is what I have; please narrow it down.",
  outOfTime: "I stopped: the answer took too long. Here is what I have.",
  nothingWritten: "Nothing was written.",
  done: (calls) => `Done so far: ${calls.join(", ")}.`,
  missing: (system, reason) => `No data from ${system}: ${reason}`,
  receipt: (title, tool) => `Done: ${doneWords[tool] ?? "wrote the"} ${inSentence(title)}`,
  pilotCard: "This is pilot mode: nothing is written. You can cancel the card; an administrator switches writing on.",
  rejected: (title) => `Cancelled, nothing was written: ${inSentence(title)}`,
  open: "Open",
  writing: "Writing…",
  writeFailed: (title, reason) => `Not written: ${inSentence(title)}. ${reason}`,
  outcomeUnknown: (title, system) =>
    `${system} did not confirm the write: ${inSentence(title)}. I am checking whether it arrived and will tell you; I do not write it again.`,
  gaveUp: (title, system) =>
    `I could not find out whether this was written: ${inSentence(title)}. I write nothing more; please check in ${system} by hand.`,
  recovered: (title) => `The write that a failure interrupted is complete: ${inSentence(title)}`,
  approval: {
    none: "There is no such card.",
    stranger: "Only the person who asked can confirm.",
    expired: "The card's time is over (15 minutes). Ask again and I will prepare a new one.",
    done: "Written already; I do not write it twice.",
    running: "Being written already.",
    agreed: "Confirmed already.",
    rejected: "The card was cancelled already.",
    failed: "The write for this card failed; please ask again.",
    unknown: "The outcome of this write is unknown; check in the system.",
    settled: "The card is closed already.",
    superseded: "A corrected card has taken the place of this one: confirm that one.",
    second: "Your yes is noted already; the second one is still missing. You can cancel the card.",
    overdue: "The card's time is over (a day). Nothing was written.",
    denied: "You may not write this any more. If you need it, ask an administrator.",
    changed: "The draft is not the one that was shown, so nothing was written.",
  },
  superseded: "The card before it is withdrawn; this one counts.",
  choiceGone: "That question is closed already. Please ask again.",
  validUntil: (time) => `Valid until ${time}`,
  indexing: (indexed, total) =>
    `The index holds ${indexed} ${plural(indexed, "en", "document", "documents", "documents")} of ${total} so far: loading goes on, so I searched the systems themselves as well.`,
};

export const errors: typeof russian.errors = {
  "secret-unreadable": () => "a stored secret cannot be decrypted; `svyaz doctor` helps an administrator.",
  "settings-invalid": () => "the settings are wrong; `svyaz doctor` helps an administrator.",
  "access-denied": () => "you have no right to do this. If you need it, ask an administrator.",
  "access-denied.policy": () => "you have no right to do this: your role does not allow it. If you need it, ask an administrator.",
  "access-denied.not-narrowable": () =>
    "you have no right to do this: the data cannot be cut down to what you may see. If you need all of it, ask an administrator.",
  "access-denied.pilot": () => "pilot mode: nothing is written; an administrator can switch writing on.",
  "access-denied.not-agreed": () => "it is not agreed to, or no longer. Please ask again.",
  "sign-in-needed": () => "the system did not accept Svyaz's key. Administrator: check it with `svyaz doctor`.",
  "connect-needed": (system) =>
    `you need to sign in with your own account: write “/connect ${system}” to me (in a private chat) and I go on.`,
  reconnect: (system) => `somebody has to sign in again; administrator: \`svyaz connect ${system}\`.`,
  "not-found": () => "not found.",
  "request-refused": () => "the system refused the request.",
  "answer-unexpected": () => "the system gave an answer I do not understand. An administrator finds details in the log.",
  "system-unavailable": () => "the system does not answer. Try again in a few minutes.",
  "too-many-requests": () => "the system asks to wait: too many requests. Try again in a minute.",
  "approval-unusable": () => "the confirmation is no longer valid.",
  "outcome-unknown": () => "the system did not confirm the write; I am checking.",
  internal: () => "an internal error.",
};
