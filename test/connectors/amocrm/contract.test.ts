import { amocrm } from "../../../src/connectors/amocrm/index.js";
import type { Client } from "../../../src/domain/crm.js";
import { startAmocrm } from "../../../src/sandbox/amocrm/index.js";
import type { AmocrmSandbox } from "../../../src/sandbox/amocrm/index.js";
import { createCompany } from "../../../src/sandbox/company.js";
import { describeConnector, toldPerSecond } from "../../contract/connector.js";
import { all, anchorNow, person } from "../harness.js";

const company = createCompany({ anchor: "2026-11-20" });
const token = "sandbox-token-for-contract";
/** Deal 1024 and its client belong to Anna; Dmitry is her colleague. */
const anna = person("anna", ["amocrm:user:1102"]);
const dmitry = person("dmitry", ["amocrm:user:1105"]);

describeConnector({
  definition: amocrm,
  family: "crm",
  system: "amocrm",
  secret: { variable: "AMOCRM_TOKEN", value: token },
  start: ({ perSecond }) => startAmocrm({ company, token, perSecond, now: () => anchorNow }),
  environment: (url) => ({ AMOCRM_BASE_URL: url, AMOCRM_REQUESTS_PER_SECOND: String(toldPerSecond) }),
  list: { path: "*/leads", open: ({ crm }) => crm.deals({}), idOf: (deal: Client) => deal.ref.id, field: "pipeline_id" },
  one: { read: ({ crm }) => crm.deal("1024"), readMissing: ({ crm }) => crm.deal("99999999") },
  strangers: {
    owner: anna,
    stranger: dmitry,
    reads: {
      deal: ({ crm }) => crm.deal("1024"),
      client: ({ crm }) => crm.client("2"),
      history: ({ crm }) => crm.history("2").page(),
      "deals of the client": ({ crm }) => crm.deals({ clientId: "2" }).page(),
      "tasks of the deal": ({ crm }) => crm.tasks({ about: { kind: "deal", id: "1024" } }).page(),
    },
    shows: async ({ crm }) => (await all(crm.findClients({ text: "Вектор" }))).some(({ ref }) => ref.id === "2"),
  },
  writes: {
    method: "POST",
    path: "*/leads",
    draft: { title: "Контрактная сделка", clientId: "2", amount: { amount: "75000.00", currency: "RUB" } },
    write: ({ crm }, approved) => crm.createDeal(approved),
    written: ({ crm }, approved) => crm.written("deal", approved),
    count: async (server, { approval }) => {
      const deals = await recentDeals((server as AmocrmSandbox).url);
      return deals.filter((deal) => JSON.stringify(deal).includes(approval)).length;
    },
  },
});

/** Looked at past the connector, as a person would in the vendor's screens. */
async function recentDeals(url: string): Promise<readonly unknown[]> {
  for (;;) {
    const answer = await fetch(`${url}/api/v4/leads?order[id]=desc&limit=50`, { headers: { authorization: `Bearer ${token}` } });
    if (answer.status === 200) return ((await answer.json()) as { _embedded: { leads: readonly unknown[] } })._embedded.leads;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
