import type { Http } from "../../../src/domain/connector.js";
import type { ErpConnector } from "../../../src/domain/erp.js";
import type { Log } from "../../../src/domain/log.js";
import type { Metrics } from "../../../src/domain/metrics.js";
import type { Secret } from "../../../src/domain/vault.js";
import { createHttp } from "../../../src/connectors/kit/http.js";
import { createAccount } from "../../../src/connectors/kit/limits.js";
import { onecErp } from "../../../src/connectors/onec-erp/index.js";
import { createCompany } from "../../../src/sandbox/company.js";
import { type OnecErpOptions, startOnecErp } from "../../../src/sandbox/onec-erp/index.js";
import { createSales } from "../../../src/sandbox/sales.js";

export const now = () => new Date("2026-11-20T09:00:00.000Z");
export const company = createCompany({ anchor: "2026-11-20" });
export const sales = createSales(company);

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => quiet };
const metrics: Metrics = { count() {}, set() {}, observe() {} };
const secret = (text: string): Secret => ({ reveal: () => text });
const user = "Служебный Связь";
const password = "pass:слово";

/** The settings as the environment would give them. */
export type Settings = Readonly<Record<string, string>>;

/** A connector on an address, signed in as the technical user. */
export async function connect(baseUrl: string, { settings = {}, as = password }: { settings?: Settings; as?: string } = {}) {
  const parsed = onecErp.settings.parse({ BASE_URL: baseUrl, ...settings });
  const [way] = onecErp.signIn;
  if (way?.kind !== "secret" || !way.headers) throw new Error("signs in with a secret");
  const headers = way.headers({ USER: secret(user), PASSWORD: secret(as) });
  const exit = createHttp({
    system: "onec-erp",
    baseUrl: parsed.BASE_URL,
    signIn: async () => ({ headers, secrets: [as] }),
    account: createAccount("onec-erp", onecErp.limits(parsed), { now }),
    background: false,
    privateNetwork: true,
    metrics,
    log: quiet,
    patience: { pauseMs: 1 },
    timeoutMs: 5_000,
  });
  const connector = await onecErp.open(parsed, {
    system: "onec-erp",
    actingFor: "svyaz",
    signedIn: {},
    http: exit.http,
    secrets: { get: async () => undefined, update: async () => secret(""), remove: async () => {} },
    now,
    log: quiet,
    call: exit.call,
  });
  if (!connector.erp) throw new Error("1C is an ERP");
  return { connector, erp: connector.erp satisfies ErpConnector, http: exit.http satisfies Http, close: exit.close };
}

/** The sandbox's base over loopback, and a connector on it. */
export async function openBase(options: Partial<OnecErpOptions> & { settings?: Settings } = {}) {
  const { settings, ...rest } = options;
  const server = await startOnecErp({ company, sales: () => sales, user, password, now, ...rest });
  const opened = await connect(server.url, { settings });
  return {
    ...opened,
    server,
    async close() {
      await opened.close();
      await server.close();
    },
  };
}

/** Kopecks as the connector prints money. */
export function money(kopecks: number): string {
  const sign = kopecks < 0 ? "-" : "";
  const text = String(Math.abs(kopecks)).padStart(3, "0");
  return `${sign}${text.slice(0, -2)}.${text.slice(-2)}`;
}

export interface Sold {
  readonly day: string;
  readonly item: string;
  readonly group: string;
  readonly section: string;
  readonly customer: string;
  readonly region: string;
  readonly warehouse: string;
  readonly sum: number;
  readonly net: number;
  readonly quantity: number;
}

/** Every line that the company has shipped: the truth that reports are held against. */
export const sold: readonly Sold[] = sales.shipments.flatMap((shipment) =>
  shipment.lines.map((line) => {
    const item = sales.items[line.item];
    const group = sales.groups[item?.group ?? 0];
    const client = company.clients[shipment.client];
    return {
      day: shipment.at.slice(0, 10),
      item: item?.name ?? "",
      group: group?.name ?? "",
      section: group?.section ?? "",
      customer: client?.shortName ?? "",
      region: client?.region ?? "",
      warehouse: sales.warehouses[shipment.warehouse]?.name ?? "",
      sum: line.sum,
      net: line.sum - line.vat,
      quantity: line.quantity,
    };
  }),
);

/** The sums of some lines by a key. */
export function sumBy<T>(lines: readonly T[], key: (line: T) => string, amount: (line: T) => number): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of lines) sums.set(key(line), (sums.get(key(line)) ?? 0) + amount(line));
  return sums;
}
