import { z } from "zod";
import type { Decimal } from "../../domain/numbers.js";

/**
 * Sums are counted in whole millionths, because adding floats loses kopecks over a year.
 * 1C sends amounts as JSON numbers; each one alone is exact up to 15 digits.
 */
const PLACES = 6;

/** A number as 1C sends it, in millionths; an absent one is nothing added. */
export const Amount = z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/), z.null()]).transform(toMillionths);

export function toMillionths(value: number | string | null): bigint {
  if (value === null) return 0n;
  const text = typeof value === "number" && /e/i.test(String(value)) ? value.toFixed(PLACES) : String(value);
  const negative = text.startsWith("-");
  const [whole = "0", part = ""] = text.replace("-", "").split(".");
  const plain = BigInt(whole) * 10n ** BigInt(PLACES) + BigInt(part.padEnd(PLACES, "0").slice(0, PLACES));
  return negative ? -plain : plain;
}

/** Money: two digits, the half rounded away from zero. */
export function toMoney(millionths: bigint): Decimal {
  return print(millionths, 2);
}

/** Pieces, metres, kilograms: as many digits as there are, up to three. */
export function toQuantity(millionths: bigint): Decimal {
  return print(millionths, 3).replace(/\.?0+$/, "");
}

function print(millionths: bigint, digits: number): Decimal {
  const unit = 10n ** BigInt(PLACES - digits);
  const size = ((millionths < 0n ? -millionths : millionths) + unit / 2n) / unit;
  const text = String(size).padStart(digits + 1, "0");
  return `${millionths < 0n && size > 0n ? "-" : ""}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
