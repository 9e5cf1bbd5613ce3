import { z } from "zod";
import { baseUrl, defineConnector } from "../kit/define.js";
import { createOData } from "../kit/odata.js";
import { checkFields, checkPublished } from "./check.js";
import { createErp } from "./erp.js";
import { configurations, loadMapping } from "./mapping.js";
import { surveyBase } from "./survey.js";
import { createSync } from "./sync.js";

const INTERFACE = "/odata/standard.odata";

/** 1C:ERP 2.5, УТ 11 and КА 2.5 through the platform's standard OData interface. */
export const onecErp = defineConnector({
  id: "onec-erp",
  title: "1C:ERP",
  families: ["erp"],
  privateNetwork: true,
  sensitive: ["phones", "emails"],
  settings: z.object({
    BASE_URL: baseUrl({ privateNetwork: true })
      .describe("The address where the base is published, with or without /odata/standard.odata")
      .meta({ example: "https://1c.example.com/erp" }),
    CONFIGURATION: z
      .enum(configurations)
      .default("erp-2.5")
      .describe("Which configuration the base runs: erp-2.5, ut-11 or ka-2.5; decides the names of its objects"),
    MAPPING_FILE: z
      .string()
      .min(1)
      .optional()
      .describe("A JSON file with the names of objects and fields, for a changed configuration; see the connector's README")
      .meta({ example: "/etc/svyaz/onec-erp.json" }),
    TIME_ZONE: z
      .string()
      .refine(isTimeZone, "a time zone such as Europe/Moscow")
      .default("Europe/Moscow")
      .describe("The time zone of the 1C server: its dates name none"),
    CURRENCY: z
      .string()
      .regex(/^[A-Z]{3}$/, "three capital letters such as RUB")
      .default("RUB")
      .describe("The currency that the base keeps its management accounts in"),
    TIMEOUT_SECONDS: z.coerce
      .number()
      .min(1)
      .max(600)
      .default(60)
      .describe("How long one answer may take; the first call after an idle time takes more than 30 seconds"),
    AT_ONCE: z.coerce
      .number()
      .int()
      .min(1)
      .max(8)
      .default(3)
      .describe("Calls at the same time: each one takes a client licence while it lasts"),
  }),
  signIn: [
    {
      kind: "secret",
      names: ["USER", "PASSWORD"],
      descriptions: {
        USER: "A user of the base with remote access by OData; Cyrillic names are fine",
        PASSWORD: "The password of that user",
      },
      // UTF-8 before base64: with cp1251 a Cyrillic name is answered by 401.
      headers: ({ USER, PASSWORD }) => ({
        authorization: `Basic ${Buffer.from(`${USER?.reveal()}:${PASSWORD?.reveal()}`, "utf8").toString("base64")}`,
      }),
    },
  ],
  // The platform counts no calls; what runs out are its sessions and licences.
  limits: ({ AT_ONCE }) => ({ perSecond: 50, atOnce: AT_ONCE }),

  async open({ BASE_URL, CONFIGURATION, MAPPING_FILE, TIME_ZONE, CURRENCY, TIMEOUT_SECONDS }, { http, system, now, log }) {
    const mapping = await loadMapping({ configuration: CONFIGURATION, file: MAPPING_FILE }, system);
    const odata = createOData(http, { system, root: BASE_URL.endsWith(INTERFACE) ? "" : INTERFACE, timeoutMs: TIMEOUT_SECONDS * 1000 });
    let fieldsChecked = false;
    return {
      erp: createErp({ odata, mapping, currency: CURRENCY, timeZone: TIME_ZONE, context: { system, now, log } }),
      sync: createSync({ odata, mapping, system }),
      survey: (signal) => surveyBase({ odata, mapping, name: new URL(BASE_URL).pathname.replace(INTERFACE, "").slice(1) }, signal),
      async check(signal) {
        checkPublished(mapping, await odata.sets(signal), system);
        // The schema has up to 17 MB, and changes only when the configuration is updated.
        if (fieldsChecked) return;
        checkFields(mapping, await odata.schema(signal), system);
        fieldsChecked = true;
      },
    };
  },
});

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}
