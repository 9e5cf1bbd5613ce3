import { z } from "zod";

/** Ids are strings in v2 and numbers here and there in v1. */
const Id = z.union([z.string().min(1), z.number()]).transform(String);
const Moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const Links = z.object({ webui: z.string().optional(), download: z.string().optional(), next: z.string().optional() }).optional();

/** A list whose items are checked one by one, so that a broken one costs no other. */
export const Items = z.object({ results: z.array(z.unknown()), totalSize: z.number().optional(), _links: Links });

export const User = z.object({
  type: z.string().optional(),
  accountId: z.string().optional(),
  username: z.string().optional(),
  userKey: z.string().optional(),
  displayName: z.string().optional(),
});
export type User = z.infer<typeof User>;

export const Group = z.object({ id: z.string().optional(), name: z.string() });
export type Group = z.infer<typeof Group>;

const Counted = <Item extends z.ZodType>(item: Item) =>
  z.object({ results: z.array(item), _links: z.object({ next: z.string().optional() }).optional() });
export const ReadRestriction = z.object({
  restrictions: z.object({ user: Counted(User).optional(), group: Counted(Group).optional() }),
});
export type ReadRestriction = z.infer<typeof ReadRestriction>;
export const Restrictions = z.object({ read: ReadRestriction });

/** A page, blog post or attachment as v1 tells it. */
export const Content = z.object({
  id: Id,
  type: z.string(),
  status: z.string().optional(),
  title: z.string(),
  space: z.object({ id: Id.optional(), key: z.string(), name: z.string().optional() }).optional(),
  version: z.object({ number: z.number(), when: Moment, by: User.optional() }).optional(),
  ancestors: z.array(z.object({ id: Id })).optional(),
  container: z.object({ id: Id, type: z.string().optional() }).optional(),
  body: z.object({ storage: z.object({ value: z.string() }).optional() }).optional(),
  metadata: z.object({ mediaType: z.string().optional() }).optional(),
  extensions: z.object({ mediaType: z.string().optional(), fileSize: z.number().optional() }).optional(),
  restrictions: z.object({ read: ReadRestriction.optional() }).optional(),
  _links: Links,
});
export type Content = z.infer<typeof Content>;

/** A hit of `/rest/api/search`. */
export const Hit = z.object({ content: z.unknown(), excerpt: z.string().optional(), title: z.string().optional() });

/** A page or blog post as Cloud's v2 tells it. */
export const PageV2 = z.object({
  id: Id,
  status: z.string().optional(),
  title: z.string(),
  spaceId: Id,
  parentId: Id.nullish(),
  parentType: z.string().nullish(),
  authorId: z.string().nullish(),
  version: z.object({ number: z.number(), createdAt: Moment }),
  body: z.object({ storage: z.object({ value: z.string() }).optional() }).optional(),
  _links: Links,
});
export type PageV2 = z.infer<typeof PageV2>;

export const AttachmentV2 = z.object({
  id: Id,
  status: z.string().optional(),
  title: z.string(),
  pageId: Id.nullish(),
  blogPostId: Id.nullish(),
  mediaType: z.string().optional(),
  fileSize: z.number().optional(),
  version: z.object({ number: z.number(), createdAt: Moment }),
  _links: Links,
});
export type AttachmentV2 = z.infer<typeof AttachmentV2>;

export const SpaceV2 = z.object({ id: Id, key: z.string(), name: z.string().optional() });
export const SpaceV1 = z.object({ id: Id.optional(), key: z.string(), name: z.string().optional() });
export const AncestorV2 = z.object({ id: Id, type: z.string().optional() });

/** Who may do what in a space, on Cloud. */
export const SpacePermissionV2 = z.object({
  principal: z.object({ type: z.string(), id: z.string() }),
  operation: z.object({ key: z.string(), targetType: z.string() }),
});

/** The same on Data Center from 9.1. */
export const SpacePermissionV1 = z.object({
  operation: z.object({ operationKey: z.string(), targetType: z.string() }),
  subject: z
    .object({ type: z.string().optional(), name: z.string().optional(), username: z.string().optional(), userKey: z.string().optional() })
    .nullish(),
});

/** And before, by JSON-RPC; without both names it is the right of everybody who is not signed in. */
export const PermissionSets = z.object({
  result: z.array(
    z.object({
      type: z.string(),
      spacePermissions: z.array(z.object({ userName: z.string().nullish(), groupName: z.string().nullish() })),
    }),
  ),
});
