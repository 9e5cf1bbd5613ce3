import Table from "cli-table3";
import { type Comparison, median, type Row } from "./measure.js";

const nothing = {
  mid: "",
  "left-mid": "",
  "mid-mid": "",
  "right-mid": "",
  bottom: "",
  "bottom-left": "",
  "bottom-mid": "",
  "bottom-right": "",
};
const bare = { top: "", "top-left": "", "top-mid": "", "top-right": "", left: "", right: "", middle: "  ", ...nothing };

/** A comparison as plain text: min, median and max over the rounds, and each median divided by the baselines' ones. */
export function asText({ plan, rows, load, seconds }: Comparison): string {
  const table = new Table({
    head: ["", "figure", "min", "median", "max", ...plan.against.map((name) => `÷ ${name}`)],
    colAligns: ["left", "left", "right", "right", "right", ...plan.against.map(() => "right" as const)],
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    chars: bare,
  });
  let last = "";
  for (const row of rows) {
    const { contender, figure, rounds } = row;
    const ratios = plan.against.map((name) =>
      ratio(
        row,
        rows.find((other) => other.contender === name && other.figure === figure),
      ),
    );
    table.push([
      contender === last ? "" : contender,
      figure,
      ...[Math.min(...rounds), median(rounds), Math.max(...rounds)].map(short),
      ...ratios,
    ]);
    last = contender;
  }
  const [before, after] = load;
  return [
    `## ${plan.title}`,
    plan.note,
    "",
    table.toString().replaceAll(/ +$/gm, ""),
    `${plan.rounds} round(s), interleaved; ${seconds.toFixed(0)} s; load ${before.toFixed(1)} before, ${after.toFixed(1)} after`,
    "",
  ].join("\n");
}

function ratio(row: Row, baseline: Row | undefined): string {
  if (!baseline || median(baseline.rounds) === 0) return "";
  return (median(row.rounds) / median(baseline.rounds)).toFixed(2);
}

function short(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}
