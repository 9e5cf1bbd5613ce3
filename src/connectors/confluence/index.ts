import { z } from "zod";
import { AccessDenied, NotFound, SignInNeeded } from "../../domain/errors.js";
import { baseUrl, defineConnector } from "../kit/define.js";
import { User } from "./answers.js";
import { createBodies } from "./bodies.js";
import { createCloud } from "./cloud.js";
import { inSpaces } from "./cql.js";
import { createDataCenter } from "./data-center.js";
import { createDocuments } from "./documents.js";
import { createRights } from "./restrictions.js";
import { signInByBrowser } from "./sign-in.js";
import { createCaller } from "./site.js";
import { surveySite } from "./survey.js";
import { createSync } from "./sync.js";
import { createWebhook } from "./webhook.js";

/** Confluence Cloud and Data Center: pages, blog posts and attachments, with the rights of their readers. */
export const confluence = defineConnector({
  id: "confluence",
  title: "Confluence",
  families: ["documents"],
  privateNetwork: true,
  settings: z.object({
    BASE_URL: baseUrl({ privateNetwork: true })
      .describe("Where Confluence is, with its path if it has one; Cloud: the site's address")
      .meta({ example: "https://romashka.atlassian.net" }),
    EDITION: z.enum(["cloud", "data-center"]).optional().describe("cloud or data-center; absent: told from the address"),
    SIGN_IN_URL: baseUrl().default("https://auth.atlassian.com").describe("Cloud: where people sign in; another one for tests only"),
    GATEWAY_URL: baseUrl()
      .default("https://api.atlassian.com")
      .describe("Cloud: where calls in a person's own name go; another one for tests only"),
    SPACES: z
      .string()
      .default("")
      .transform((text) => text.split(/[\s,;]+/).filter((key) => key !== ""))
      .describe("Keys of the spaces to read, divided by commas; absent: all that the account sees"),
    REQUESTS_PER_SECOND: z.coerce
      .number()
      .min(0.1)
      .max(100)
      .default(10)
      .describe("Calls a second at most; neither edition publishes a number, an own server may take more"),
  }),
  signIn: [
    signInByBrowser,
    {
      kind: "secret",
      names: ["EMAIL", "API_TOKEN"],
      descriptions: {
        EMAIL: "Cloud: the account's e-mail",
        API_TOKEN: "Cloud: an API token without scopes of that account: id.atlassian.com, Security, API tokens",
      },
      headers: ({ EMAIL, API_TOKEN }) => ({
        authorization: `Basic ${Buffer.from(`${EMAIL?.reveal()}:${API_TOKEN?.reveal()}`).toString("base64")}`,
      }),
    },
    { kind: "secret", names: ["TOKEN"], descriptions: { TOKEN: "Data Center: a personal access token: profile, Personal access tokens" } },
  ],
  secrets: {
    WEBHOOK_SECRET: "Data Center: the secret of the web hook that Confluence sends; its signature is then asked of every delivery",
  },
  limits: ({ BASE_URL, REQUESTS_PER_SECOND }) => ({ perSecond: REQUESTS_PER_SECOND, atOnce: 4, account: new URL(BASE_URL).host }),
  // Cloud keeps attachments at its media service and hands out signed addresses.
  redirects: ["api.media.atlassian.com", "*.media.atlassian.com"],

  open({ BASE_URL, EDITION, SPACES }, { http, secrets, system, actingFor, now, log }) {
    const edition = EDITION ?? (isCloud(BASE_URL) ? "cloud" : "data-center");
    const prefix = edition === "cloud" && !new URL(BASE_URL).pathname.endsWith("/wiki") ? "/wiki" : "";
    const caller = createCaller(http, system, prefix);
    const site = edition === "cloud" ? createCloud(caller, BASE_URL + prefix) : createDataCenter(caller, http, BASE_URL);
    const bodies = createBodies(site);
    const rights = () => createRights({ site, system, log, closed: actingFor === "svyaz" ? "nobody" : "ask" });
    return {
      documents: createDocuments({ site, http, prefix, system, bodies, rights, spaces: inSpaces(SPACES) }),
      sync: createSync({ site, system, bodies, rights, spaceKeys: SPACES, now, log }),
      webhook: createWebhook({ system, secrets }),
      survey: (signal) => surveySite({ site, caller, spaceKeys: SPACES }, signal),
      async check(signal) {
        const me = await caller.get("/rest/api/user/current", undefined, User, { signal });
        if (me.type === "anonymous")
          throw new SignInNeeded(`${system}: the token was not accepted: Confluence takes us for a guest`, { system, operation: "check" });
        const [space] = await site.spaces(signal);
        if (actingFor !== "svyaz" || !space) return;
        await site.spaceReaders(space.id).catch((error: unknown) => {
          if (!(error instanceof AccessDenied || error instanceof NotFound)) throw error;
          const message = `${system}: the account may not see who reads the space ${space.key}, so its pages are shown to nobody; give it the rights of an administrator`;
          throw new AccessDenied(message, { system, operation: "check", cause: error }, "system");
        });
      },
    };
  },
});

function isCloud(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname.endsWith(".atlassian.net") || hostname === "api.atlassian.com";
}
