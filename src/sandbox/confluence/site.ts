import type { Edition } from "./identities.js";
import { plainText } from "./plain-text.js";
import type { Account } from "./identities.js";
import type { Attachment, Page, Store } from "./store.js";

/** What every route knows: whose site it is, and who is asking. */
export interface Site {
  readonly edition: Edition;
  readonly store: Store;
  readonly timeZone: string;
  readonly now: () => Date;
  /** "/wiki" on Cloud, "/confluence" here on Data Center. */
  readonly context: string;
  /** Where signed media addresses lead: another host, which wants no credentials. */
  mediaUrl(attachment: Attachment): string;
}

export interface Call {
  readonly site: Site;
  readonly account: Account;
  /** "http://127.0.0.1:41234/wiki" */
  readonly base: string;
}

/** Moments as the edition writes them: Cloud in UTC, Data Center with the server's offset. */
export function momentText({ edition, timeZone }: Site, moment: string): string {
  if (edition === "cloud") return moment;
  const date = new Date(moment);
  const local = date.toLocaleString("sv-SE", { timeZone }).replace(" ", "T");
  const minutes = Math.round((Date.parse(`${local}Z`) - Math.floor(date.getTime() / 1_000) * 1_000) / 60_000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${local}.${moment.slice(20, 23)}${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/** The body with people under the names of the edition. */
export function storageOf({ edition, store }: Site, page: { readonly body: string }): string {
  return page.body.replace(/\{\{user:([a-z]+)\}\}/g, (_, id: string) => {
    const account = store.identities.byId(id);
    return edition === "cloud" ? `<ri:user ri:account-id="${account.accountId}"/>` : `<ri:user ri:userkey="${account.userKey}"/>`;
  });
}

/** A rendered body, macros executed: included pages appear in it as far as the credential may see them. */
export function renderedOf(call: Call, page: Page): string {
  const { store } = call.site;
  return storageOf(call.site, page)
    .replace(
      /<ac:structured-macro ac:name="include"[\s\S]*?ri:content-title="([^"]*)"[\s\S]*?<\/ac:structured-macro>/g,
      (_, title: string) => {
        const included = [...store.pages.values()].find((one) => one.title === title && one.spaceKey === page.spaceKey);
        return included && store.maySee(call.account, included) ? `<div>${plainText(included.body)}</div>` : "";
      },
    )
    .replace(/<ac:parameter[^>]*>[\s\S]*?<\/ac:parameter>/g, "")
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;"))
    .replace(/<\/?(ac|ri):[^>]*>/g, "");
}

export function webUi({ edition }: Site, page: Page): string {
  if (edition === "cloud") return `/spaces/${page.spaceKey}/pages/${page.id}/${encodeURIComponent(page.title).replaceAll("%20", "+")}`;
  return /[?/\\%+]/.test(page.title)
    ? `/pages/viewpage.action?pageId=${page.id}`
    : `/display/${page.spaceKey}/${encodeURIComponent(page.title).replaceAll("%20", "+")}`;
}

/** Little-endian bytes of the id in the alphabet of short links. */
export function tinyUi(page: Page): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(page.id));
  const used = bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0) + 1);
  return `/x/${used.toString("base64").replaceAll("/", "-").replaceAll("+", "_").replaceAll("=", "")}`;
}

export function downloadPath(attachment: Attachment): string {
  const { pageId, name, version, at } = attachment;
  return `/download/attachments/${pageId}/${encodeURIComponent(name)}?version=${version}&modificationDate=${Date.parse(at)}&cacheVersion=1&api=v2`;
}

export const sizeOf = (attachment: Attachment): number => Buffer.byteLength(attachment.content, "base64");
