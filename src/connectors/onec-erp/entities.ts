import { z } from "zod";
import type { Entity, EntityRef } from "../../domain/entity.js";
import type { Mapping } from "./mapping.js";
import { Amount, toMoney } from "./amounts.js";

/** What the base says of one party: its legal entities' INNs and versions. */
export interface LegalSide {
  readonly inns: ReadonlySet<string>;
  readonly version: string;
}

/** A row before it is checked as what it should be. */
export type Row = Readonly<Record<string, unknown>>;

/** The tabular part of the standard subsystems that keeps telephones and addresses of any object; the same in ERP, УТ and КА. */
export const contactPart = "КонтактнаяИнформация";
export const contactColumns = ["Тип", "Представление", "АдресЭП"] as const;

const Contact = z.object({ Тип: z.string(), Представление: z.string(), АдресЭП: z.string() });
const Partner = z.object({
  Ref_Key: z.string(),
  DataVersion: z.string(),
  Description: z.string(),
  [contactPart]: z.array(Contact).default([]),
});

/** Throws the ZodError of a row that makes no sense. */
export function partnerEntity(system: string, row: Row, legal: LegalSide | undefined): Entity {
  const partner = Partner.parse(row);
  const contacts = partner[contactPart];
  const [inn, ...others] = legal?.inns ?? [];
  return {
    ref: { system, kind: "client", id: partner.Ref_Key },
    title: partner.Description,
    version: partner.DataVersion + (legal?.version ?? ""),
    readers: readersOf(system),
    keys: {
      // A partner that stands for several legal entities is none of them.
      inn: others.length === 0 ? inn : undefined,
      phones: contacts.flatMap(({ Тип, Представление }) => (Тип === "Телефон" && Представление !== "" ? [Представление] : [])),
      emails: contacts.flatMap(({ Тип, Представление, АдресЭП }) =>
        Тип === "АдресЭлектроннойПочты" ? [АдресЭП || Представление].filter(Boolean) : [],
      ),
    },
    relations: [],
    fields: {},
  };
}

/** An order or a shipment, with the client it is for. Throws the ZodError of a row that makes no sense. */
export function documentEntity(ref: EntityRef, row: Row, { amount, customer, status }: Mapping["documents"][string]): Entity {
  const head = z.object({ DataVersion: z.string(), Number: z.string(), Date: z.string(), Posted: z.boolean() }).parse(row);
  const own = z.object({ [amount]: Amount, [customer]: z.string(), ...(status ? { [status]: z.string() } : {}) }).parse(row) as Row;
  return {
    ref,
    title: head.Number.trim(),
    version: head.DataVersion,
    readers: readersOf(ref.system),
    relations: [{ kind: "client", to: { system: ref.system, kind: "client", id: own[customer] as string } }],
    fields: {
      number: head.Number.trim(),
      day: head.Date.slice(0, 10),
      amount: toMoney(own[amount] as bigint),
      status: status ? inWords(own[status] as string) : null,
      posted: head.Posted,
    },
  };
}

/** "КВыполнению" → "К выполнению": the platform publishes an enumeration's identifier, which by 1C's own rules is its words run together. */
export function inWords(identifier: string): string {
  return identifier.replaceAll(/(?<=\p{L})\p{Lu}(?=\p{Ll})/gu, (letter) => ` ${letter.toLowerCase()}`);
}

/**
 * 1C tells of nobody but the account we come with, so its records are for those alone whom the access policy lets see all of this
 * system: they carry this principal while they read.
 */
function readersOf(system: string): Entity["readers"] {
  return [[`${system}:sees:all`]];
}
