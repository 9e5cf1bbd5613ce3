import type { Random } from "../random.js";
import type { Item, ItemGroup, Warehouse } from "./types.js";

/** A group of goods: what its items are made of and how its sales go over the year. */
interface GroupSketch {
  readonly name: string;
  readonly section: string;
  readonly supplier: string;
  readonly unit: Item["unit"];
  /** Roubles, cheapest and dearest. */
  readonly price: readonly [number, number];
  readonly costShare: number;
  /** Twelve monthly factors, January first. */
  readonly season: readonly number[];
  readonly kinds: readonly string[];
  readonly sizes: readonly string[];
}

const EVEN = [0.92, 0.95, 1, 1, 1, 1, 1, 1, 1.02, 1.03, 1.04, 1.04];
const WINTER = [1.25, 1.15, 1, 0.9, 0.78, 0.7, 0.7, 0.8, 1.05, 1.3, 1.4, 1.35];
const BUILDING = [0.6, 0.65, 0.85, 1.05, 1.2, 1.3, 1.3, 1.25, 1.15, 1, 0.85, 0.7];
const GARDEN = [0.5, 0.6, 0.9, 1.35, 1.7, 1.6, 1.4, 1.15, 0.85, 0.7, 0.6, 0.55];
const HEATING = [0.8, 0.75, 0.75, 0.8, 0.9, 1, 1.15, 1.4, 1.5, 1.3, 1, 0.8];

const GROUPS: readonly GroupSketch[] = [
  sketch(
    "Светильники",
    "Свет",
    "Завод «Луч»",
    "шт",
    [890, 7900],
    0.66,
    WINTER,
    ["Светильник потолочный", "Светильник уличный", "Прожектор светодиодный"],
    ["18 Вт", "24 Вт", "36 Вт", "50 Вт", "72 Вт", "100 Вт"],
  ),
  sketch(
    "Лампы",
    "Свет",
    "Завод «Луч»",
    "шт",
    [79, 640],
    0.6,
    WINTER,
    ["Лампа светодиодная E27", "Лампа светодиодная E14", "Лампа линейная T8"],
    ["5 Вт", "7 Вт", "9 Вт", "11 Вт", "15 Вт", "20 Вт"],
  ),
  sketch(
    "Кабель и провод",
    "Электрика",
    "Кабельный завод «Жила»",
    "м",
    [38, 920],
    0.74,
    BUILDING,
    ["Кабель ВВГнг", "Кабель NYM", "Провод ПуГВ"],
    ["1x6", "2x1,5", "3x1,5", "3x2,5", "3x4", "5x2,5"],
  ),
  sketch(
    "Щитовое оборудование",
    "Электрика",
    "Завод «Щит»",
    "шт",
    [740, 18_400],
    0.68,
    EVEN,
    ["Щит распределительный", "Щит учётный", "Бокс навесной"],
    ["12 модулей", "18 модулей", "24 модуля", "36 модулей", "54 модуля", "72 модуля"],
  ),
  sketch(
    "Розетки и выключатели",
    "Электрика",
    "Завод «Щит»",
    "шт",
    [120, 1_450],
    0.58,
    EVEN,
    ["Розетка", "Выключатель", "Рамка"],
    [
      "1 пост, белая серия",
      "2 поста, белая серия",
      "3 поста, белая серия",
      "1 пост, серия «Графит»",
      "2 поста, серия «Графит»",
      "3 поста, серия «Графит»",
    ],
  ),
  sketch(
    "Автоматика",
    "Электрика",
    "Завод «Щит»",
    "шт",
    [310, 9_800],
    0.63,
    EVEN,
    ["Автомат защиты", "УЗО", "Реле напряжения"],
    ["10 А", "16 А", "25 А", "32 А", "40 А", "63 А"],
  ),
  sketch(
    "Электроинструмент",
    "Инструмент",
    "Завод «Мастер»",
    "шт",
    [2_900, 21_500],
    0.72,
    BUILDING,
    ["Перфоратор", "Шуруповёрт", "Болгарка"],
    ["12 В", "18 В", "600 Вт", "800 Вт", "1100 Вт", "1500 Вт"],
  ),
  sketch(
    "Крепёж",
    "Инструмент",
    "Завод «Метиз»",
    "упак",
    [95, 780],
    0.52,
    BUILDING,
    ["Дюбель-гвоздь", "Саморез", "Анкер"],
    ["6x40", "6x60", "8x60", "8x80", "10x100", "12x120"],
  ),
  sketch(
    "Насосы",
    "Инженерные системы",
    "Завод «Гидра»",
    "шт",
    [4_200, 48_000],
    0.69,
    GARDEN,
    ["Насос циркуляционный", "Насос скважинный", "Насос дренажный"],
    ["25-40", "25-60", "32-60", "32-80", "40-100", "50-120"],
  ),
  sketch(
    "Трубы",
    "Инженерные системы",
    "Завод «Полимер»",
    "м",
    [45, 640],
    0.71,
    BUILDING,
    ["Труба полипропиленовая", "Труба металлопластиковая", "Труба канализационная"],
    ["16 мм", "20 мм", "25 мм", "32 мм", "50 мм", "110 мм"],
  ),
  sketch(
    "Запорная арматура",
    "Инженерные системы",
    "Завод «Гидра»",
    "шт",
    [210, 6_700],
    0.61,
    HEATING,
    ["Кран шаровой", "Задвижка", "Клапан обратный"],
    ["DN15", "DN20", "DN25", "DN32", "DN40", "DN50"],
  ),
  sketch(
    "Радиаторы",
    "Инженерные системы",
    "Завод «Полимер»",
    "шт",
    [2_600, 16_900],
    0.7,
    HEATING,
    ["Радиатор стальной", "Радиатор биметаллический", "Конвектор"],
    ["4 секции", "6 секций", "8 секций", "10 секций", "12 секций", "14 секций"],
  ),
];

const MANUFACTURERS = ["Север", "Гидра", "Луч", "Мастер", "Полюс"] as const;
const ITEMS = 200;

export const WAREHOUSES: readonly Warehouse[] = [
  { name: "Основной склад", region: "Москва" },
  { name: "Склад «Север»", region: "Санкт-Петербург" },
  { name: "Склад «Волга»", region: "Самара" },
  { name: "Склад «Урал»", region: "Екатеринбург" },
];

export const SECTIONS: readonly string[] = [...new Set(GROUPS.map(({ section }) => section))];
export const SUPPLIER_NAMES: readonly string[] = [...new Set(GROUPS.map(({ supplier }) => supplier))];

export function createGroups(): ItemGroup[] {
  return GROUPS.map(({ name, section, supplier }) => ({ name, section, supplier: SUPPLIER_NAMES.indexOf(supplier) }));
}

/** 200 items, group after group; codes count on through all of them. */
export function createItems(random: Random): Item[] {
  const perGroup = GROUPS.map((_, group) => Math.floor(ITEMS / GROUPS.length) + (group < ITEMS % GROUPS.length ? 1 : 0));
  return GROUPS.flatMap((group, at) =>
    group.sizes
      .flatMap((size, rank) => group.kinds.map((kind) => ({ name: `${kind} ${size}`, rank })))
      .slice(0, perGroup[at])
      .map(({ name, rank }) => ({ name, rank, group: at })),
  ).map(({ name, rank, group }, at): Item => {
    const { price, costShare, unit, sizes } = GROUPS[group] as GroupSketch;
    const manufacturer = random.pick(MANUFACTURERS);
    const number = String(at + 1);
    const steepness = (rank / (sizes.length - 1)) * random.integer(80, 120) * 0.01;
    const roubles = price[0] * (price[1] / price[0]) ** Math.min(1, steepness);
    const elsewhere = random.integer(1, WAREHOUSES.length - 1);
    return {
      code: `УТ-${number.padStart(8, "0")}`,
      article: `${manufacturer.slice(0, 2).toUpperCase()}-${number.padStart(4, "0")}`,
      name,
      fullName: `${name} «${manufacturer}»`,
      group,
      unit,
      manufacturer,
      price: Math.round(roubles / 5) * 500,
      costShare: costShare + random.integer(-4, 4) / 100,
      stockedAt: random.chance(0.55) ? [0, elsewhere] : random.chance(0.5) ? [0] : [elsewhere],
    };
  });
}

/** How much more than usual the group sells in that month of the year (1 to 12). */
export function seasonOf(group: number, month: number): number {
  return GROUPS[group]?.season[month - 1] ?? 1;
}

function sketch(
  name: string,
  section: string,
  supplier: string,
  unit: Item["unit"],
  price: readonly [number, number],
  costShare: number,
  season: readonly number[],
  kinds: readonly string[],
  sizes: readonly string[],
): GroupSketch {
  return { name, section, supplier, unit, price, costShare, season, kinds, sizes };
}
