import type { App } from "@slack/bolt";
import { z } from "zod";
import type { Channel, Inbox } from "../../domain/channel.js";
import { AccessDenied, RequestRefused, SettingsInvalid } from "../../domain/errors.js";
import type { Log } from "../../domain/log.js";
import type { Address } from "../../domain/message.js";
import type { Metrics } from "../../domain/metrics.js";
import type { ChartSpec } from "../../domain/numbers.js";
import type { Language } from "../../domain/people.js";
import type { Secret } from "../../domain/vault.js";
import { linksTo } from "../kit/addresses.js";
import type { Wordings } from "../kit/words.js";
import { asLogger, openSlack } from "./api.js";
import { createApp, type Incoming } from "./dispatch.js";
import { downloadFile } from "./files.js";
import { createKeep } from "./keep.js";
import { createPeople } from "./people.js";
import { createPost } from "./post.js";
import { startProgress } from "./progress.js";
import { render } from "./render.js";
import { createReplies } from "./replies.js";
import { createSession } from "./session.js";
import { createSocketReceiver } from "./socket-mode.js";
import { createWebhookReceiver, type WebhookHandler } from "./webhook.js";

export type { WebhookAnswer, WebhookHandler } from "./webhook.js";

export interface SlackOptions {
  /** "xoxb-…": what the app does, it does with this one. */
  readonly botToken: Secret | string;
  /** "xapp-…" with `connections:write`: events come through a socket that Svyaz opens. */
  readonly appToken?: Secret | string;
  /** Without an app token: events come to a route of the web server, behind which `register` puts the handler. */
  readonly http?: { readonly signingSecret: Secret | string; readonly register: (handler: WebhookHandler) => void };
  /** Another address of the Web API; Slack's when absent. */
  readonly slackApiUrl?: string;
  readonly drawChart: (chart: ChartSpec, caption: string) => Promise<Uint8Array>;
  /** Hosts that links may lead to: "wiki.example.com", "*.example.com". */
  readonly allowedHosts: readonly string[];
  /** The language of placeholders. */
  readonly language: Language;
  readonly words: Wordings;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => Date;
}

/** How long `stop` waits for what is being stored and for replies on their way. */
const drainMs = 10_000;

/** What the channel cannot do without; the manifest asks for these and for what makes it nicer. */
export const neededScopes = [
  "app_mentions:read",
  "chat:write",
  "files:read",
  "files:write",
  "im:history",
  "im:write",
  "users:read",
] as const;

const Identity = z.object({
  team_id: z.string(),
  user_id: z.string(),
  bot_id: z.string().optional(),
  response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional(),
});
type Identity = z.infer<typeof Identity>;

const Opened = z.object({ channel: z.object({ id: z.string() }) });

/**
 * Slack as a channel, for one workspace. `start` proves the tokens (SignInNeeded otherwise) and the app's rights (AccessDenied)
 * and begins to receive; an event is acknowledged only after the inbox has it. `stop` ends receiving, waits for what is being
 * stored and sent. Somebody who cannot be written to (another company's guest, a deactivated account): sending throws AccessDenied.
 */
export function createSlack(options: SlackOptions): Channel {
  const { log, metrics, words, now, http } = options;
  const botToken = reveal(options.botToken);
  const appToken = options.appToken === undefined ? undefined : reveal(options.appToken);
  const signingSecret = http && reveal(http.signingSecret);
  const hide = hider([botToken, appToken, signingSecret]);
  const logger = asLogger(log, hide);
  const slack = openSlack(botToken, options.slackApiUrl ?? "https://slack.com/api/", logger, metrics, hide);
  const identify = remembered(() => slack.call("auth.test", {}, Identity));
  const team = async () => (await identify()).team_id;

  const people = createPeople(slack, team, now, (error) => log.warn("slack: a person was not looked up anew", { error: error.message }));
  const post = createPost(slack, team, metrics);
  const allowed = linksTo(options.allowedHosts);
  const onUndrawn = (error: unknown) => log.warn("slack: a chart could not be drawn", { error: String(error) });
  const replies = createReplies(post, (reply) => render(reply, { words, allowed, drawChart: options.drawChart, onUndrawn }));
  const session = createSession(slack, (error) => log.debug("slack: the thread's status was not shown", { error: error.message }));
  const direct = createDirect(slack, team);
  const running = new Set<Promise<unknown>>();
  let app: App | undefined;

  const track = async <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  };

  const incoming = (): Incoming => {
    if (appToken !== undefined) return (dispatch) => createSocketReceiver(appToken, slack, dispatch, logger, log);
    if (!http || signingSecret === undefined) throw new SettingsInvalid("slack: an app token or a signing secret is needed to receive");
    return (dispatch) => createWebhookReceiver(signingSecret, http.register, dispatch, now, log);
  };

  return {
    id: "slack",

    async start(inbox: Inbox) {
      const receiver = incoming();
      const identity = await identify();
      checkScopes(identity);
      const me = { team: identity.team_id, userId: identity.user_id, botId: identity.bot_id };
      app = createApp(me, botToken, receiver, logger, createKeep({ inbox, me, people, log, metrics, now }));
      await app.start();
      log.info("slack: receiving", { workspace: me.team, mode: appToken === undefined ? "http" : "socket" });
    },

    async check() {
      const identity = await slack.call("auth.test", {}, Identity);
      checkScopes(identity);
      return `${identity.user_id} (${identity.team_id})`;
    },

    async stop() {
      const stopped = app;
      app = undefined;
      const drain = async () => {
        await stopped?.stop();
        await Promise.allSettled(running);
      };
      const drained = drain();
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([drained, new Promise((resolve) => (timer = setTimeout(resolve, drainMs)))]);
      clearTimeout(timer);
    },

    async send(to, reply, { key, onlyFor }) {
      // Ephemeral messages are not used for this: whoever is away never sees them, they vanish with a reload, and they cannot
      // be edited into a receipt.
      const place = async () => (onlyFor === undefined ? to : direct({ id: onlyFor }, to.workspace));
      return track(place().then((address) => replies.send(address, reply, key)));
    },

    async edit(message, reply) {
      const edited = await track(replies.replace(message, reply));
      // A placeholder of a process that died becomes the answer here: its stop control would stay for ever.
      void track(session.end(message.address));
      return edited;
    },

    direct: (sender, workspace) => track(direct(sender, workspace)),

    async progress(to) {
      const onLostStep = (error: Error) => log.debug("slack: a step was not shown", { error: error.message });
      const behind = (work: Promise<void>) => void track(work);
      const progress = await track(startProgress(to, { post, replies, session, words: words[options.language], onLostStep, behind }));
      return { ...progress, finish: (reply) => track(progress.finish(reply)) };
    },

    readFile: (file, signal) => downloadFile(slack, file, signal),
  };
}

/** A person's private chat with the app; asked for once, it stays the same. */
function createDirect(slack: ReturnType<typeof openSlack>, team: () => Promise<string>) {
  const known = new Map<string, string>();
  return async ({ id }: { readonly id: string }, workspace?: string): Promise<Address> => {
    const own = await team();
    const details = { system: "slack", operation: "direct" };
    if (!/^[UW][A-Z0-9]+$/.test(id)) throw new RequestRefused(`slack: "${id}" is nobody's id`, details);
    if (workspace !== undefined && workspace !== own) throw new RequestRefused(`slack: ${workspace} is not this workspace`, details);
    const chat = known.get(id) ?? (await slack.call("conversations.open", { users: id }, Opened)).channel.id;
    known.set(id, chat);
    return { channel: "slack", workspace: own, chat };
  };
}

function checkScopes({ response_metadata: told }: Identity): void {
  const missing = told?.scopes ? neededScopes.filter((scope) => !told.scopes?.includes(scope)) : [];
  if (missing.length === 0) return;
  const message = `slack: the app lacks ${missing.join(", ")}: add them under OAuth & Permissions and install it again`;
  throw new AccessDenied(message, { system: "slack", operation: "auth.test" }, "system");
}

function reveal(secret: Secret | string): string {
  return typeof secret === "string" ? secret : secret.reveal();
}

function hider(secrets: readonly (string | undefined)[]): (text: string) => string {
  const known = secrets.filter((secret) => secret !== undefined && secret !== "") as readonly string[];
  return (text) => known.reduce((hidden, secret) => hidden.replaceAll(secret, "[secret]"), text);
}

/** Asked once; a failure is not remembered. */
function remembered<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask().catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
}
