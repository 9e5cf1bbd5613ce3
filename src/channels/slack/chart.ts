import type { Block } from "@slack/types";
import type { ChartSpec } from "../../domain/numbers.js";
import { oneLine, shorten } from "../kit/printable.js";

/** Slack draws this itself (docs.slack.dev, "Data visualization block"); the library's types do not know it yet. */
export interface ChartBlock extends Block {
  readonly type: "data_visualization";
  readonly title: string;
  readonly chart: {
    readonly type: "line" | "bar" | "area";
    readonly series: readonly { readonly name: string; readonly data: readonly { readonly label: string; readonly value: number }[] }[];
    readonly axis_config: { readonly categories: readonly string[]; readonly y_label?: string };
  };
}

const mostSeries = 6;
const mostLabels = 20;
const longestLabel = 20;
const longestTitle = 50;

/**
 * The chart as Slack's own block, or nothing where only a picture tells all of it: a band, stacked bars, a gap, too many or too
 * long names, numbers that a float would not keep.
 */
export function chartBlock({ kind, labels, series, band, unit }: ChartSpec, caption: string): ChartBlock | undefined {
  const title = shorten(oneLine(caption), longestTitle);
  const names = series.map(({ name }) => oneLine(name));
  const categories = labels.map(oneLine);
  if (kind === "stacked" || band || title === "") return undefined;
  if (!fits(names, mostSeries) || !fits(categories, mostLabels)) return undefined;
  if (series.some(({ values }) => values.length !== labels.length || !values.every(isDrawable))) return undefined;
  return {
    type: "data_visualization",
    title,
    chart: {
      type: kind,
      series: series.map(({ values }, index) => ({
        name: names[index]!,
        data: values.map((value, place) => ({ label: categories[place]!, value: Number(value) })),
      })),
      axis_config: { categories, ...(unit ? { y_label: shorten(oneLine(unit), longestTitle) } : {}) },
    },
  };
}

function fits(names: readonly string[], most: number): boolean {
  const short = names.every((name) => name !== "" && name.length <= longestLabel);
  return short && names.length > 0 && names.length <= most && new Set(names).size === names.length;
}

function isDrawable(value: string | null): boolean {
  return value !== null && value.trim() !== "" && Math.abs(Number(value)) <= Number.MAX_SAFE_INTEGER;
}
