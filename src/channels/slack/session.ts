import { z } from "zod";
import { AccessDenied, RequestRefused, type SvyazError } from "../../domain/errors.js";
import type { Address } from "../../domain/message.js";
import type { Slack } from "./api.js";
import { codeOf } from "./errors.js";

/**
 * What Slack itself shows of an agent at work in a thread: a stop control and a line under the talk. Apps that are no agents
 * have neither, and nothing depends on them: what fails is told to `onRefused` and forgotten.
 */
export interface Session {
  /** True when Slack shows its stop control. */
  begin(to: Address): Promise<boolean>;
  line(to: Address, text: string): Promise<void>;
  /** Also for a talk that another process began and did not live to end. */
  end(to: Address): Promise<void>;
}

const Done = z.object({ ok: z.literal(true) }).optional();
/** Nobody waits longer than this for a decoration. */
const patienceMs = 1500;

export function createSession(slack: Slack, onRefused: (error: SvyazError) => void): Session {
  const refused = new Set<string>();

  const set = async (method: string, { chat, thread }: Address, status: string): Promise<boolean> => {
    if (thread === undefined || refused.has(method)) return false;
    try {
      // Not worth waiting for when Slack asks to slow down.
      const later = (error: unknown) => (codeOf(error) === "ratelimited" ? Promise.resolve(undefined) : undefined);
      return (await slack.call(method, { channel_id: chat, thread_ts: thread, status }, Done, later)) !== undefined;
    } catch (error) {
      // An app without the right, or an older workspace: asked once.
      if (error instanceof AccessDenied || error instanceof RequestRefused) refused.add(method);
      onRefused(error as SvyazError);
      return false;
    }
  };

  return {
    async begin(to) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, patienceMs, false)));
      const shown = await Promise.race([set("agents.sessions.setStatus", to, "processing"), late]);
      clearTimeout(timer);
      return shown;
    },

    async line(to, text) {
      await set("assistant.threads.setStatus", to, text);
    },

    async end(to) {
      await Promise.all([set("agents.sessions.setStatus", to, "active"), set("assistant.threads.setStatus", to, "")]);
    },
  };
}
