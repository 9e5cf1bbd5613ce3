import type { Inbox } from "../../domain/channel.js";
import type { Log } from "../../domain/log.js";
import type { Metrics } from "../../domain/metrics.js";
import type { Keep } from "./dispatch.js";
import { Body } from "./events.js";
import type { People } from "./people.js";
import { actionIds, type Myself, toEvent } from "./receive.js";

export interface KeepParts {
  readonly inbox: Inbox;
  readonly me: Myself;
  readonly people: People;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now: () => Date;
}

/**
 * From a raw body to a stored event, one chat in the order of arrival. What is not readable counts as kept: asking again would
 * not change it.
 */
export function createKeep({ inbox, me, people, log, metrics, now }: KeepParts): Keep {
  const inOrder = createQueues();

  return async (raw) => {
    const { success, data: body, error } = Body.safeParse(raw);
    if (!success) {
      metrics.count("svyaz_channel_errors_total", { channel: "slack", reason: "unreadable-event" });
      log.error("slack: an event could not be read", {
        problems: error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
      });
      return;
    }
    if (body.type === "block_actions" && body.actions[0]?.action_id === actionIds.feedback) {
      // Nobody has to answer it: it is counted, and the log says of which message.
      const opinion = body.actions[0].value === "positive" ? "positive" : "negative";
      metrics.count("svyaz_events_total", { channel: "slack", kind: `feedback-${opinion}` });
      log.info("slack: feedback on an answer", { opinion, by: body.user.id, chat: body.channel?.id, message: body.message?.ts });
      return;
    }
    const receivedAt = now();
    const chat = body.type === "block_actions" ? body.channel?.id : body.event.channel;
    await inOrder(chat ?? "", async () => {
      const event = await toEvent(body, me, people, receivedAt);
      if (event) await inbox.take(event);
    });
  };
}

/** Work of one name waits for the work before it, whether that succeeded or not. */
function createQueues(): (name: string, work: () => Promise<void>) => Promise<void> {
  const last = new Map<string, Promise<void>>();
  return (name, work) => {
    const mine = (last.get(name) ?? Promise.resolve()).then(work);
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    last.set(name, settled);
    void settled.then(() => {
      if (last.get(name) === settled) last.delete(name);
    });
    return mine;
  };
}
