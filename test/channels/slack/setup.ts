import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { InboxEvent } from "../../../src/domain/message.js";
import { createSlack, type SlackOptions, type WebhookHandler } from "../../../src/channels/slack/index.js";
import { createMetrics } from "../../../src/watch/metrics.js";
import { type FakeSlack, type FakeSlackOptions, startFakeSlack } from "../../fakes/slack/index.js";
import { onePixel, wording } from "../kit/wording.js";
import { keptLog } from "../telegram/setup.js";

export const anna = "U0ANNA0001";
export const boris = "U0BORIS001";
export const team = "C0SALES001";
export const toAnna = { channel: "slack", workspace: "T0SVYAZ001", chat: "D0ANNA0001" };
export const toTeam = { channel: "slack", workspace: "T0SVYAZ001", chat: team };
export const now = () => new Date("2026-11-20T09:00:00.000Z");

/** The fake workspace with two people and a channel, and the real channel in front of it, by socket or by HTTP. */
export async function openSlackWorld({
  mode = "socket",
  fake = {},
  ...options
}: Partial<SlackOptions> & { readonly mode?: "socket" | "http"; readonly fake?: FakeSlackOptions } = {}) {
  const slack: FakeSlack = await startFakeSlack({ ackMs: 250, ...fake });
  slack.people.add(anna, "Анна", { email: "anna@example.com" });
  slack.people.add(boris, "Борис", { email: "boris@example.com" });
  slack.people.addChannel(team, [anna, boris]);
  const log = keptLog();
  const metrics = createMetrics();
  const server = mode === "http" ? await startServer() : undefined;
  const settings: SlackOptions = {
    botToken: slack.botToken,
    ...(server ? { http: { signingSecret: slack.signingSecret, register: server.register } } : { appToken: slack.appToken }),
    slackApiUrl: slack.apiUrl,
    drawChart: async () => onePixel,
    allowedHosts: ["wiki.example.com"],
    language: "ru",
    words: wording,
    log,
    metrics,
    now,
    ...options,
  };
  const channel = createSlack(settings);
  const events: InboxEvent[] = [];
  const inbox = { take: async (event: InboxEvent) => void events.push(event) };
  return {
    slack,
    channel,
    settings,
    log,
    metrics,
    events,
    inbox,
    url: server?.url,
    /** HTTP: the address is entered in Slack once the app listens. */
    listen: async () => server && slack.deliverTo(server.url),
    close: async () => {
      await slack.close();
      await server?.close();
    },
  };
}

/** A web server as the app has one, with a route that the channel registers. */
async function startServer() {
  let handler: WebhookHandler | undefined;
  const hand = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const answer = await handler?.({
      method: request.method ?? "",
      path: request.url ?? "",
      query: {},
      headers,
      body: Buffer.concat(chunks),
      receivedAt: now(),
    });
    response.writeHead(answer?.status ?? 404).end(answer?.body);
  };
  const server = createServer((request, response) => void hand(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
    register: (given: WebhookHandler) => {
      handler = given;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
