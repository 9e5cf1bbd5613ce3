import { type Logger, type Receiver, SocketModeReceiver } from "@slack/bolt";
import { z } from "zod";
import type { Log } from "../../domain/log.js";
import { clientOptions, type Slack } from "./api.js";
import type { Dispatch } from "./dispatch.js";
import { toError } from "./errors.js";

/** What the library tells of an envelope. */
const Envelope = z.object({
  body: z.record(z.string(), z.unknown()),
  ack: z.custom<() => Promise<void>>((value) => typeof value === "function"),
  retry_num: z.number().optional(),
  retry_reason: z.string().optional(),
});

const longestPauseMs = 30_000;

/**
 * Receives through a socket that Svyaz opens, without a public address. An envelope is acknowledged once it is stored; Slack
 * offers the others again. Reconnecting is done here: the library's own goes on after `stop`, and when Slack cannot be
 * reached its failure reaches nobody.
 */
export function createSocketReceiver(
  appToken: string,
  { apiUrl, hide }: Pick<Slack, "apiUrl" | "hide">,
  dispatch: () => Dispatch,
  logger: Logger,
  log: Log,
): Receiver {
  const { client } = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: clientOptions(apiUrl, logger) },
  });
  const storing = new Set<Promise<void>>();
  let stopping = false;
  let wake = () => {};
  let staying: Promise<void> = Promise.resolve();

  const take = async (raw: unknown): Promise<void> => {
    const { body, ack, retry_num: number, retry_reason: reason } = Envelope.parse(raw);
    try {
      await dispatch()(body, { number, reason });
    } catch (error) {
      log.error("slack: an event could not be stored and will be offered again", { error: hide(String(error)) });
      return;
    }
    // A socket that closed meanwhile: the event comes again and is known by its id.
    await ack().catch((error: unknown) => log.debug("slack: an acknowledgement was not sent", { error: hide(String(error)) }));
  };

  const connect = async (): Promise<{ readonly closed: Promise<void> }> => {
    try {
      await client.start();
    } catch (error) {
      throw toError(error, "apps.connections.open", hide);
    }
    return { closed: new Promise((resolve) => client.once("disconnected", resolve)) };
  };

  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** Slack recycles connections every few hours; the next one is opened at once, and ever more slowly while it fails. */
  const stay = async (first: Promise<void>): Promise<void> => {
    let closed = first;
    let pauseMs = 0;
    for (;;) {
      await closed;
      if (pauseMs > 0 && !stopping) await pause(pauseMs);
      if (stopping) return;
      try {
        ({ closed } = await connect());
        pauseMs = 0;
        // Svyaz was stopped while the new one was being opened.
        if (stopping) await client.disconnect();
      } catch (error) {
        pauseMs = Math.min(longestPauseMs, Math.max(250, pauseMs * 2));
        log.warn("slack: the connection was not opened", { error: String(error), againInMs: pauseMs });
      }
    }
  };

  return {
    init() {},

    async start() {
      client.on("slack_event", (raw: unknown) => {
        // What comes while Svyaz stops is not acknowledged and waits for the next process.
        if (stopping) return;
        const work = take(raw).finally(() => storing.delete(work));
        storing.add(work);
      });
      const { closed } = await connect();
      staying = stay(closed);
    },

    async stop() {
      stopping = true;
      wake();
      await Promise.allSettled(storing);
      await client.disconnect();
      await staying;
    },
  };
}
