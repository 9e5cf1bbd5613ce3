import { z } from "zod";

/** What Slack sends, as far as Svyaz reads it (docs.slack.dev, "Events API" and "Interactivity"). Unknown fields are allowed. */

const SharedFile = z.object({
  id: z.string(),
  name: z.string().nullish(),
  mimetype: z.string().optional(),
  size: z.number().optional(),
  /** Only recordings have one. */
  duration_ms: z.number().optional(),
});

const Said = z.object({
  channel: z.string(),
  user: z.string().optional(),
  text: z.string().optional(),
  ts: z.string(),
  thread_ts: z.string().optional(),
  subtype: z.string().optional(),
  bot_id: z.string().optional(),
  edited: z.unknown().optional(),
  files: z.array(SharedFile).optional(),
  attachments: z
    .array(z.object({ is_share: z.boolean().optional(), is_msg_unfurl: z.boolean().optional(), text: z.string().optional() }))
    .optional(),
});

const Event = z.discriminatedUnion("type", [
  Said.extend({ type: z.literal("message") }),
  Said.extend({ type: z.literal("app_mention") }),
  z.object({ type: z.literal("agent_session_stopped"), channel: z.string(), thread_ts: z.string(), user: z.string() }),
  z.object({ type: z.literal("app_home_opened"), channel: z.string().optional(), user: z.string(), tab: z.string().optional() }),
]);

const EventCallback = z.object({ type: z.literal("event_callback"), event_id: z.string(), event: Event });

const BlockActions = z.object({
  type: z.literal("block_actions"),
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }).optional(),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }).optional(),
  actions: z.array(z.object({ action_id: z.string(), value: z.string().optional(), action_ts: z.string() })).min(1),
});

export const Body = z.discriminatedUnion("type", [EventCallback, BlockActions]);

export type Body = z.infer<typeof Body>;
export type Event = z.infer<typeof Event>;
export type Said = z.infer<typeof Said>;
export type SharedFile = z.infer<typeof SharedFile>;
export type BlockActions = z.infer<typeof BlockActions>;

/** The kinds of events Svyaz subscribes to; the manifest names the same. */
export const wantedEvents = ["message", "app_mention", "agent_session_stopped", "app_home_opened"] as const;
