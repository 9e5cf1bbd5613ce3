import { Resvg } from "@resvg/resvg-js";
import { describe, expect, it } from "vitest";
import type { ChartSpec } from "../../src/domain/numbers.js";
import { renderChart } from "../../src/reports/chart.js";

/** The pixels of a PNG, decoded by drawing it as a picture of its own size. */
function pixelsOf(png: Uint8Array): { readonly width: number; readonly height: number; at(x: number, y: number): readonly number[] } {
  const { width, height } = size(png);
  const source = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}"><image width="${width}" height="${height}" xlink:href="${source}"/></svg>`;
  const { pixels } = new Resvg(picture).render();
  return { width, height, at: (x, y) => [...pixels.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)] };
}

function size(png: Uint8Array): { width: number; height: number } {
  const view = new DataView(png.buffer, png.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Dark pixels in a part of the picture: letters. */
function ink(png: Uint8Array, [left, top, right, bottom]: readonly [number, number, number, number]): number {
  const picture = pixelsOf(png);
  let dark = 0;
  for (let y = top; y < Math.min(bottom, picture.height); y++)
    for (let x = left; x < Math.min(right, picture.width); x++) if ((picture.at(x, y)[0] ?? 255) < 110) dark++;
  return dark;
}

const labels = ["2026-01-01", "2026-02-01", "2026-03-01"];
const line = (values: ChartSpec["series"][number]["values"], more: Partial<ChartSpec> = {}): ChartSpec => ({
  kind: "line",
  along: "time",
  unit: "RUB",
  labels,
  series: [{ name: "Выручка", values }],
  ...more,
});
const drawn = (spec: ChartSpec, title?: string) => renderChart(spec, { title, language: "ru", scale: 1 });

describe("a chart", () => {
  it("is a PNG of readable width", async () => {
    const png = await renderChart(line(["1", "2", "3"]), { language: "ru" });
    expect(Buffer.from(png.subarray(1, 4)).toString()).toBe("PNG");
    expect(size(png).width).toBe(1920);
  });

  it("has letters in it, Cyrillic and the rouble sign included", async () => {
    const title: readonly [number, number, number, number] = [0, 8, 400, 36];
    const [bare, latin, cyrillic] = await Promise.all([
      drawn(line(["1", "2", "3"])),
      drawn(line(["1", "2", "3"]), "Sales"),
      drawn(line(["1", "2", "3"]), "Выручка ₽"),
    ]);
    expect(ink(latin, title)).toBeGreaterThan(ink(bare, title) + 100);
    expect(ink(cyrillic, title)).toBeGreaterThan(ink(bare, title) + 200);
    // A missing glyph is drawn as the same box for every letter.
    expect(Buffer.from(await drawn(line(["1", "2", "3"]), "Щ")).equals(Buffer.from(await drawn(line(["1", "2", "3"]), "Ж")))).toBe(false);
    expect(Buffer.from(await drawn(line(["1", "2", "3"]), "₽")).equals(Buffer.from(await drawn(line(["1", "2", "3"]), "₸")))).toBe(false);
  });

  it("writes numbers and months in the reader's language", async () => {
    const spec = line(["1200000", "2500000", "3100000"]);
    const [russian, english] = await Promise.all([
      renderChart(spec, { language: "ru", scale: 1 }),
      renderChart(spec, { language: "en", scale: 1 }),
    ]);
    expect(Buffer.from(russian).equals(Buffer.from(english))).toBe(false);
  });

  it("keeps to the language of its own words, whatever the installation's", async () => {
    const values = ["1250000", "2250000", "3250000"];
    const png = (spec: ChartSpec, language: "ru" | "en") => renderChart(spec, { language, scale: 1 }).then((bytes) => Buffer.from(bytes));
    const [own, english, russian] = await Promise.all([
      png(line(values, { language: "en" }), "ru"),
      png(line(values), "en"),
      png(line(values), "ru"),
    ]);
    expect(own.equals(english)).toBe(true);
    expect(own.equals(russian)).toBe(false);
  });

  it("runs no legend out of the picture", async () => {
    const names = [
      "Кабель и провод",
      "Радиаторы",
      "Лампы",
      "Запорная арматура",
      "Светильники",
      "Электроинструмент",
      "Насосы",
      "Прочие (5)",
    ];
    const png = await drawn({ ...line([]), kind: "stacked", series: names.map((name) => ({ name, values: ["1", "2", "3"] })) });
    expect(ink(png, [940, 0, 960, size(png).height])).toBe(0);
  });

  it("leaves a gap where there is no value", async () => {
    const [gap, zero, joined] = await Promise.all([
      drawn(line(["1", null, "3"])),
      drawn(line(["1", "0", "3"])),
      drawn(line(["1", "2", "3"])),
    ]);
    expect(Buffer.from(gap).equals(Buffer.from(zero))).toBe(false);
    expect(Buffer.from(gap).equals(Buffer.from(joined))).toBe(false);
  });

  it.each<[string, ChartSpec]>([
    ["nothing at all", line([], { labels: [] })],
    ["no series", { ...line([]), series: [] }],
    ["one point", line(["5"], { labels: ["2026-01-01"] })],
    ["only zeros", line(["0", "0", "0"])],
    ["only gaps", line([null, null, null])],
    ["losses", line(["-5.5", "10", "-3"], { kind: "bar" })],
    ["a band", line(["1", "2", "3"], { band: { low: [null, "1.5", "2"], high: [null, "2.5", "4"] } })],
    ["amounts beyond a float's whole numbers", line(["90071992547409930.12", "1", "2"])],
    [
      "a name that looks like markup",
      line(["1", "2", "3"], {
        series: [
          { name: '<script>&"', values: ["1", "2", "3"] },
          { name: "</text>", values: ["1", "2", "3"] },
        ],
      }),
    ],
  ])("can be drawn of %s", async (_, spec) => {
    expect((await drawn(spec)).length).toBeGreaterThan(1000);
  });

  it("gives eight series with long names a legend below the plot", async () => {
    const series = Array.from({ length: 8 }, (_, index) => ({
      name: `Очень длинное название группы товаров номер ${index}`,
      values: ["1", "2", "3"],
    }));
    const many = await drawn({ ...line([]), kind: "stacked", series });
    const { height } = size(many);
    expect(height).toBeGreaterThan(size(await drawn(line(["1", "2", "3"]))).height);
    expect(ink(many, [0, height - 50, 960, height])).toBeGreaterThan(300);
  });

  it("lays bars down where many long names would not fit under them", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `ООО «Компания с длинным названием ${index}»`);
    const spec: ChartSpec = {
      kind: "bar",
      along: "category",
      labels: names,
      series: [{ name: "x", values: names.map((_, index) => String(index)) }],
    };
    const png = await drawn(spec);
    expect(size(png).height).toBeGreaterThan(600);
    expect(ink(png, [0, 60, 200, 600])).toBeGreaterThan(500);
  });
});
