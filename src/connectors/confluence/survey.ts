import { z } from "zod";
import { AccessDenied, NotFound } from "../../domain/errors.js";
import type { Survey, SurveyFinding } from "../../domain/survey.js";
import { User } from "./answers.js";
import { inSpaces } from "./cql.js";
import type { Caller, Site, Space } from "./site.js";

const kinds = ["page", "blogpost", "attachment"] as const;
/** Pages come with their bodies, on Data Center with their restrictions too; Cloud is asked for these page by page. Files are fetched one by one. */
const perCall = {
  cloud: { page: 1, blogpost: 1, attachment: 1 },
  "data-center": { page: 50, blogpost: 50, attachment: 1 },
} as const;
/** Every space's rights are asked for; the first so many are enough to know whether they are shown. */
const mostSpacesAsked = 50;

const ServerInformation = z.object({ version: z.string() });

/** What a Confluence site has, and whether our account sees who may read it: pages of a space that hides this are shown to nobody. */
export async function surveySite(
  { site, caller, spaceKeys }: { readonly site: Site; readonly caller: Caller; readonly spaceKeys: readonly string[] },
  signal: AbortSignal,
): Promise<Survey> {
  const findings: SurveyFinding[] = [];
  const [me, seen, version, users] = await Promise.all([
    caller.get("/rest/api/user/current", undefined, User, { signal }),
    site.spaces(signal),
    site.edition === "cloud" ? undefined : versionOf(caller, signal),
    countUsers(site, signal),
  ]);
  const spaces = seen.filter(({ key }) => spaceKeys.length === 0 || spaceKeys.includes(key));
  const lost = spaceKeys.filter((key) => !seen.some((space) => space.key === key));
  if (spaces.length === 0) findings.push({ level: "missing", code: "no-spaces" });
  if (lost.length > 0) findings.push({ level: "missing", code: "spaces-not-seen", about: lost });
  if (users === undefined) findings.push({ level: "missing", code: "groups-hidden" });
  const hidden = await hiddenSpaces(site, spaces.slice(0, mostSpacesAsked));
  if (hidden.closed.length > 0) findings.push({ level: "missing", code: "space-rights-hidden", about: hidden.closed });
  if (hidden.open.length > 0) findings.push({ level: "risk", code: "open-to-everyone", about: hidden.open });
  const volumes = await Promise.all(
    kinds.map(async (kind) => {
      const found = await site.search(`type = ${kind}${inSpaces(spaceKeys)}`, { size: 1, signal });
      return { kind, count: found.total ?? found.items.length, perCall: perCall[site.edition][kind] };
    }),
  );
  return {
    name: new URL(site.webAddress).host,
    version,
    edition: site.edition,
    users,
    account: { name: me.displayName ?? me.username },
    modules: spaces.map(({ key, name }) => ({ name: name === undefined ? key : `${name} (${key})`, on: !hidden.closed.includes(key) })),
    pipelines: [],
    fields: [],
    volumes,
    findings,
  };
}

/** Since 8.0 or so; older servers have no such page. */
async function versionOf(caller: Caller, signal: AbortSignal): Promise<string | undefined> {
  return caller.get("/rest/api/server-information", undefined, ServerInformation, { signal }).then(
    ({ version }) => version,
    (error: unknown) => unlessHidden(error, undefined),
  );
}

/** Members of all groups, each counted once; undefined where the account may not see groups. */
async function countUsers(site: Site, signal: AbortSignal): Promise<number | undefined> {
  const users = new Set<string>();
  try {
    for await (const group of site.groupMembers(signal)) for (const user of group.users) users.add(user);
  } catch (error) {
    return unlessHidden(error, undefined);
  }
  return users.size;
}

async function hiddenSpaces(site: Site, spaces: readonly Space[]): Promise<{ readonly closed: string[]; readonly open: string[] }> {
  const found = await Promise.all(
    spaces.map(async ({ id, key }) => ({
      key,
      readers: await site.spaceReaders(id).catch((error: unknown) => unlessHidden(error, "hidden" as const)),
    })),
  );
  const named = (wanted: string) => found.filter(({ readers }) => readers === wanted).map(({ key }) => key);
  return { closed: named("hidden"), open: named("everyone") };
}

/** A refusal is an answer to the question what we may see; everything else is trouble. */
function unlessHidden<T>(error: unknown, hidden: T): T {
  if (error instanceof AccessDenied || error instanceof NotFound) return hidden;
  throw error;
}
