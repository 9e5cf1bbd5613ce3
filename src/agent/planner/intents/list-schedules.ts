import type { Intent } from "../intent.js";

/** «мои подписки», «что ты мне присылаешь», "what am I subscribed to" */
export const listSchedules: Intent = {
  name: "list-schedules",
  kind: "read",
  vocabulary: {
    schedules:
      "подписка, подписки, подписок, подписку, подписками, подпискам, уведомления, уведомление, уведомлений, оповещения, рассылки, рассылка, рассылку, мои расписания, мое расписание, покажи расписание, что по расписанию, что у меня по расписанию, что в расписании, what is scheduled, what's scheduled, мое расписание отчетов, отчеты по расписанию, отчёты по расписанию, отчетов по расписанию, регулярные отчеты, регулярные отчёты, запланированные отчеты, мои отчеты, мои отчёты, моих отчетов, моих отчётов, my reports, schedules, subscriptions, subscription, notifications, scheduled reports, recurring reports, regular reports, my alerts, my schedule",
    "sends-me":
      "ты мне присылаешь, мне присылаешь, ты присылаешь, мне приходит, мне приходят, на что я подписан, на что я подписана, я подписан, я подписана, следишь, за чем ты следишь, за чем следишь, do you send me, you send me, am i subscribed, i am subscribed, i'm subscribed, are you watching, do you watch",
  },
  cues: [
    [9, "schedules", "!no-more", "!stop-it"],
    [3, "schedules", "show"],
    [3, "schedules", "me"],
    [2, "schedules", "asks-which"],
    [14, "sends-me", "!no-more", "!stop-it"],
    [3, "sends-me", "asks-what"],
    [-6, "system"],
    [-8, "document"],
    [-9, "first:notify"],
    [-9, "recurs", "send-again"],
  ],
  build: () => ({ kind: "call", input: {} }),
};
