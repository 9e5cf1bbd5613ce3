import { join } from "node:path";
import { definitions } from "../begin.js";
import { createTerminal } from "../channels/terminal/index.js";
import type { Instance } from "../connectors/kit/define.js";
import type { Connect } from "../conversation/connect.js";
import type { Channel } from "../domain/channel.js";
import type { Log } from "../domain/log.js";
import type { Metrics } from "../domain/metrics.js";
import type { Database } from "../platform/database.js";
import { createServer } from "../platform/server.js";
import type { Settings } from "../platform/settings.js";
import { renderChart } from "../reports/chart.js";
import type { Webhooks } from "../sync/webhooks.js";
import { hostsOf, messengers } from "./messengers.js";

export interface FrontParts {
  readonly settings: Settings;
  readonly instances: readonly Instance[];
  readonly database: Database;
  readonly data: string;
  readonly metrics: Metrics & { text(): Promise<string> };
  readonly log: Log;
  readonly now: () => Date;
  /** A test's messengers instead of the settings'. */
  readonly channels?: readonly Channel[];
}

export type Front = Awaited<ReturnType<typeof createFront>>;

/** What the world reaches: the web server, the terminal, the messengers. */
export async function createFront({ settings, instances, database, data, metrics, log, now, channels: instead }: FrontParts) {
  const server = createServer({
    log,
    host: settings.SVYAZ_HOST,
    port: settings.SVYAZ_PORT,
    ready: () => readiness(database),
    metrics: () => metrics.text(),
  });
  const terminal = createTerminal({
    pictures: join(data, "pictures"),
    drawChart: (chart, caption) => renderChart(chart, { title: caption, language: settings.SVYAZ_LANGUAGE }),
  });
  let address: string | undefined;
  const publicUrl = () => settings.SVYAZ_PUBLIC_URL ?? address ?? `http://${settings.SVYAZ_HOST}:${settings.SVYAZ_PORT}`;
  const linkHosts = hostsOf(instances, publicUrl());
  const channels = instead ?? (await messengers({ settings, server, log, metrics, now, allowedHosts: linkHosts }));

  return {
    terminal,
    channels,
    publicUrl,
    linkHosts,
    channel: (id: string): Channel | undefined => [terminal as Channel, ...channels].find((one) => one.id === id),

    /** Resolves to the address it listens at. */
    async listen(): Promise<string> {
      address = await server.start();
      return address;
    },
    close: () => server.stop(),

    /** What vendors and people's browsers call. */
    serve({ connect, webhooks }: { readonly connect: Connect; readonly webhooks: Webhooks }): void {
      server.route({
        method: "GET",
        path: "/oauth/:system",
        handler: ({ params, query }) => connect.callback(params["system"] ?? "", query),
      });
      server.route({
        method: "GET",
        path: "/oauth/:system/start",
        handler: ({ params, query }) => connect.start(params["system"] ?? "", query),
      });
      for (const path of ["/webhooks/:system", "/webhooks/:system/:key"]) {
        server.route({
          method: "POST",
          path,
          bodyBytes: largestHook,
          async handler({ params, ...request }) {
            await webhooks.take(params["system"] ?? "", params["key"], request);
            return { status: 200, body: {} };
          },
        });
      }
    },
  };
}

/** What the web server takes at most; each system's own limit is checked behind it. */
const largestHook = Math.max(1_000_000, ...definitions.map(({ webhookBytes }) => webhookBytes ?? 0));

async function readiness(database: Database): Promise<readonly string[]> {
  try {
    await database.query("select 1");
    return [];
  } catch {
    return ["the database does not answer"];
  }
}
