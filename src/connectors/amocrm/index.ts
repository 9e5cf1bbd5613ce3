import { z } from "zod";
import { SignInNeeded } from "../../domain/errors.js";
import type { Secrets } from "../../domain/vault.js";
import { baseUrl, defineConnector } from "../kit/define.js";
import { createCrm } from "./crm.js";
import { createDirectory } from "./directory.js";
import type { Directory } from "./directory.js";
import { createReader } from "./reading.js";
import { surveyAccount } from "./survey.js";
import { createSync } from "./sync.js";
import { signInByBrowser } from "./sign-in.js";
import { createWebhook } from "./webhook.js";

/** Users, pipelines and fields are the same for everybody of one sign-in; each of a hundred people reading them would use up the limit. */
const directories = new WeakMap<Secrets, Directory>();

/** amoCRM and Kommo: clients, deals, notes, calls and tasks of a sales department. */
export const amocrm = defineConnector({
  id: "amocrm",
  title: "amoCRM",
  families: ["crm"],
  settings: z.object({
    BASE_URL: baseUrl().describe("The account's own address at amoCRM or Kommo").meta({ example: "https://romashka.amocrm.ru" }),
    INN_FIELD: z
      .string()
      .min(1)
      .optional()
      .describe("Name, id or code of the field that keeps a client's INN; absent: the field called ИНН or INN")
      .meta({ example: "ИНН" }),
    REQUESTS_PER_SECOND: z.coerce
      .number()
      .min(0.1)
      .max(50)
      .default(5)
      .describe("Calls a second at most; the vendor allows 7 for everything that uses the account"),
  }),
  signIn: [
    signInByBrowser,
    {
      kind: "secret",
      names: ["TOKEN"],
      descriptions: { TOKEN: "Long-lived token of a private integration: amoMarket, Create integration, tab Keys and scopes" },
    },
  ],
  limits: ({ BASE_URL, REQUESTS_PER_SECOND }) => ({ perSecond: REQUESTS_PER_SECOND, atOnce: 5, account: new URL(BASE_URL).host }),
  webhookBytes: 5 * 1024 * 1024,
  sensitive: ["phones", "emails"],

  open({ BASE_URL, INN_FIELD }, { http, secrets, signedIn, system, actingFor, now }) {
    const reader = createReader(http, system);
    const directory = directories.get(secrets) ?? createDirectory(reader, system);
    directories.set(secrets, directory);
    const zone = async () =>
      actingFor === "svyaz" ? ((await directory.account())._embedded?.datetime_settings?.timezone ?? "Europe/Moscow") : actingFor.timeZone;
    const context = { http, reader, directory, system, baseUrl: BASE_URL, innField: INN_FIELD, zone, now };
    return {
      crm: createCrm(context),
      sync: createSync(context),
      webhook: createWebhook(context),
      survey: (signal) => surveyAccount(context, signal),
      async check(signal) {
        const expiresAt = signedIn["user"] === undefined ? expiryOf((await secrets.get("TOKEN"))?.reveal()) : undefined;
        if (expiresAt && expiresAt <= now())
          throw new SignInNeeded(`${system}: the token expired at ${expiresAt.toISOString()}`, { system });
        await directory.look(signal);
        return { expiresAt };
      },
    };
  },
});

/** A long-lived token is a JWT that says when it ends; another kind of token says nothing. */
function expiryOf(token: string | undefined): Date | undefined {
  try {
    const claims = JSON.parse(Buffer.from(token?.split(".")[1] ?? "", "base64url").toString("utf8")) as unknown;
    const { exp } = z.object({ exp: z.number() }).parse(claims);
    return new Date(exp * 1_000);
  } catch {
    return undefined;
  }
}
