import { z } from "zod";
import { NotFound, type SvyazError } from "../../domain/errors.js";
import type { Sender } from "../../domain/message.js";
import { oneLine } from "../kit/printable.js";
import type { Slack } from "./api.js";

/** Who the members of the workspace are, asked once in a while. */
export interface People {
  /** Throws when Slack cannot be asked and nothing was known before: nobody is taken for a member unseen. */
  sender(id: string): Promise<Sender>;
}

const User = z.object({
  team_id: z.string().optional(),
  name: z.string().optional(),
  real_name: z.string().optional(),
  deleted: z.boolean().optional(),
  is_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_stranger: z.boolean().optional(),
  is_email_confirmed: z.boolean().optional(),
  profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional(), email: z.string().optional() }).optional(),
});
type User = z.infer<typeof User>;

/** A guest who became a member, or the other way round, is noticed after so long. */
const freshMs = 5 * 60_000;
const mostKept = 5000;

export function createPeople(slack: Slack, team: () => Promise<string>, now: () => Date, onStale: (error: SvyazError) => void): People {
  const kept = new Map<string, { at: number; asked: Promise<Sender>; known?: Sender }>();

  const ask = async (id: string): Promise<Sender> => {
    const own = await team();
    const user = await slack.call("users.info", { user: id }, z.object({ user: User })).then(
      (answer): User => answer.user,
      (error: unknown): User => {
        // People of other companies are not always shown to an app.
        if (error instanceof NotFound) return { is_stranger: true };
        throw error;
      },
    );
    return toSender(id, user, own);
  };

  return {
    async sender(id) {
      const entry = kept.get(id);
      const at = now().getTime();
      if (entry && at - entry.at < freshMs) return entry.asked;
      const asked = ask(id);
      const fresh: { at: number; asked: Promise<Sender>; known?: Sender } = { at, asked, known: entry?.known };
      kept.delete(id);
      kept.set(id, fresh);
      const oldest = kept.keys().next();
      if (kept.size > mostKept && !oldest.done) kept.delete(oldest.value);
      try {
        return (fresh.known = await asked);
      } catch (error) {
        kept.delete(id);
        if (!fresh.known) throw error;
        onStale(error as SvyazError);
        return fresh.known;
      }
    },
  };
}

function toSender(id: string, user: User, team: string): Sender {
  const { profile, is_email_confirmed: confirmed } = user;
  const standing = standingOf(user, team);
  const name = oneLine(profile?.display_name || profile?.real_name || user.real_name || user.name || "");
  // Guests are invited by whoever may invite them: their address proves no place in the company.
  const email = standing === "member" && confirmed === true && !user.deleted ? profile?.email : undefined;
  return { id, name, standing, ...(email === undefined ? {} : { verifiedEmail: email }) };
}

function standingOf(user: User, team: string): Sender["standing"] {
  if (user.is_bot) return "bot";
  if (user.is_stranger || user.team_id !== team) return "outsider";
  return user.is_restricted || user.is_ultra_restricted ? "guest" : "member";
}
