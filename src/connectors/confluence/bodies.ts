import { SvyazError } from "../../domain/errors.js";
import type { Site, SiteContent, Space } from "./site.js";
import { mentionedUsers, storageToMarkdown } from "./storage.js";

const mostNames = 5_000;

/** Bodies as Markdown, with the names of people and the addresses of pages in place of their ids. */
export interface Bodies {
  markdownOf(content: SiteContent): Promise<string>;
  authorOf(content: SiteContent): Promise<string | undefined>;
  spaceOf(content: SiteContent): Promise<Space | undefined>;
}

/** Names and spaces are remembered as long as the connector is open; both change rarely and decide nothing. */
export function createBodies(site: Site): Bodies {
  const names = new Map<string, Promise<string | undefined>>();
  let spaces: Promise<ReadonlyMap<string, Space>> | undefined;

  function nameOf(id: string): Promise<string | undefined> {
    const known =
      names.get(id) ??
      site.userName(id).catch((error: unknown) => {
        // A person who left or hides: the text is readable without the name.
        if (error instanceof SvyazError && !error.retryable) return undefined;
        names.delete(id);
        throw error;
      });
    if (names.size < mostNames) names.set(id, known);
    return known;
  }

  async function spaceOf({ space }: SiteContent): Promise<Space | undefined> {
    if (space === undefined) return undefined;
    spaces ??= site.spaces().then((all) => new Map(all.map((one) => [one.id, one])));
    spaces.catch(() => {
      spaces = undefined;
    });
    return (await spaces).get(space);
  }

  return {
    spaceOf,
    // v2 gives an account id where v1 gives the name itself.
    authorOf: async ({ author }) => (author !== undefined && site.edition === "cloud" && isAccountId(author) ? nameOf(author) : author),
    async markdownOf(content) {
      const { storage = "" } = content;
      const ids = mentionedUsers(storage);
      const found = await Promise.all(ids.map(async (id) => [id, await nameOf(id)] as const));
      const people = new Map(found);
      const own = /<ri:(?:page|blog-post)\b/.test(storage) ? (await spaceOf(content))?.key : undefined;
      return storageToMarkdown(storage, {
        user: (id) => people.get(id),
        pageUrl: (title, key = own) =>
          key === undefined
            ? undefined
            : `${site.webAddress}/display/${encodeURIComponent(key)}/${encodeURIComponent(title).replaceAll("%20", "+")}`,
      });
    },
  };
}

function isAccountId(text: string): boolean {
  return !text.includes(" ") && /^[\w:-]{10,128}$/.test(text) && /\d/.test(text);
}
