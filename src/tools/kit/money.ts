import type { Decimal, Money } from "../../domain/numbers.js";

/** Adds amounts exactly, one sum a currency, in order of first appearance. */
export function sumMoney(amounts: readonly Money[]): Money[] {
  const sums = new Map<string, bigint>();
  for (const { amount, currency } of amounts) sums.set(currency, (sums.get(currency) ?? 0n) + toCents(amount));
  return [...sums].map(([currency, cents]) => ({ currency, amount: fromCents(cents) }));
}

function toCents(amount: Decimal): bigint {
  const [whole = "0", part = ""] = amount.replace("-", "").split(".");
  const cents = BigInt(whole) * 100n + BigInt(`${part}00`.slice(0, 2));
  return amount.startsWith("-") ? -cents : cents;
}

function fromCents(cents: bigint): Decimal {
  const plain = cents < 0n ? -cents : cents;
  return `${cents < 0n ? "-" : ""}${plain / 100n}.${String(plain % 100n).padStart(2, "0")}`;
}
