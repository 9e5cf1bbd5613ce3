/** Luhn's check of a bank card's number (ISO/IEC 7812-1, annex B). `digits` holds digits alone. */
export function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits.at(-1 - at));
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0 && /[1-9]/.test(digits);
}

/** The control digits of a Russian taxpayer's number, ten digits of a company or twelve of a person (order of the tax service MMB-7-6/435). */
export function isInn(digits: string): boolean {
  if (/^0+$/.test(digits)) return false;
  const control = (weights: readonly number[]) => (weights.reduce((sum, weight, at) => sum + weight * Number(digits[at]), 0) % 11) % 10;
  if (digits.length === 10) return control([2, 4, 10, 3, 5, 9, 4, 6, 8]) === Number(digits[9]);
  if (digits.length !== 12) return false;
  return (
    control([7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === Number(digits[10]) && control([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === Number(digits[11])
  );
}

/** The control number of a Russian pension insurance account, eleven digits (SNILS; it exists from 001-001-998 on). */
export function isSnils(digits: string): boolean {
  if (digits.length !== 11 || Number(digits.slice(0, 9)) <= 1_001_998) return false;
  const sum = Array.from(digits.slice(0, 9)).reduce((total, digit, at) => total + Number(digit) * (9 - at), 0);
  return (sum % 101) % 100 === Number(digits.slice(9));
}
