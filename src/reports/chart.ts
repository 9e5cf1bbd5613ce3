import { createRequire } from "node:module";
import { join } from "node:path";
import type { EChartsOption } from "echarts";
import type { ChartSpec, Decimal } from "../domain/numbers.js";
import type { Language } from "../domain/people.js";

const WIDTH = 960;
const PLOT_HEIGHT = 380;
const FONT = "DejaVu Sans";
const LEGEND_ROW = 24;
/** Room for the value written beyond the end of a lying bar. */
const VALUE_WIDTH = 84;
const LEGEND_COLUMNS = 4;
/** How many letters fit under the chart side by side. */
const FITTING_LETTERS = 104;
/** Letters of a name before it is cut with an ellipsis: under the chart, beside a lying bar, in a short legend. */
const LONGEST_LABEL = { standing: 26, lying: 44, legend: 60 };
/** Wide enough for a mean letter of the font, Cyrillic included, as a part of its size. */
const LETTER = 0.62;
const locales = { ru: "ru-RU", en: "en-GB" } as const;

// Eight hues that stay apart for people who mix up red and green (Okabe and Ito's palette, darkened for thin lines on white).
const colors = ["#0b6bb8", "#d55e00", "#00875f", "#b0428a", "#c79000", "#3aa0d8", "#6b5b95", "#5f6b76"];

export interface ChartOptions {
  readonly title?: string;
  /** For a chart that does not say its own. */
  readonly language: Language;
  /** Pixels for a point: 2 (1920 pixels wide) is sharp on a telephone. */
  readonly scale?: number;
}

/**
 * Draws a chart as a PNG. Labels that are days ("2026-03-01") are written as people write them; a missing value is a gap.
 * Only drawing turns decimals into floats: no figure is ever read back from a picture.
 */
export async function renderChart(spec: ChartSpec, given: ChartOptions): Promise<Uint8Array> {
  const options = { ...given, language: spec.language ?? given.language };
  // Loaded when the first chart is drawn: together they cost more than the rest of the start.
  const [echarts, { Resvg }] = await Promise.all([import("echarts"), import("@resvg/resvg-js")]);
  echarts.setPlatformAPI({ measureText });
  const layout = layOut(spec, options);
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height: layout.height });
  try {
    chart.setOption(toOption(spec, options, layout));
    const svg = chart.renderToSVGString();
    return new Resvg(svg, {
      fitTo: { mode: "zoom", value: options.scale ?? 2 },
      background: "#ffffff",
      font: { loadSystemFonts: false, fontFiles: fonts(), defaultFontFamily: FONT },
    })
      .render()
      .asPng();
  } finally {
    chart.dispose();
  }
}

/**
 * Without a canvas echarts takes a Cyrillic letter for two Latin ones, and would hide labels that fit.
 * It measures 国 to learn the height of a line, so that one stays square.
 */
function measureText(text: string, font?: string): { width: number } {
  const size = Number(/(\d+)px/.exec(font ?? "")?.[1] ?? 12);
  return { width: text === "国" ? size : text.length * LETTER * size };
}

/** Only TTF works: with WOFF the letters are missing and nothing complains. */
function fonts(): string[] {
  const folder = join(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json"), "..", "ttf");
  return [join(folder, "DejaVuSans.ttf"), join(folder, "DejaVuSans-Bold.ttf")];
}

interface Layout {
  readonly height: number;
  readonly top: number;
  readonly bottom: number;
  readonly labels: readonly string[];
  readonly slanted: boolean;
  readonly legend: readonly string[];
  /** Bars lie down where many long names would not fit under them. */
  readonly lying: boolean;
  /** Every label is shown: they lie under each other, or there is room. */
  readonly fits: boolean;
  readonly number: (value: number) => string;
}

function layOut(spec: ChartSpec, { title, language }: ChartOptions): Layout {
  const names = spec.labels.map((label) => showLabel(label, spec.labels, language));
  const lengths = names.map((name) => Math.max(...name.split("\n").map((line) => line.length)));
  const longest = Math.max(0, ...lengths);
  const lying = spec.kind === "bar" && spec.along === "category" && spec.series.length === 1 && (longest > 10 || names.length > 8);
  // A step may have a second line; a line break within the name of a thing is none.
  const labels = names.map((name) => {
    const lines = spec.along === "time" ? name.split("\n") : [name];
    return lines.map((line) => cut(line, LONGEST_LABEL[lying ? "lying" : "standing"])).join("\n");
  });
  const slanted = spec.along === "category" && !lying && longest * labels.length > 90;
  const fits = lying || slanted || lengths.reduce((sum, length) => sum + length + 1, 0) < FITTING_LETTERS;
  const legend =
    spec.series.length > 1
      ? uniqueNames(spec.series.map(({ name }) => cut(name, LONGEST_LABEL[spec.series.length > 2 ? "standing" : "legend"])))
      : [];
  const top = (title ? 40 : 12) + (spec.unit ? 24 : 0);
  const bottom = 16 + Math.ceil(legend.length / LEGEND_COLUMNS) * LEGEND_ROW;
  const plot = lying ? Math.max(160, labels.length * 30 + 30) : PLOT_HEIGHT;
  return { height: top + plot + bottom, top, bottom, labels, slanted, legend, lying, fits, number: shortNumber(spec, language) };
}

function toOption(spec: ChartSpec, { title, language }: ChartOptions, layout: Layout): EChartsOption {
  const category = {
    type: "category" as const,
    data: [...layout.labels],
    inverse: layout.lying,
    boundaryGap: spec.kind === "bar" || spec.kind === "stacked" || layout.labels.length === 1,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: "#9aa3ab" }, onZero: true },
    axisLabel: {
      color: "#3c444b",
      fontSize: 13,
      margin: 12,
      interval: layout.fits ? 0 : "auto",
      hideOverlap: !layout.fits,
      rotate: layout.slanted ? 40 : 0,
    },
  };
  const value = {
    type: "value" as const,
    // A line may leave zero out when it never comes near it; a bar without zero lies.
    scale: spec.kind === "line" && !nearZero(spec),
    // Lying bars carry their values, which lines and numbers of an axis would only cross.
    splitLine: { show: !layout.lying, lineStyle: { color: "#e3e7ea" } },
    axisLabel: { show: !layout.lying, color: "#3c444b", fontSize: 13, formatter: layout.number },
  };
  const unit = spec.unit ? unitName(spec.unit, language) : "";
  const quiet = { fontSize: 13, fontWeight: "normal" as const, color: "#5f6b76" };
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    title: {
      text: cut(title ?? unit, 84),
      subtext: title ? unit : "",
      left: 12,
      top: 10,
      itemGap: 6,
      textStyle: title ? { fontSize: 18, fontWeight: "bold", color: "#1d2329" } : quiet,
      subtextStyle: quiet,
    },
    legend:
      layout.legend.length > 0
        ? {
            data: [...layout.legend],
            bottom: 10,
            left: 24,
            width: WIDTH - 80,
            itemGap: 18,
            itemWidth: 18,
            itemHeight: 12,
            textStyle: { fontSize: 13, color: "#1d2329" },
          }
        : undefined,
    grid: {
      left: 20,
      right: layout.lying ? VALUE_WIDTH : 28,
      top: layout.top + (layout.lying ? 0 : 12),
      bottom: layout.bottom + 4,
      outerBoundsMode: "same",
      outerBoundsContain: "axisLabel",
    },
    ...(layout.lying
      ? { xAxis: { ...value, position: "top" as const, splitNumber: 4 }, yAxis: category }
      : { xAxis: category, yAxis: value }),
    series: [...bandSeries(spec), ...spec.series.map((one, index) => drawn(spec, one, index, layout))],
  } as EChartsOption;
}

function drawn(spec: ChartSpec, one: ChartSpec["series"][number], index: number, layout: Layout): Record<string, unknown> {
  const data = one.values.map(toPoint);
  const bars = spec.kind === "bar" || spec.kind === "stacked";
  // A line of one point, or a point between two gaps, would not be seen without its dot.
  const lonely = data.some((point, at) => point !== null && (data[at - 1] ?? null) === null && (data[at + 1] ?? null) === null);
  const fewBars = bars && spec.kind === "bar" && spec.series.length === 1 && (layout.lying || data.length <= 14);
  return {
    name: layout.legend[index] ?? one.name,
    type: bars ? "bar" : "line",
    color: colors[index % colors.length],
    // A loss is written beyond the end of its bar, not on the axis.
    data: fewBars && !layout.lying ? data.map((value) => ({ value, label: { position: (value ?? 0) < 0 ? "bottom" : "top" } })) : data,
    stack: spec.kind === "stacked" ? "all" : undefined,
    barMaxWidth: 48,
    connectNulls: false,
    showSymbol: lonely || data.length <= 40,
    symbol: "circle",
    symbolSize: lonely ? 8 : 6,
    lineStyle: { width: 2.5 },
    areaStyle: spec.kind === "area" ? { opacity: 0.18 } : undefined,
    label: fewBars
      ? {
          show: true,
          position: "right",
          fontSize: 12,
          color: "#3c444b",
          formatter: ({ value }: { value: number | null }) => (value === null ? "" : layout.number(value)),
        }
      : undefined,
  };
}

/** The band is two stacked areas: an invisible one up to `low`, and the visible difference on it. */
function bandSeries({ band }: ChartSpec): Record<string, unknown>[] {
  if (!band) return [];
  const low = band.low.map(toPoint);
  const height = band.high.map((high, at) => {
    const top = toPoint(high);
    const from = low[at] ?? null;
    return top === null || from === null ? null : top - from;
  });
  const plain = { type: "line", stack: "band", stackStrategy: "all", symbol: "none", silent: true, lineStyle: { opacity: 0 } };
  return [
    { ...plain, name: "low", data: low },
    { ...plain, name: "high", data: height, areaStyle: { color: colors[0], opacity: 0.16 } },
  ];
}

function toPoint(value: Decimal | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function nearZero({ series, band }: ChartSpec): boolean {
  const values = [...series.flatMap((one) => one.values), ...(band?.low ?? []), ...(band?.high ?? [])]
    .map(toPoint)
    .filter((value) => value !== null);
  const low = Math.min(...values);
  const high = Math.max(...values);
  return values.length < 2 || low <= 0 || low < high * 0.6;
}

/** "1,2 млн" or "1.2M" where the chart has long numbers, else whole ones with their thousands apart. */
function shortNumber(spec: ChartSpec, language: Language): (value: number) => string {
  const largest = Math.max(0, ...spec.series.flatMap(({ values }) => values.map((value) => Math.abs(toPoint(value) ?? 0))));
  const format = new Intl.NumberFormat(
    // British English would write 12m, which a reader takes for metres or minutes.
    language === "en" ? "en-US" : locales[language],
    largest >= 100_000 ? { notation: "compact", maximumSignificantDigits: 3 } : { maximumFractionDigits: 2 },
  );
  return (value) => format.format(value);
}

/** "RUB" is shown as ₽; whatever is no currency stays as it is. */
function unitName(unit: string, language: Language): string {
  if (!/^[A-Z]{3}$/.test(unit)) return unit;
  const parts = new Intl.NumberFormat(locales[language], {
    style: "currency",
    currency: unit,
    currencyDisplay: "narrowSymbol",
  }).formatToParts(0);
  return parts.find(({ type }) => type === "currency")?.value ?? unit;
}

const aDay = /^\d{4}-\d{2}-\d{2}$/;

/** "ноя 25" or "20 Nov": a month where each label is the first of one. */
function showLabel(label: string, all: readonly string[], language: Language): string {
  if (!aDay.test(label)) return label;
  const day = new Date(`${label}T00:00:00Z`);
  const month = new Intl.DateTimeFormat(locales[language], { timeZone: "UTC", month: "short" }).format(day).slice(0, 3);
  return all.every((other) => other.endsWith("-01")) ? `${month} ${label.slice(2, 4)}` : `${day.getUTCDate()} ${month}`;
}

function cut(text: string, length: number): string {
  const plain = text.replaceAll(/\s+/g, " ").trim();
  return plain.length <= length ? plain : `${plain.slice(0, length - 1).trimEnd()}…`;
}

/** The legend is keyed by name, and two items cut to the same letters would share a colour. */
function uniqueNames(names: readonly string[]): string[] {
  return names.map((name, index) => {
    const earlier = names.slice(0, index).filter((other) => other === name).length;
    return earlier === 0 ? name : `${name} (${earlier + 1})`;
  });
}
