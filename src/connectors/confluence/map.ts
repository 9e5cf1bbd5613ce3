import type { DocumentCard } from "../../domain/documents.js";
import type { Entity, EntityRef } from "../../domain/entity.js";
import type { Audience } from "../../domain/people.js";
import type { AttachmentV2, Content, PageV2 } from "./answers.js";
import type { ContentKind, SiteContent, Space } from "./site.js";

const kinds: Readonly<Record<string, ContentKind>> = { page: "page", blogpost: "blogpost", attachment: "attachment" };

/** v1's content; undefined for comments, whiteboards and what else may come in a list. */
export function fromContent(content: Content, spaceBy: "id" | "key"): SiteContent | undefined {
  const kind = kinds[content.type];
  if (!kind || !content.version) return undefined;
  const { space, version, container, extensions, metadata, restrictions, _links: links } = content;
  // The nearest stands last.
  const parent = spaceBy === "id" ? undefined : content.ancestors?.at(-1)?.id;
  const read = restrictions?.read;
  const whole = read !== undefined && read.restrictions.user !== undefined && read.restrictions.group !== undefined;
  const cut = read?.restrictions.user?._links?.next !== undefined || read?.restrictions.group?._links?.next !== undefined;
  return {
    id: content.id,
    kind,
    title: content.title,
    space: spaceBy === "id" ? space?.id : space?.key,
    version: version.number,
    updatedAt: version.when,
    author: version.by?.displayName,
    parent: parent === undefined ? undefined : { id: parent, type: "page" },
    // Cloud has folders, which may be closed as well, and v1 is not known to name them.
    ancestors: kind === "attachment" || spaceBy === "id" ? undefined : content.ancestors?.map(({ id }) => id),
    container: kind === "attachment" ? container?.id : undefined,
    storage: content.body?.storage?.value,
    webPath: links?.webui,
    mediaType: extensions?.mediaType ?? metadata?.mediaType,
    fileBytes: extensions?.fileSize,
    download: links?.download === undefined ? undefined : downloadOf(links.download),
    restriction: whole && !cut ? read : undefined,
  };
}

export function fromPageV2(page: PageV2, kind: "page" | "blogpost"): SiteContent {
  return {
    id: page.id,
    kind,
    title: page.title,
    space: page.spaceId,
    version: page.version.number,
    updatedAt: page.version.createdAt,
    author: page.authorId ?? undefined,
    parent: page.parentId ? { id: page.parentId, type: page.parentType ?? "page" } : undefined,
    ancestors: page.parentId ? undefined : [],
    storage: page.body?.storage?.value,
    webPath: page._links?.webui,
  };
}

export function fromAttachmentV2(attachment: AttachmentV2): SiteContent {
  const container = attachment.pageId ?? attachment.blogPostId ?? undefined;
  return {
    id: attachment.id,
    kind: "attachment",
    title: attachment.title,
    version: attachment.version.number,
    updatedAt: attachment.version.createdAt,
    container,
    webPath: attachment._links?.webui,
    mediaType: attachment.mediaType,
    fileBytes: attachment.fileSize,
    // The plain /download/ path does not work through the gateway.
    download:
      container === undefined
        ? undefined
        : { path: `/rest/api/content/${container}/child/attachment/${attachment.id}/download`, query: [] },
  };
}

/** File names with "+", "%" or Cyrillic are taken as the link has them, never built again. */
function downloadOf(link: string): SiteContent["download"] {
  const url = new URL(link, "https://site.invalid");
  return { path: url.pathname, query: [...url.searchParams] };
}

export function refOf(system: string, { kind, id }: Pick<SiteContent, "kind" | "id">): EntityRef {
  return { system, kind, id };
}

export interface Mapped {
  readonly system: string;
  readonly webAddress: string;
  readonly readers: Audience;
  readonly author?: string;
  readonly space?: Space;
}

export function toCard(content: SiteContent, { system, webAddress, readers, author }: Mapped, excerpt?: string): DocumentCard {
  return {
    ref: refOf(system, content),
    title: content.title,
    url: content.webPath === undefined ? undefined : webAddress + content.webPath,
    kind: content.kind,
    author,
    updatedAt: content.updatedAt,
    readers,
    ...(excerpt ? { excerpt } : {}),
  };
}

export function toEntity(content: SiteContent, mapped: Mapped, markdown: string | undefined): Entity {
  const { system, space, author } = mapped;
  const parent = content.container ?? content.parent?.id;
  return {
    ref: refOf(system, content),
    title: content.title,
    url: content.webPath === undefined ? undefined : mapped.webAddress + content.webPath,
    updatedAt: content.updatedAt,
    version: String(content.version),
    readers: mapped.readers,
    relations:
      parent === undefined ? [] : [{ kind: content.container ? "attached-to" : "below", to: { system, kind: "page", id: parent } }],
    content: content.kind === "attachment" ? (isReadable(content) ? "later" : undefined) : { markdown: markdown ?? "" },
    fields: {
      space: space?.key ?? null,
      spaceName: space?.name ?? null,
      author: author ?? null,
      mediaType: content.mediaType ?? null,
      bytes: content.fileBytes ?? null,
    },
  };
}

/** The largest attachment that is fetched to be read. */
export const largestAttachment = 50 * 1024 * 1024;

/** Pictures, sound and programs hold no text worth fetching. */
function isReadable({ mediaType, title, fileBytes }: SiteContent): boolean {
  if ((fileBytes ?? 0) > largestAttachment) return false;
  if (mediaType && /^(?:image|audio|video|font)\//.test(mediaType)) return false;
  return !/\.(?:zip|rar|7z|gz|exe|dll|jar|msi|iso|drawio|png|jpe?g|gif|svg|mp[34]|mov|avi)$/i.test(title);
}
