import { z } from "zod";
import type { StockLine } from "../domain/erp.js";
import type { Block } from "../domain/message.js";
import type { Column, Decimal, Table } from "../domain/numbers.js";
import type { ReadTool, ToolAnswer, Turn } from "../domain/tool.js";
import { difference, total } from "../reports/trend.js";
import { formatMoment, formatNumber } from "../text/format.js";
import { texts } from "../text/texts.js";
import { askErps, type Erp, findSplitMembers } from "./kit/erp.js";

const input = z.strictObject({
  item: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .describe("The item or group of items as the person wrote it: a name in any case, a code or article, or a ref such as onec-erp:item:…"),
  warehouse: z.string().trim().min(1).max(200).optional().describe("The warehouse as the person wrote it, when one is named"),
});

type Input = z.infer<typeof input>;

/** Read of one base; a company with more lines asks by item or warehouse. */
const mostLines = 5000;
const shownLines = 50;

interface Section {
  readonly facts: string;
  readonly blocks: readonly Block[];
  readonly asked?: boolean;
  readonly about?: ToolAnswer["about"];
}

export const stockReport: ReadTool<Input> = {
  kind: "read",
  name: "stock-report",
  needs: { family: "erp", verb: "read" },
  description:
    "Shows what is in stock now: on hand, reserved, free and expected, by item and warehouse. " +
    "Use it for «сколько насосов на складе», «остатки», «что есть на складе в Казани», 'is it in stock'. Not for what was sold over time (sales-report).",
  input,
  async run(asked, turn) {
    const words = texts(turn.language).reports;
    const { answers, missing } = await askErps(turn, (system) => section(system, asked, turn));
    if (answers.length === 0) return { forModel: words.noSystem, missing };
    const told = answers.filter(({ asked: question }) => !question);
    const shown = told.length > 0 ? told : answers.slice(0, 1);
    const answer: ToolAnswer = {
      forModel: shown.map(({ facts }) => facts).join(" "),
      forPerson: shown.flatMap(({ blocks }) => blocks),
      about: shown.flatMap(({ about = [] }) => about),
      missing,
    };
    return told.length > 0 ? answer : { ...answer, asked: true };
  },
};

async function section(system: Erp, { item, warehouse }: Input, turn: Turn): Promise<Section> {
  const words = texts(turn.language).reports;
  if (!system.erp.stock) return { facts: words.stock.noStock(system.title), blocks: [], asked: true };
  turn.progress(words.reading(system.title));

  const place = warehouse === undefined ? undefined : await findSplitMembers(system, "warehouse", warehouse, turn, []);
  if (place?.kind === "ask") return { facts: place.sentence, blocks: [place.question], asked: true };
  if (place?.kind === "none") return { facts: place.sentence, blocks: [], asked: true };
  const goods = item === undefined ? undefined : await findSplitMembers(system, "item", item, turn, ["item", "item-group"]);
  if (goods?.kind === "ask") return { facts: goods.sentence, blocks: [goods.question], asked: true };
  if (goods?.kind === "none") return { facts: goods.sentence, blocks: [], asked: true };

  const lines = await readLines(system, { goods: goods?.members.map(({ id }) => id), warehouse: place?.members[0]?.id, turn });
  const [only, ...others] = goods?.members ?? [];
  const called = goods?.split === "item-group" ? words.stock.ofGroup : words.stock.ofItem;
  const heading = words.stock.heading(
    only && others.length === 0 ? called(only.name) : item && words.stock.ofAsked(item),
    place?.members[0]?.name,
  );
  const asOf = words.stock.asOf(formatMoment(turn.now(), turn.language, turn.person.timeZone));
  if (lines.length === 0) return { facts: `${words.stock.empty(heading, system.title)} ${asOf}`, blocks: [] };
  const about =
    goods?.split === "item"
      ? goods.members.slice(0, 5).map(({ id, name }) => ({ ref: { system: system.system, kind: "item", id }, kind: "item", name }))
      : [];
  return {
    facts: [...factsOf(lines, heading, system.title, turn), asOf].join(" "),
    blocks: [{ kind: "table", table: tableOf(lines, turn), caption: `${heading} (${system.title}). ${asOf}` }],
    about,
  };
}

async function readLines(
  system: Erp,
  {
    goods,
    warehouse,
    turn,
  }: { readonly goods: readonly string[] | undefined; readonly warehouse: string | undefined; readonly turn: Turn },
): Promise<readonly StockLine[]> {
  const lines: StockLine[] = [];
  // One name may stand for several items; each is asked for by its key, which nothing else answers to.
  for (const text of goods && goods.length <= 10 ? goods : [undefined]) {
    const listed = system.erp.stock?.({ text, warehouse });
    if (!listed) continue;
    for await (const line of listed) {
      turn.signal.throwIfAborted();
      if (goods && goods.length > 10 && !goods.includes(line.item.id)) continue;
      lines.push(line);
      if (lines.length >= mostLines) return lines;
    }
  }
  return lines;
}

function factsOf(lines: readonly StockLine[], heading: string, title: string, turn: Turn): string[] {
  const words = texts(turn.language).reports.stock;
  const number = (value: Decimal) => formatNumber(value, turn.language, 3);
  const items = new Set(lines.map(({ item }) => item.id));
  const [first] = lines;
  if (items.size > 1 || !first) {
    const without = [...items].filter(
      (id) =>
        Number(
          sum(
            lines.filter(({ item }) => item.id === id),
            freeOf,
          ),
        ) <= 0,
    );
    return [words.many(heading, items.size, lines.length, title), ...(without.length > 0 ? [words.noneFree(without.length)] : [])];
  }
  const coming = lines.some(({ onTheWay }) => onTheWay !== undefined) ? number(sum(lines, ({ onTheWay }) => onTheWay ?? "0")) : undefined;
  const unit = first.unit ? ` ${first.unit}` : "";
  return [
    words.one(
      first.item.name,
      number(sum(lines, ({ onHand }) => onHand)),
      number(sum(lines, ({ reserved }) => reserved)),
      number(sum(lines, freeOf)),
      coming,
      unit,
    ),
    ...(lines.length > 1
      ? [words.places(lines.slice(0, 8).map((line) => words.place(line.warehouse.name, number(line.onHand), number(freeOf(line)))))]
      : []),
  ];
}

function tableOf(lines: readonly StockLine[], turn: Turn): Table {
  const words = texts(turn.language).reports.stock;
  const expected = lines.some(({ onTheWay }) => onTheWay !== undefined);
  const amounts = [words.onHand, words.reserved, words.free, ...(expected ? [words.onTheWay] : [])];
  return {
    columns: [
      ...[words.item, words.warehouse, words.unit].map((name): Column => ({ name, type: "text" })),
      ...amounts.map((name): Column => ({ name, type: "decimal" })),
    ],
    rows: lines
      .slice(0, shownLines)
      .map((line) => [
        line.item.name,
        line.warehouse.name,
        line.unit ?? null,
        line.onHand,
        line.reserved,
        freeOf(line),
        ...(expected ? [line.onTheWay ?? null] : []),
      ]),
    truncated: lines.length > shownLines,
  };
}

/** What may still be promised: on hand less what is already promised to somebody. */
function freeOf({ onHand, reserved }: StockLine): Decimal {
  return difference(onHand, reserved);
}

function sum(lines: readonly StockLine[], of: (line: StockLine) => Decimal): Decimal {
  return total(lines.map(of)) ?? "0";
}
