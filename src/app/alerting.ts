import type { Alert } from "../domain/alert.js";
import type { Channel } from "../domain/channel.js";
import type { Log } from "../domain/log.js";
import type { Address, Block } from "../domain/message.js";
import type { Metrics } from "../domain/metrics.js";
import type { Database } from "../platform/database.js";
import type { Settings } from "../platform/settings.js";
import { texts } from "../text/texts.js";
import { type AlertService, createAlerts } from "../watch/alerts.js";
import { createSinks } from "../watch/sinks.js";

export interface AlertingParts {
  readonly settings: Settings;
  readonly database: Database;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly now: () => Date;
  /** The admins' room. */
  readonly room: Address | undefined;
  readonly channel: (id: string) => Channel | undefined;
  /** Buttons below an alert in the admins' room. */
  readonly actions: (alert: Pick<Alert, "system">) => Promise<readonly Block[]>;
}

/** Alerts in the company's language, to every place that the settings name. */
export function createAlerting({ settings, room, channel, actions, ...shared }: AlertingParts): AlertService {
  const language = settings.SVYAZ_LANGUAGE;
  const words = texts(language).alerts;
  return createAlerts({
    ...shared,
    sinks: createSinks({ room, channel, mailbox: mailboxOf(settings), actions, language }),
    grouped: (all) => ({ title: words.stormTitle(all.length), text: all.map(({ title }) => `• ${title}`).join("\n") }),
    sinkFailed: (sink, reason) => ({ title: words.sinkTitle(sink), text: words.sinkText(sink, reason) }),
  });
}

/** Where alerts go by e-mail: both the server and the address must be set. */
function mailboxOf({ SMTP_SERVER: host, SMTP_PORT: port = 587, ALERT_EMAIL: address, EMAIL_PASSWORD: password }: Settings) {
  return host && address ? { host, port, address, password } : undefined;
}
