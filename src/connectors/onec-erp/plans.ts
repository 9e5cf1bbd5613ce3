import { createHash } from "node:crypto";
import { z } from "zod";
import type { Approved, Receipt, Written } from "../../domain/approval.js";
import type { EntityRef } from "../../domain/entity.js";
import type { PlanDraft, PlanLine } from "../../domain/erp.js";
import { AnswerUnexpected, NotFound, OutcomeUnknown, RequestRefused } from "../../domain/errors.js";
import type { Decimal, Period } from "../../domain/numbers.js";
import { faultOf, type OData, quoted } from "../kit/odata.js";
import { Amount, toMillionths, toMoney, toQuantity } from "./amounts.js";
import { type Catalogs, daysOf, textRow } from "./catalogs.js";
import type { Mapping } from "./mapping.js";

export interface PlanParts {
  readonly odata: OData;
  readonly catalogs: Catalogs;
  readonly mapping: Mapping;
  readonly plans: NonNullable<Mapping["plans"]>;
  readonly system: string;
  readonly currency: string;
}

/** The lines of the posted plans that are dated within the period. */
export async function readPlan(
  { kind, period }: { readonly kind: "sales" | "purchases"; readonly period: Period },
  { odata, catalogs, mapping, plans, system, currency }: PlanParts,
): Promise<readonly PlanLine[]> {
  const { set, lines } = plans[kind];
  const filter = `${daysOf("Date", period)} and Posted eq true and DeletionMark eq false`;
  const keys: string[] = [];
  for await (const row of odata.all(set, { filter, select: ["Ref_Key"], orderBy: "Ref_Key" }, textRow(["Ref_Key"])))
    keys.push(row["Ref_Key"] ?? "");
  // Such documents are heavy: each one is read by itself.
  const documents = await Promise.all(keys.map((id) => odata.one(set, id, planAnswer(lines))));
  const itemIds = documents.flatMap((document) => document.lines.map(({ item }) => item));
  const names = await catalogs.fields(mapping.splits["item"]?.catalog ?? "", itemIds, ["Description"]);
  return documents.flatMap((document) =>
    document.lines.map(({ item, quantity, sum }) => ({
      plan: { system, kind: set, id: document.id },
      period,
      item: { id: item, name: names.get(item)?.["Description"] ?? "", split: "item" },
      quantity: toQuantity(quantity),
      ...(sum === undefined ? {} : { amount: { amount: toMoney(sum), currency } }),
    })),
  );
}

/**
 * Writes the draft as a new, unposted document and reads it again, because the base leaves out silently what it does not
 * take. The document gets a key that follows from the approval, so a second write of the same approval is refused by
 * the base (code 15) and found by us. The comment bears the approval as well, for a base that gives keys of its own.
 */
export async function createPlan(plan: Approved<PlanDraft>, parts: PlanParts): Promise<Receipt> {
  const { odata, plans, system } = parts;
  const { draft } = plan;
  const { set, lines } = plans[draft.kind];
  const key = keyOf(plan);
  const body = {
    Ref_Key: key,
    // Dated by the period it is for: that is how plans are found again.
    Date: `${draft.period.from}T00:00:00`,
    Комментарий: [draft.comment, markOf(plan)].filter(Boolean).join(" "),
    [lines]: draft.lines.map(({ itemId, quantity, price }, index) => ({
      LineNumber: String(index + 1),
      Номенклатура_Key: itemId,
      Количество: Number(quantity),
      ...(price === undefined ? {} : { Цена: Number(price), Сумма: Number(product(quantity, price)) }),
    })),
  };
  const created = await odata.create(set, body, textRow(["Ref_Key"])).catch((error: unknown) => {
    if (error instanceof RequestRefused && faultOf(error) === "15") return { Ref_Key: key };
    throw error;
  });
  const id = created["Ref_Key"] ?? key;
  const stored = await odata.one(set, id, planAnswer(lines)).catch((cause: unknown) => {
    // It was created; "failed" would have somebody create it again.
    throw new OutcomeUnknown(`${system}: ${set} ${id} was created and could not be read again`, {
      system,
      operation: "erp.updatePlan",
      cause,
    });
  });
  const same =
    stored.lines.length === draft.lines.length &&
    draft.lines.every(
      ({ itemId, quantity }, at) => stored.lines[at]?.item === itemId && stored.lines[at]?.quantity === toMillionths(quantity),
    );
  if (!same) {
    const message = `${system}: ${set} ${id} was created, but not all of its lines were taken; check it in 1C`;
    throw new AnswerUnexpected(message, { system, operation: "erp.updatePlan" });
  }
  return { ref: { system, kind: set, id } };
}

/** Has the approval's document reached the base? By its key, and by the mark in the comment. */
export async function writtenPlan(approved: Approved<unknown>, { odata, plans, system }: PlanParts): Promise<Written> {
  const { kind } = z.object({ kind: z.enum(["sales", "purchases"]) }).parse(approved.draft);
  const { set } = plans[kind];
  const key = keyOf(approved);
  const found = await odata.one(set, key, textRow(["Ref_Key"])).catch((error: unknown) => {
    if (error instanceof NotFound) return undefined;
    throw error;
  });
  if (found) return refOf(system, set, found["Ref_Key"] ?? key);
  const filter = `substringof(${quoted(approved.approval)},Комментарий) eq true`;
  const { items } = await odata.page(set, { filter, select: ["Ref_Key"], orderBy: "Ref_Key" }, textRow(["Ref_Key"]), { top: 1, skip: 0 });
  const marked = items[0]?.["Ref_Key"];
  return marked ? refOf(system, set, marked) : "absent";
}

function refOf(system: string, kind: string, id: string): EntityRef {
  return { system, kind, id };
}

/** Who it was written for, and by which approval. */
function markOf({ approval, askedBy }: Approved<unknown>): string {
  return `[Svyaz: ${askedBy.name}, ${approval}]`;
}

/**
 * A UUID of version 1, as 1C makes its own keys, but always the same for one approval: its time is when it was asked for,
 * the rest comes from a digest (RFC 9562, 5.1 and 6.10: the multicast bit says that the node is no network card).
 */
export function keyOf({ approval, askedAt, system }: Pick<Approved<unknown>, "approval" | "askedAt" | "system">): string {
  const digest = createHash("sha256").update(`${system} ${approval}`).digest();
  const time = (BigInt(askedAt.getTime()) + 12_219_292_800_000n) * 10_000n + BigInt(digest.readUInt16BE(8) % 10_000);
  const hex = time.toString(16).padStart(15, "0");
  const clock = ((digest.readUInt16BE(0) & 0x3fff) | 0x8000).toString(16);
  const node = Buffer.from(digest.subarray(2, 8));
  node[0] = (node[0] ?? 0) | 0x01;
  return `${hex.slice(7)}-${hex.slice(3, 7)}-1${hex.slice(0, 3)}-${clock}-${node.toString("hex")}`;
}

/** A line's sum to the kopeck. */
function product(quantity: Decimal, price: Decimal): Decimal {
  return toMoney((toMillionths(quantity) * toMillionths(price)) / 1_000_000n);
}

function planAnswer(lines: string) {
  const line = z
    .object({ Номенклатура_Key: z.string(), Количество: Amount, Сумма: Amount.optional() })
    .transform((one) => ({ item: one.Номенклатура_Key, quantity: one.Количество, sum: one.Сумма }));
  return z
    .object({ Ref_Key: z.string(), [lines]: z.array(line) })
    .transform((one: Readonly<Record<string, unknown>>) => ({ id: one["Ref_Key"] as string, lines: one[lines] as z.infer<typeof line>[] }));
}
