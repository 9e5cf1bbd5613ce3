import { formatNumber } from "../format.js";
import type { notices as russian } from "../ru/notices.js";

const days = (count: number) => `${formatNumber(count, "en", 0)} ${Math.round(count) === 1 ? "day" : "days"}`;
const times = (ratio: number) => formatNumber(ratio, "en", 1);

export const notices: typeof russian = {
  lead: (title) => `🆕 **New lead: ${title}**`,
  won: (title) => `✅ **Deal won: ${title}**`,
  lost: (title) => `❌ **Deal lost: ${title}**`,
  client: (name) => `Client: ${name}`,
  owner: (name) => `Responsible: ${name}`,
  amount: (money) => `Amount: ${money}`,
  score: (score) => `**Score: ${score} of 100**`,
  points: (why, points, of) => `• ${why}: ${points} of ${of}`,
  similarShare: (share, count, bySize) =>
    `of ${count} closed deals of the pipeline${bySize ? " of a similar amount" : ""} ${formatNumber(share * 100, "en", 0)} % were won`,
  similarNone: "there are no closed deals to compare with",
  amountRatio: (ratio) => `the amount is ${times(ratio)} of the median of won deals`,
  amountUnknown: "the amount is not given, or there is nothing to compare it with",
  clientBefore: (won, lost) => `the client's earlier deals: ${won} won, ${lost} lost`,
  clientNew: "no deal with this client has been closed yet",
  contactWhole: "the contact details are complete",
  contactMissing: (missing) => `missing: ${missing.join(", ")}`,
  missing: { phone: "phone", email: "e-mail", client: "client in the card" },
  history: (open, won, lost, money, last) =>
    `The client's history: ${open} open, ${won} won${money ? ` for ${money}` : ""}, ${lost} lost${last ? `; last changed ${last}` : ""}.`,
  noHistory: "There are no other deals with this client.",
  examples: (titles) => `Similar: ${titles.join("; ")}.`,
  ended: { won: "won", lost: "lost" },
  next: {
    "find-contact": "Next step: find a phone or an e-mail; the lead cannot be reached without.",
    "call-today": "Next step: call today, the lead is a strong one.",
    "recall-last": "Next step: call and recall the last deal that went well.",
    qualify: "Next step: ask about need and budget in a message.",
  },
  cycle: (own) => `Cycle: ${days(own)}`,
  cycleAgainst: (won, lost) =>
    [...(won === undefined ? [] : [`won ones usually take ${days(won)}`]), ...(lost === undefined ? [] : [`lost ones ${days(lost)}`])].join(
      ", ",
    ),
  amountAgainst: (won, lost) =>
    [...(won === undefined ? [] : [`median of won ones ${won}`]), ...(lost === undefined ? [] : [`of lost ones ${lost}`])].join(", "),
  discount: (discount) => `Discount: ${discount}`,
  lossReason: (reason) => `Reason of the loss: ${reason}`,
  usualReason: (reason) => `the reason most often given is "${reason}"`,
  longer: (ratio) => `it took ${times(ratio)} times as long as a usual won deal`,
  shorter: (ratio) => `it was ${times(ratio)} times as fast as a usual won deal`,
  larger: (ratio) => `its amount was ${times(ratio)} times that of a usual won deal`,
  smaller: (ratio) => `its amount was ${times(ratio)} times less than that of a usual won deal`,
  differed: (differences) => `What differed: ${differences.join("; ")}.`,
  nothingDiffered: "It did not differ much from similar deals.",
};
