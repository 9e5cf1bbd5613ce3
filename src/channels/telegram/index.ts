import type { Channel, Inbox } from "../../domain/channel.js";
import { RequestRefused } from "../../domain/errors.js";
import type { Address } from "../../domain/message.js";
import type { Log } from "../../domain/log.js";
import type { Metrics } from "../../domain/metrics.js";
import type { ChartSpec } from "../../domain/numbers.js";
import type { Language } from "../../domain/people.js";
import type { Secret } from "../../domain/vault.js";
import { linksTo } from "../kit/addresses.js";
import type { Wordings } from "../kit/words.js";
import { openTelegram, type Telegram } from "./api.js";
import { downloadFile } from "./files.js";
import { type Keep, startPolling } from "./polling.js";
import { createPost } from "./post.js";
import { startProgress } from "./progress.js";
import { type Myself, toEvent } from "./receive.js";
import { render } from "./render.js";
import { createReplies } from "./replies.js";
import { Update, wantedUpdates } from "./updates.js";
import { createWebhook, type WebhookHandler } from "./webhook.js";

export type { WebhookHandler } from "./webhook.js";

export interface TelegramOptions {
  /** The bot's token from @BotFather. */
  readonly token: Secret | string;
  /** An own Bot API server; Telegram's when absent. */
  readonly apiRoot?: string;
  readonly mode:
    | { readonly kind: "polling" }
    /** `register` puts the handler behind a route of the web server; with `url`, Telegram is told that address at start. */
    | {
        readonly kind: "webhook";
        readonly secretToken: string;
        readonly register: (handler: WebhookHandler) => void;
        readonly url?: string;
      };
  readonly drawChart: (chart: ChartSpec, caption: string) => Promise<Uint8Array>;
  /** Hosts that links may lead to: "wiki.example.com", "*.example.com". */
  readonly allowedHosts: readonly string[];
  /** The language of placeholders and of the menu for people whose client speaks neither. */
  readonly language: Language;
  readonly words: Wordings;
  /** The menu of commands, published at start: names of a-z, 0-9 and _, without the slash. */
  readonly commands: Readonly<Record<Language, readonly { readonly command: string; readonly description: string }[]>>;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => Date;
}

/** How long `stop` waits for replies on their way. */
const drainMs = 10_000;

/**
 * Telegram as a channel. `start` proves the token (SignInNeeded otherwise) and begins to receive; an update is confirmed
 * only after the inbox has it. `stop` ends receiving, waits for what is being stored and sent, and leaves the webhook set.
 * A person who blocked the bot or never pressed Start: sending throws AccessDenied.
 */
export function createTelegram(options: TelegramOptions): Channel {
  const { log, metrics, mode, words } = options;
  const token = typeof options.token === "string" ? options.token : options.token.reveal();
  const telegram = openTelegram(token, options.apiRoot ?? "https://api.telegram.org", metrics);
  const allowed = linksTo(options.allowedHosts);
  const onUndrawn = (error: unknown) => log.warn("telegram: a chart could not be drawn", { error: String(error) });
  const post = createPost(telegram, metrics);
  const replies = createReplies(post, (reply) => render(reply, { words, allowed, drawChart: options.drawChart, onUndrawn }));
  const running = new Set<Promise<unknown>>();
  let receiving: { stop(): Promise<void> } | undefined;

  const track = async <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  };

  return {
    id: "telegram",

    async start(inbox) {
      const { id, username } = await telegram.call("getMe", () => telegram.api.getMe());
      await publishCommands(telegram, options);
      const keep = keeper(telegram, inbox, { id, username }, options, (work) => void track(work));
      receiving = mode.kind === "polling" ? await poll(telegram, keep, log) : await listen(telegram, keep, mode, log);
      log.info("telegram: receiving", { bot: username, mode: mode.kind });
    },

    async check() {
      const { username } = await telegram.call("getMe", () => telegram.api.getMe());
      return `@${username}`;
    },

    async stop() {
      await receiving?.stop();
      receiving = undefined;
      const drained = Promise.allSettled(running);
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([drained, new Promise((resolve) => (timer = setTimeout(resolve, drainMs)))]);
      clearTimeout(timer);
    },

    async send(to, reply, { key, onlyFor }) {
      // Telegram's ephemeral messages are not used for this: delivery to somebody who is away is not promised, and an older
      // Bot API server of one's own would ignore the parameter and show the text to the whole group.
      return track(replies.send(onlyFor === undefined ? to : privateChat(onlyFor), reply, key));
    },

    async edit(message, reply) {
      return track(replies.replace(message, reply));
    },

    async direct(sender) {
      return privateChat(sender.id);
    },

    async progress(to) {
      const onLostStep = (error: Error) => log.debug("telegram: a step was not shown", { error: error.message });
      const progress = await track(startProgress(to, { post, replies, words: words[options.language], onLostStep }));
      return { ...progress, finish: (reply) => track(progress.finish(reply)) };
    },

    readFile(file, signal) {
      return downloadFile(telegram, file, signal);
    },
  };
}

/** A person's private chat has the person's own id. */
function privateChat(person: string): Address {
  if (!/^\d+$/.test(person)) throw new RequestRefused(`telegram: "${person}" is nobody's id`, { system: "telegram", operation: "direct" });
  return { channel: "telegram", chat: person };
}

async function publishCommands(telegram: Telegram, { commands, language, log }: TelegramOptions): Promise<void> {
  try {
    await telegram.call("setMyCommands", async () => {
      await telegram.api.setMyCommands(commands[language]);
      for (const code of ["ru", "en"] as const) await telegram.api.setMyCommands(commands[code], { language_code: code });
    });
  } catch (error) {
    // A menu is no reason not to answer.
    log.warn("telegram: the menu of commands was not published", { error: String(error) });
  }
}

async function poll(telegram: Telegram, keep: Keep, log: Log): Promise<{ stop(): Promise<void> }> {
  // getUpdates is refused while a webhook is set; what waits there is kept.
  await telegram.call("deleteWebhook", () => telegram.api.deleteWebhook({ drop_pending_updates: false }));
  return startPolling(telegram, keep, log);
}

async function listen(
  telegram: Telegram,
  keep: Keep,
  { secretToken, register, url }: Extract<TelegramOptions["mode"], { kind: "webhook" }>,
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const handle = createWebhook(secretToken, keep, log, telegram.hide);
  const storing = new Set<Promise<unknown>>();
  let open = true;
  register((request) => {
    // Telegram delivers again what is refused while Svyaz stops.
    const answer = open ? handle(request) : Promise.resolve({ status: 503 });
    storing.add(answer);
    return answer.finally(() => storing.delete(answer));
  });
  if (url !== undefined) {
    const settings = { secret_token: secretToken, allowed_updates: wantedUpdates };
    await telegram.call("setWebhook", () => telegram.api.setWebhook(url, settings));
  }
  return {
    async stop() {
      open = false;
      await Promise.allSettled(storing);
    },
  };
}

/** From a raw update to a stored event. What is not for us, or not readable at all, counts as kept: asking again would not change it. */
function keeper(
  telegram: Telegram,
  inbox: Inbox,
  me: Myself,
  { log, metrics, now }: TelegramOptions,
  behind: (work: Promise<void>) => void,
): Keep {
  /** Takes the waiting look off the button; it is not worth failing for. */
  const acknowledge = (press: string) =>
    telegram
      .call("answerCallbackQuery", () => telegram.api.answerCallbackQuery(press))
      .then(
        () => undefined,
        () => undefined,
      );

  return async (raw) => {
    const { success, data: update, error } = Update.safeParse(raw);
    if (!success) {
      metrics.count("svyaz_channel_errors_total", { channel: "telegram", reason: "unreadable-update" });
      log.error("telegram: an update could not be read", {
        problems: error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
      });
      return;
    }
    const event = toEvent(update, me, now());
    if (update.callback_query) behind(acknowledge(update.callback_query.id));
    if (event) await inbox.take(event);
  };
}
