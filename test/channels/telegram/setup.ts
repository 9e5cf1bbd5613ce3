import type { InboxEvent } from "../../../src/domain/message.js";
import { createTelegram, type TelegramOptions } from "../../../src/channels/telegram/index.js";
import { createMetrics } from "../../../src/watch/metrics.js";
import type { Log } from "../../../src/domain/log.js";
import { type FakeTelegram, startFakeTelegram } from "../../fakes/telegram/index.js";
import { onePixel, wording } from "../kit/wording.js";

export const anna = 111_000_111;
export const boris = 222_000_222;
export const team = -4_001;
export const forum = -100_500;

/** A log that keeps its lines. */
export function keptLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const line = (message: string, details?: unknown) => void lines.push(`${message} ${JSON.stringify(details ?? {})}`);
  const log = { lines, debug: line, info: line, warn: line, error: line, with: () => log };
  return log;
}

/** The fake Bot API with two people, a group and a forum, and the real channel in front of it. */
export async function openTelegramWorld(options: Partial<TelegramOptions> = {}) {
  const telegram: FakeTelegram = await startFakeTelegram();
  telegram.people.add(anna, "Анна", { username: "anna" });
  telegram.people.add(boris, "Борис", { username: "boris" });
  telegram.people.addGroup(team, "Продажи");
  telegram.people.addGroup(forum, "Форум", [7]);
  const log = keptLog();
  const metrics = createMetrics();
  const settings: TelegramOptions = {
    token: telegram.token,
    apiRoot: telegram.apiRoot,
    mode: { kind: "polling" },
    drawChart: async () => onePixel,
    allowedHosts: ["wiki.example.com"],
    language: "ru",
    words: wording,
    commands: {
      ru: [{ command: "start", description: "Начать" }],
      en: [{ command: "start", description: "Begin" }],
    },
    log,
    metrics,
    now: () => new Date("2026-11-20T09:00:00.000Z"),
    ...options,
  };
  const channel = createTelegram(settings);
  const events: InboxEvent[] = [];
  const inbox = { take: async (event: InboxEvent) => void events.push(event) };
  return { telegram, channel, settings, log, metrics, events, inbox };
}
