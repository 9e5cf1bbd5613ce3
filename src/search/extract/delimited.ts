import { bounds, type Reading } from "./result.js";

/** CSV and TSV to one table. The divider is the sign that stands most evenly in the first lines; Excel in Russian writes ";". */
export function readDelimited(text: string): Reading {
  const divider = dividerOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  let cut = false;
  for (let at = 0; at <= text.length; at += 1) {
    const sign = text[at];
    if (quoted && sign !== undefined) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"' && cell === "") quoted = true;
    else if (sign === divider) {
      row.push(cell.trim());
      cell = "";
    } else if (sign === "\n" || sign === undefined) {
      row.push(cell.trim());
      cell = "";
      if (row.some((value) => value !== "")) rows.push(row.slice(0, bounds.columns));
      row = [];
      if (rows.length >= bounds.rowsPerSheet && at < text.length - 1) {
        cut = true;
        break;
      }
    } else if (sign !== "\r") cell += sign;
  }
  return { blocks: [{ kind: "table", rows }], warnings: cut ? [`rows-cut: ${bounds.rowsPerSheet}`] : [] };
}

function dividerOf(text: string): string {
  const lines = text
    .slice(0, 10_000)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, 20);
  let best = ",";
  let most = 0;
  for (const sign of [";", "\t", ",", "|"]) {
    const fewest = Math.min(...lines.map((line) => line.split(sign).length - 1));
    const total = lines.reduce((sum, line) => sum + line.split(sign).length - 1, 0);
    // Decimal commas make "," frequent and uneven; the real divider is in every line.
    const score = fewest * 1_000 + total;
    if (score > most) [best, most] = [sign, score];
  }
  return best;
}
