import type { Company } from "../company.js";
import type { Faults } from "../faults.js";
import { type Counters, type Rate, type SandboxAnswer, type SandboxRequest, startServer } from "../http.js";
import { openJournal } from "../journal.js";
import type { Sales } from "../sales.js";
import { json, refusalAnswer, webServerAnswer } from "./answers.js";
import { atomService } from "./atom.js";
import { metadataDocument } from "./metadata.js";
import { readOptions } from "./options.js";
import { Refusal } from "./refusal.js";
import { createResources } from "./resources.js";
import { createPublication } from "./schema.js";
import { createStore, type Entry, type Store } from "./store.js";
import type { ConditionQuotes } from "./virtual-tables.js";

const BASE = "/erp";
const ROOT = `${BASE}/odata/standard.odata`;
/** Apache's and IIS's own limits differ; this one is near the stricter. */
const LONGEST_URL = 4_096;

export interface OnecErpOptions {
  readonly company: Company;
  /** Asked for when the first figure is. */
  readonly sales: () => Sales;
  /** Where changes are kept; without a folder they last as long as the server. */
  readonly dir?: string;
  readonly port?: number;
  /** Infobase user; Cyrillic is fine, encoded as UTF-8. */
  readonly user: string;
  readonly password: string;
  /** Opens `/__sandbox/` for tests in other processes. */
  readonly control?: boolean;
  readonly now: () => Date;
  /** Objects the administrator has not listed: 404/8. */
  readonly unpublished?: readonly string[];
  /** Which quotes this base takes inside `Condition`; real ones differ. */
  readonly conditionQuotes?: ConditionQuotes;
  /** The platform has no rate limit; a web server in front of it may. */
  readonly rate?: Rate;
}

export interface OnecErpServer {
  /** Address of the infobase: "http://127.0.0.1:41234/erp". */
  readonly url: string;
  readonly store: Store;
  readonly faults: Faults;
  /** Longest page the base gives, however much is asked for; a loaded base gives short ones. */
  shortenPages(rows: number | undefined): void;
  counters(): Counters;
  close(): Promise<void>;
}

/** Starts a 1C:ERP 2.5 infobase that speaks the standard OData interface (version 3) of platform 8.3.27 under `/erp/odata/standard.odata`. */
export async function startOnecErp(options: OnecErpOptions): Promise<OnecErpServer> {
  const { company, now } = options;
  const publication = createPublication(options.unpublished ?? []);
  const journal = await openJournal<Entry>(options.dir, "onec-erp");
  let opened: Store | undefined;
  // Three years of trade take a while to make up: whoever asks the base for no figures need not wait for them.
  const store = () => (opened ??= createStore(publication, company, options.sales(), journal));
  const expected = `Basic ${Buffer.from(`${options.user}:${options.password}`, "utf8").toString("base64")}`;
  let longestPage: number | undefined;
  let metadata: string | undefined;

  let made: ReturnType<typeof createResources> | undefined;
  const resources = () =>
    (made ??= createResources({
      publication,
      store: store(),
      clock: () => wallClock(now(), company.timeZone),
      closedBefore: `${Number(company.anchor.slice(0, 4)) - 1}-01-01`,
      conditionQuotes: options.conditionQuotes ?? "doubled",
      longestPage: () => longestPage,
    }));

  const handler = async (request: SandboxRequest): Promise<SandboxAnswer> => {
    if (request.headers.authorization !== expected) {
      return webServerAnswer(401, "Unauthorized", { "www-authenticate": 'Basic realm="1C:Enterprise 8.3"' });
    }
    if (request.path.length + request.url.search.length > LONGEST_URL) return webServerAnswer(414, "Request-URI Too Long");
    if (request.path !== ROOT && !request.path.startsWith(`${ROOT}/`)) return webServerAnswer(404, "Not Found");
    const base = `http://${request.headers.host ?? ""}${ROOT}/`;
    const path = request.path.slice(ROOT.length);
    const accept = request.headers.accept ?? "";
    try {
      const query = readOptions(request.url.search, accept);
      if (path === "/$metadata") {
        metadata ??= metadataDocument(publication);
        return { status: 200, headers: { "content-type": "application/xml;charset=utf-8", dataserviceversion: "3.0" }, body: metadata };
      }
      if (path === "/$batch") throw new Refusal(501, 0, "Возможность не поддерживается");
      if (path === "" || path === "/") {
        const names = [...publication.sets.keys()];
        if (query.format === "atom")
          return { status: 200, headers: { "content-type": "application/xml;charset=utf-8" }, body: atomService(base, names) };
        return json(200, { "odata.metadata": `${base}$metadata`, value: names.map((name) => ({ name, url: name })) });
      }
      return await resources().answer(request, path, base, query);
    } catch (error) {
      if (error instanceof Refusal) return refusalAnswer(error, formatOf(request.url.search, accept));
      throw error;
    }
  };

  const server = await startServer({
    port: options.port,
    handler,
    rate: options.rate,
    ...(options.control ? { control: { dump: () => ({ changes: store().changes }) } } : {}),
  });
  return {
    url: `${server.url}${BASE}`,
    get store() {
      return store();
    },
    faults: server.faults,
    shortenPages: (rows) => {
      longestPage = rows;
    },
    counters: () => server.counters(),
    close: async () => {
      await server.close();
      await journal.close();
    },
  };
}

function wallClock(moment: Date, timeZone: string): string {
  const text = moment.toLocaleString("sv-SE", { timeZone });
  return text.replace(" ", "T");
}

/** Errors keep the asked format even when the options themselves could not be read. */
function formatOf(search: string, accept: string): "json" | "atom" {
  return /[?&](\$|%24)format=[^&]*json/.test(search) || accept.includes("application/json") ? "json" : "atom";
}
