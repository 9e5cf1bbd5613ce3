import { onecErp } from "../../../src/connectors/onec-erp/index.js";
import type { ErpRow } from "../../../src/domain/erp.js";
import { startOnecErp } from "../../../src/sandbox/onec-erp/index.js";
import { describeConnector } from "../../contract/connector.js";
import { company, now, sales } from "./base.js";

const user = "Робот Связь";
const password = "password-of-the-contract";
const october = { from: "2026-10-01", to: "2026-10-31" };

describeConnector({
  definition: onecErp,
  family: "erp",
  system: "onec-erp",
  secret: { variable: "ONEC_ERP_PASSWORD", value: password },
  // The platform counts no requests.
  start: async () => {
    const server = await startOnecErp({ company, sales: () => sales, user, password, now });
    // The base makes itself up when it is first asked for something; that is not what the cases' time-outs are for.
    void server.store;
    return server;
  },
  environment: (url) => ({ ONEC_ERP_BASE_URL: url, ONEC_ERP_USER: user, ONEC_ERP_TIMEOUT_SECONDS: "2" }),
  list: {
    path: "*RecordType*",
    open: ({ erp }) => erp.rows({ measure: "revenue", period: october }),
    // One document has several rows.
    idOf: (row: ErpRow) => `${row.ref.id} ${JSON.stringify(row.cells)}`,
    field: "Period",
  },
  one: {
    read: ({ erp }) => erp.series({ measure: "revenue", period: october, step: "month" }),
    readMissing: async ({ erp }) => erp.account?.({ inn: "0000000000" }),
  },
});
