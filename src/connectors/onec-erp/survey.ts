import { z } from "zod";
import { AccessDenied, NotFound, SettingsInvalid } from "../../domain/errors.js";
import type { Survey, SurveyFinding, SurveyedModule } from "../../domain/survey.js";
import type { OData } from "../kit/odata.js";
import { missingFields, neededSets } from "./check.js";
import type { Mapping } from "./mapping.js";

const usersSet = "Catalog_Пользователи";
const rowsPerCall = 1_000;
const Row = z.object({ Ref_Key: z.string() });

/**
 * What a base publishes of what the mapping needs, and how much there is. The standard OData interface tells neither the
 * version nor the roles of our user, so rights are found out by reading one row of each object.
 */
export async function surveyBase(
  { odata, mapping, name }: { readonly odata: OData; readonly mapping: Mapping; readonly name: string },
  signal: AbortSignal,
): Promise<Survey> {
  const sets = await odata.sets(signal);
  const findings: SurveyFinding[] = [];
  const missing = neededSets(mapping).filter((set) => !sets.has(set));
  if (missing.length > 0) findings.push({ level: "missing", code: "objects-not-published", about: missing });
  const lost = missingFields(mapping, await odata.schema(signal));
  if (lost.length > 0) findings.push({ level: "missing", code: "fields-not-found", about: lost });

  const counted = await Promise.all(
    [...countedSets(mapping), usersSet].filter((set) => sets.has(set)).map((set) => count(odata, set, signal)),
  );
  const closed = counted.filter((one) => one.count === undefined).map(({ set }) => set);
  if (closed.length > 0) findings.push({ level: "missing", code: "objects-closed", about: closed });
  const mirrored = mirroredSets(mapping);
  const sizeOf = (set: string) => counted.find((one) => one.set === set)?.count;
  return {
    name: name === "" ? undefined : name,
    // The interface does not tell: that all names fit is the base's own word for it.
    edition: missing.length === 0 && lost.length === 0 ? mapping.title : undefined,
    users: sizeOf(usersSet),
    modules: modulesOf(mapping, (set) => sets.has(set) && !closed.includes(set)),
    pipelines: [],
    fields: [],
    volumes: countedSets(mapping).flatMap((set) => {
      const found = sizeOf(set);
      return found === undefined ? [] : [{ kind: set, count: found, perCall: mirrored.has(set) ? rowsPerCall : undefined }];
    }),
    findings,
  };
}

/** What synchronisation copies: clients with their legal sides, and their documents. */
function mirroredSets({ splits, documents, account }: Mapping): ReadonlySet<string | undefined> {
  const named = [splits["customer"]?.catalog, account?.counterparties.catalog, ...Object.values(documents).map(({ set }) => set)];
  return new Set(named);
}

/** Catalogs and documents; registers count movements, which nobody asks about, and have no key to page by. */
function countedSets({ splits, documents, account, plans }: Mapping): readonly string[] {
  const named = [
    ...Object.values(splits).map(({ catalog }) => catalog),
    ...(account ? [account.counterparties.catalog] : []),
    ...Object.values(documents).map(({ set }) => set),
    ...(plans ? [plans.sales.set, plans.purchases.set] : []),
  ];
  return [...new Set(named)];
}

async function count(odata: OData, set: string, signal: AbortSignal): Promise<{ readonly set: string; readonly count?: number }> {
  try {
    const { items, total } = await odata.page(set, { select: ["Ref_Key"], orderBy: "Ref_Key" }, Row, { top: 1, skip: 0 }, signal);
    return { set, count: total ?? items.length };
  } catch (error) {
    if (error instanceof AccessDenied || error instanceof NotFound || error instanceof SettingsInvalid) return { set };
    throw error;
  }
}

function modulesOf({ registers, documents, stock, account, plans }: Mapping, serves: (set: string) => boolean): readonly SurveyedModule[] {
  const part = (name: string, needed: readonly (string | undefined)[]) => ({
    name,
    on: needed.every((set) => set !== undefined && serves(set)),
  });
  return [
    part("sales", [registers["sales"]?.set]),
    part("purchases", [registers["purchases"]?.set]),
    part("orders", [documents["orders"]?.set]),
    part("stock", [stock?.set]),
    part("expected", [stock?.expected?.set]),
    part("debts", [account?.counterparties.catalog, account?.debts.set]),
    part("plans", [plans?.sales.set, plans?.purchases.set]),
  ];
}
