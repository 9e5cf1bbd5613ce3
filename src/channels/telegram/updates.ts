import { z } from "zod";

/** What Telegram sends, as far as Svyaz reads it (core.telegram.org/bots/api, "Update"). Unknown fields are allowed. */

const User = z.object({
  id: z.number(),
  is_bot: z.boolean(),
  first_name: z.string(),
  last_name: z.string().optional(),
  username: z.string().optional(),
});

const Chat = z.object({
  id: z.number(),
  type: z.enum(["private", "group", "supergroup", "channel"]),
  title: z.string().optional(),
});

const Entity = z.object({ type: z.string(), offset: z.number(), length: z.number(), user: User.optional() });

const File = z.object({
  file_id: z.string(),
  file_size: z.number().optional(),
  file_name: z.string().optional(),
  mime_type: z.string().optional(),
  duration: z.number().optional(),
});

const present = z.unknown().optional();

const Content = z.object({
  text: z.string().optional(),
  caption: z.string().optional(),
  entities: z.array(Entity).optional(),
  caption_entities: z.array(Entity).optional(),
});

export const Message = Content.extend({
  message_id: z.number(),
  chat: Chat,
  from: User.optional(),
  sender_chat: Chat.optional(),
  message_thread_id: z.number().optional(),
  is_topic_message: z.boolean().optional(),
  forward_origin: present,
  via_bot: present,
  is_automatic_forward: z.boolean().optional(),
  reply_to_message: Content.extend({ from: User.optional(), forum_topic_created: present }).optional(),
  quote: z.object({ text: z.string() }).optional(),
  document: File.optional(),
  photo: z.array(File).optional(),
  voice: File.optional(),
  audio: File.optional(),
  video: File.optional(),
  video_note: File.optional(),
  sticker: z.object({ emoji: z.string().optional() }).optional(),
  contact: z.object({ first_name: z.string(), last_name: z.string().optional(), phone_number: z.string() }).optional(),
  location: present,
  venue: present,
  poll: present,
  dice: present,
  story: present,
});

export const Update = z.object({
  update_id: z.number(),
  message: Message.optional(),
  callback_query: z
    .object({
      id: z.string(),
      from: User,
      data: z.string().optional(),
      message: z
        .object({
          message_id: z.number(),
          chat: Chat,
          message_thread_id: z.number().optional(),
          is_topic_message: z.boolean().optional(),
        })
        .optional(),
    })
    .optional(),
  my_chat_member: z
    .object({
      chat: Chat,
      from: User,
      old_chat_member: z.object({ status: z.string() }),
      new_chat_member: z.object({ status: z.string() }),
    })
    .optional(),
});

export type Update = z.infer<typeof Update>;
export type Message = z.infer<typeof Message>;
export type User = z.infer<typeof User>;
export type Chat = z.infer<typeof Chat>;
export type Entity = z.infer<typeof Entity>;
export type File = z.infer<typeof File>;

/** Asked for by name: an unspecified list would keep whatever was set before. */
export const wantedUpdates = ["message", "callback_query", "my_chat_member"] as const;
