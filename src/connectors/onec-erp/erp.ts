import type { ConnectorContext } from "../../domain/connector.js";
import type { ErpConnector } from "../../domain/erp.js";
import type { Day } from "../../domain/numbers.js";
import type { OData } from "../kit/odata.js";
import { readAccount } from "./account.js";
import { createCatalogs } from "./catalogs.js";
import { publishedOnly } from "./check.js";
import { createFigures } from "./figures.js";
import type { Mapping } from "./mapping.js";
import { findMembers } from "./members.js";
import { createPlan, readPlan, writtenPlan } from "./plans.js";
import { readRows } from "./rows.js";
import { readSeries, unitOf } from "./series.js";
import { readStock } from "./stock.js";

export interface ErpParts {
  readonly odata: OData;
  readonly mapping: Mapping;
  readonly currency: string;
  /** Of the base: 1C's days and times name no zone. */
  readonly timeZone: string;
  readonly context: Pick<ConnectorContext, "system" | "now" | "log">;
}

/** What 1C:ERP, УТ and КА can do, as far as the mapping has a place for it. */
export function createErp({ odata, mapping, currency, timeZone, context: { system, now, log } }: ErpParts): ErpConnector {
  const catalogs = createCatalogs(odata, now);
  const figures = createFigures(odata, catalogs, mapping, system);
  const today = () => dayIn(timeZone, now());
  const { stock, account, plans } = mapping;
  const planParts = plans && { odata, catalogs, mapping, plans, system, currency };

  return {
    async measures() {
      const { measures, splits, registers } = await publishedOnly(mapping, odata);
      return Object.entries(measures).map(([id, measure]) => {
        const known = "register" in measure ? Object.keys(registers[measure.register]?.dimensions ?? {}) : ["customer"];
        const offered = Object.entries(splits).filter(([split, { of }]) => known.includes(of ?? split));
        return {
          id,
          title: measure.title,
          unit: unitOf(measure.unit, currency),
          splits: offered.map(([split, { title }]) => ({ id: split, title })),
        };
      });
    },
    members: (split, text) => findMembers(odata, mapping, { split, text, suggest: true }),
    series: (query) => readSeries(query, { figures, catalogs, mapping, currency, today: today() }),
    rows: (query) => readRows(query, { figures, catalogs, mapping, system }),
    ...(stock && {
      stock: (query) =>
        readStock(query, {
          odata,
          catalogs,
          mapping,
          stock,
          system,
          log,
          members: (split, text) => findMembers(odata, mapping, { split, text }),
        }),
    }),
    ...(account && { account: (client) => readAccount(client, { odata, catalogs, mapping, account, system, currency, today: today() }) }),
    ...(planParts && {
      plan: (query) => readPlan(query, planParts),
      updatePlan: (plan) => createPlan(plan, planParts),
      written: (_what, approved) => writtenPlan(approved, planParts),
    }),
  };
}

function dayIn(timeZone: string, at: Date): Day {
  return new Intl.DateTimeFormat("sv-SE", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}
