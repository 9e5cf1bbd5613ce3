import { App, type Logger, type Receiver, type ReceiverEvent } from "@slack/bolt";
import { wantedEvents } from "./events.js";
import { actionIds, type Myself } from "./receive.js";

/** Resolves once what came is stored (or is none of ours), and throws while it cannot be. */
export type Keep = (body: unknown) => Promise<void>;

/** Hands what a receiver took to Bolt, and resolves after the listeners are done. */
export type Dispatch = (body: ReceiverEvent["body"], retry?: { readonly number?: number; readonly reason?: string }) => Promise<void>;

/** Where events come in: a socket, or a route of the web server. */
export type Incoming = (dispatch: () => Dispatch) => Receiver;

/**
 * Bolt between a receiver and `keep`. Bolt acknowledges an event before its listeners run, and what could not be stored would be
 * lost; so it is given an acknowledgement that does nothing, and the receiver says the real one after `Dispatch` resolved.
 */
export function createApp(me: Myself & { readonly botId?: string }, token: string, incoming: Incoming, logger: Logger, keep: Keep): App {
  const receiver = incoming(() => dispatch);
  const app = new App({
    receiver,
    logger,
    // One workspace, already proven: nothing needs to be asked for each event.
    authorize: async () => ({ botToken: token, botUserId: me.userId, botId: me.botId, teamId: me.team }),
    convoStore: false,
  });
  const failures = new WeakMap<object, unknown>();
  const listener = ({ body }: { readonly body: object }) => keep(body).catch((error: unknown) => void failures.set(body, error));
  for (const kind of wantedEvents) app.event(kind, listener);
  app.action(new RegExp(`^(?:${actionIds.press}.+|${actionIds.stop}|${actionIds.feedback})$`), listener);
  const dispatch: Dispatch = async (body, retry) => {
    try {
      await app.processEvent({ body, ack: async () => {}, retryNum: retry?.number, retryReason: retry?.reason });
    } catch {
      // Bolt stumbles over bodies of a shape it does not expect; `keep` says what is wrong with them.
      await keep(body);
    }
    if (failures.has(body)) throw failures.get(body);
  };
  return app;
}
