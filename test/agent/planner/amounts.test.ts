import { describe, expect, it } from "vitest";
import { said } from "./said.js";

function sums(text: string): string[] {
  return said(text)
    .amounts()
    .filter(({ certain }) => certain)
    .map(({ value, currency, bound }) => [bound, value, currency].filter(Boolean).join(" "));
}

describe("a sum of money in a message", () => {
  it.each([
    ["на 75к", "75000.00"],
    ["на 20k", "20000.00"],
    ["500 тысяч", "500000.00"],
    ["полтора миллиона", "1500000.00"],
    ["полмиллиона", "500000.00"],
    ["пол миллиона", "500000.00"],
    ["1.2 млн", "1200000.00"],
    ["1,255 млн", "1255000.00"],
    ["1 250 000 руб", "1250000.00 RUB"],
    ["$5,000", "5000.00 USD"],
    ["99.90 евро", "99.90 EUR"],
    ["сто пятьдесят тысяч рублей", "150000.00 RUB"],
    ["два миллиона триста тысяч", "2300000.00"],
    ["миллион двести", "1200000.00"],
    ["half a million", "500000.00"],
    ["two hundred thousand", "200000.00"],
    ["1.5m", "1500000.00"],
    ["300 тыщ", "300000.00"],
    ["5 лямов", "5000000.00"],
  ])("«%s» is %s", (text, sum) => {
    expect(sums(text)).toEqual([sum]);
  });

  it.each([
    ["от 100к до 500к", ["from 100000.00", "to 500000.00"]],
    ["от 100 до 500 тысяч", ["from 100000.00", "to 500000.00"]],
    ["between 10k and 50k", ["from 10000.00", "to 50000.00"]],
    ["больше миллиона", ["from 1000000.00"]],
    ["не больше миллиона", ["to 1000000.00"]],
    ["under 20k", ["to 20000.00"]],
  ])("«%s» has its ends", (text, ends) => {
    expect(sums(text)).toEqual(ends);
  });

  it.each(["скидка 10 процентов", "5%", "3 недели", "сделка 1024", "+7 900 000-00-17", "25.11.2026", "0 рублей"])(
    "finds none in «%s»",
    (text) => {
      expect(sums(text)).toEqual([]);
    },
  );
});
