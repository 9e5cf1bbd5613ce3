import type * as russian from "../ru/access.js";

export const access: typeof russian.access = {
  secondLine: { label: "Second yes", value: "needed: after you I ask somebody who may agree" },
  secondAsks: (name) => `**${name}** asks you to agree. It is written in the asker's name and with the asker's rights.`,
  secondYes: "Agree",
  secondNo: "Refuse",
  secondWaits: (title, names, until) =>
    `Your yes is noted: ${title}. A second yes is needed now: I asked ${names}. The card is valid until ${until}; nothing is written yet.`,
  secondUnreachable: (title, commands, until) =>
    `Your yes is noted: ${title}. A second yes is needed now, but there is nobody I could send it to in a messenger. Until ${until} it can be given by: ${commands.map((command) => `\`${command}\``).join(" or ")}. Nothing is written yet.`,
  secondNobody: (title, until) =>
    `Your yes is noted: ${title}. A second yes is needed, but nobody may give it at the moment: ask an administrator. The card is valid until ${until}; nothing is written yet.`,
  secondAgreed: (title, name) => `You agreed: ${title} (asked by ${name}).`,
  secondRejected: (title, name) => `You refused: ${title} (asked by ${name}). Nothing was written.`,
  secondSettled: (title, name) => `Settled already, ${name} answered. ${title}`,
  secondExpired: (title) => `Time is over, nobody gave the second yes within a day. Nothing was written: ${title}`,
  agreedBy: (title, name) => `The second yes has come (${name}): ${title}`,
  rejectedBy: (title, name) => `Refused (${name}), nothing was written: ${title}`,
  personRemoved: (id, cards) => `${id}: no access any more, accounts unlinked, cards closed: ${cards}.`,
  unknownRole: (role, known) => `The access policy has no role “${role}”. There are: ${known.join(", ")}.`,
  policyStandard: "the standard policy, no file",
  policyFrom: (file) => `the policy of ${file}`,
  policyFine: (file) => `The access policy is right: ${file}.`,
  rolesWithoutLine: (people) => `Roles that the policy does not have give nothing: ${people}`,
  scopes: { own: "own", department: "department", all: "all" },
  verbs: { read: "read", create: "create", change: "change" },
  denied: "no",
  needsSecond: "with a second yes",
  secondAbove: (limit) => `a second yes above ${limit}`,
  denyAbove: (limit) => `never above ${limit}`,
  noSuggestions: (system) => `${system}: no new matches by e-mail.`,
  suggestion: (person, principal, name, email) => `${person} ↔ ${principal} (${name}, ${email})`,
  confirmSuggestions: (system) => `Nothing is linked yet. To link all of them: svyaz people suggest ${system} --confirm`,
  suggestFailed: (system, reason) => `${system}: its users could not be read: ${reason}`,
};
