import type { Instance } from "../connectors/kit/define.js";
import type { Channel } from "../domain/channel.js";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import type { ChartSpec } from "../domain/numbers.js";
import type { Server } from "../platform/server.js";
import type { Settings } from "../platform/settings.js";
import { renderChart } from "../reports/chart.js";
import { texts } from "../text/texts.js";
import { channelWords } from "../text/wordings.js";

/** The messengers that have a token; their libraries are loaded only then. */
export async function messengers(parts: {
  settings: Settings;
  server: Server;
  log: Log;
  metrics: Metrics;
  now: () => Date;
  allowedHosts: readonly string[];
}): Promise<readonly Channel[]> {
  const { settings, server, log, metrics, now, allowedHosts } = parts;
  const language = settings.SVYAZ_LANGUAGE;
  const words = { ru: channelWords("ru", settings.SVYAZ_TIME_ZONE), en: channelWords("en", settings.SVYAZ_TIME_ZONE) };
  const drawChart = (chart: ChartSpec, caption: string) => renderChart(chart, { title: caption, language });
  const shared = { drawChart, allowedHosts, language, words, log, metrics, now };
  const channels: Channel[] = [];
  if (settings.TELEGRAM_BOT_TOKEN) {
    const { createTelegram } = await import("../channels/telegram/index.js");
    const secretToken = settings.TELEGRAM_WEBHOOK_SECRET;
    channels.push(
      createTelegram({
        ...shared,
        token: settings.TELEGRAM_BOT_TOKEN,
        apiRoot: settings.TELEGRAM_API_ROOT,
        commands: { ru: texts("ru").channels.commands, en: texts("en").channels.commands },
        mode: secretToken
          ? {
              kind: "webhook",
              secretToken,
              url: new URL("/webhooks/telegram", settings.SVYAZ_PUBLIC_URL).href,
              register: (handler) => server.route({ method: "POST", path: "/webhooks/telegram", handler }),
            }
          : { kind: "polling" },
      }),
    );
  }
  if (settings.SLACK_BOT_TOKEN) {
    const { createSlack } = await import("../channels/slack/index.js");
    const signingSecret = settings.SLACK_SIGNING_SECRET;
    channels.push(
      createSlack({
        ...shared,
        botToken: settings.SLACK_BOT_TOKEN,
        appToken: settings.SLACK_APP_TOKEN,
        http:
          settings.SLACK_APP_TOKEN || !signingSecret
            ? undefined
            : { signingSecret, register: (handler) => server.route({ method: "POST", path: "/slack/events", handler }) },
        slackApiUrl: settings.SLACK_API_URL,
      }),
    );
  }
  return channels;
}

/** Where links in answers may lead: the connected systems' own addresses, and our own, where signing in begins. */
export function hostsOf(instances: readonly Pick<Instance, "settings">[], own: string): readonly string[] {
  const addresses = instances.map(({ settings }) => (settings as { readonly BASE_URL?: unknown }).BASE_URL);
  return [own, ...addresses].flatMap((one) => (typeof one === "string" ? [new URL(one).hostname] : []));
}
