/** Word lists the invented company is made of. Names are common words; nobody's in particular. */

export const REGIONS = [
  "Москва",
  "Санкт-Петербург",
  "Самара",
  "Казань",
  "Екатеринбург",
  "Новосибирск",
  "Краснодар",
  "Нижний Новгород",
] as const;

export const SEGMENTS = ["Розница", "Производство", "Строительство", "Гостиницы и рестораны", "Госсектор"] as const;

export const SOURCES = ["Сайт", "Звонок", "Рекомендация", "Выставка", "Холодный обзвон", "Повторное обращение"] as const;

export const LOSS_REASONS = ["Дорого", "Выбрали конкурента", "Нет бюджета", "Пропала потребность", "Не вышли на связь"] as const;

export const PRODUCT_GROUPS = [
  "Светильники",
  "Кабель и провод",
  "Щитовое оборудование",
  "Розетки и выключатели",
  "Автоматика",
  "Электроинструмент",
] as const;

export const COMPANY_ROOTS = [
  "Сибирь",
  "Урал",
  "Волга",
  "Нева",
  "Байкал",
  "Кама",
  "Ладога",
  "Онега",
  "Балтика",
  "Орион",
  "Гранит",
  "Кедр",
  "Сокол",
  "Прогресс",
  "Импульс",
  "Контур",
  "Магистраль",
  "Горизонт",
  "Престиж",
  "Феникс",
  "Юпитер",
  "Сатурн",
  "Аврора",
  "Лазурит",
  "Изумруд",
  "Янтарь",
  "Опора",
  "Квадрат",
  "Маяк",
  "Родник",
  "Заря",
  "Берег",
  "Тайга",
  "Каскад",
] as const;

export const COMPANY_ENDINGS = ["Снаб", "Трейд", "Сервис", "Маркет", "Логистик", "Проект", "Групп", "Дом", "Монтаж"] as const;

/** Names worth having as they are: ё, hyphens, numbers, Latin letters. */
export const SPECIAL_COMPANIES: readonly {
  readonly name: string;
  readonly shortName: string;
  readonly segment: (typeof SEGMENTS)[number];
}[] = [
  { name: "ООО «Берёзка»", shortName: "Берёзка", segment: "Розница" },
  { name: "ООО «Алёнушка»", shortName: "Алёнушка", segment: "Розница" },
  { name: "ООО «Зелёный двор»", shortName: "Зелёный двор", segment: "Строительство" },
  { name: "АО «Тёплый стан-Инвест»", shortName: "Тёплый стан-Инвест", segment: "Строительство" },
  { name: "ООО «Чёрный хлеб»", shortName: "Чёрный хлеб", segment: "Производство" },
  { name: "АО «Нижне-Волжский механический завод»", shortName: "Нижне-Волжский механический завод", segment: "Производство" },
  { name: "МБОУ «Лицей № 7»", shortName: "Лицей № 7", segment: "Госсектор" },
  { name: "ГБУ «Городская больница № 12»", shortName: "Городская больница № 12", segment: "Госсектор" },
  { name: "МБУ «Дворец спорта»", shortName: "Дворец спорта", segment: "Госсектор" },
  { name: "ООО «Отель „Три сестры“»", shortName: "Три сестры", segment: "Гостиницы и рестораны" },
  { name: "ООО «Кофе & Точка»", shortName: "Кофе & Точка", segment: "Гостиницы и рестораны" },
  { name: "TechnoPark LLC", shortName: "TechnoPark", segment: "Строительство" },
  { name: "Nordic Light GmbH", shortName: "Nordic Light", segment: "Розница" },
  { name: "Blue Anchor Hotels", shortName: "Blue Anchor", segment: "Гостиницы и рестораны" },
  { name: "O'Hara & Sons Ltd", shortName: "O'Hara & Sons", segment: "Производство" },
  { name: "Smart Home Systems", shortName: "Smart Home", segment: "Розница" },
  { name: "ООО «3D-Печать»", shortName: "3D-Печать", segment: "Производство" },
];

const MALE_FIRST = [
  "Александр",
  "Сергей",
  "Дмитрий",
  "Андрей",
  "Михаил",
  "Павел",
  "Пётр",
  "Артём",
  "Фёдор",
  "Олег",
  "Роман",
  "Виктор",
] as const;
const FEMALE_FIRST = [
  "Мария",
  "Елена",
  "Ольга",
  "Наталья",
  "Ирина",
  "Татьяна",
  "Светлана",
  "Юлия",
  "Дарья",
  "Алёна",
  "Ксения",
  "Полина",
] as const;
const MALE_MIDDLE = ["Сергеевич", "Петрович", "Андреевич", "Иванович", "Олегович", "Викторович"] as const;
const FEMALE_MIDDLE = ["Сергеевна", "Петровна", "Андреевна", "Ивановна", "Олеговна", "Викторовна"] as const;
/** Masculine forms; the feminine one adds «а». */
const SURNAMES = [
  "Иванов",
  "Смирнов",
  "Кузнецов",
  "Попов",
  "Васильев",
  "Петров",
  "Новиков",
  "Фёдоров",
  "Морозов",
  "Волков",
  "Алексеев",
  "Егоров",
  "Павлов",
  "Козлов",
  "Степанов",
  "Николаев",
  "Соловьёв",
  "Зайцев",
  "Королёв",
  "Гусев",
  "Киселёв",
  "Тарасов",
  "Белов",
  "Комаров",
] as const;

export const PEOPLE_WORDS = {
  male: { first: MALE_FIRST, middle: MALE_MIDDLE, surnames: SURNAMES },
  female: { first: FEMALE_FIRST, middle: FEMALE_MIDDLE, surnames: SURNAMES.map((surname) => `${surname}а`) },
} as const;

export const POSITIONS = ["Директор", "Закупщик", "Главный инженер", "Бухгалтер", "Управляющий", "Начальник участка"] as const;

/** Titles a deal may have, by product group. */
export const DEAL_TITLES: Readonly<Record<(typeof PRODUCT_GROUPS)[number], readonly string[]>> = {
  Светильники: ["Освещение торгового зала", "Светильники для склада", "Уличное освещение", "Замена ламп на светодиодные"],
  "Кабель и провод": ["Кабель для нового цеха", "Партия кабеля ВВГнг", "Провод на объект"],
  "Щитовое оборудование": ["Сборка щитов", "Распределительный щит", "Щитовая для пристройки"],
  "Розетки и выключатели": ["Розетки и выключатели на этаж", "Электроустановка для ремонта"],
  Автоматика: ["Автоматы и УЗО", "Шкаф управления вентиляцией", "Контроллеры освещения"],
  Электроинструмент: ["Инструмент для бригады", "Перфораторы и шуруповёрты"],
};

const LATIN: Readonly<Record<string, string>> = {
  а: "a",
  б: "b",
  в: "v",
  г: "g",
  д: "d",
  е: "e",
  ё: "e",
  ж: "zh",
  з: "z",
  и: "i",
  й: "y",
  к: "k",
  л: "l",
  м: "m",
  н: "n",
  о: "o",
  п: "p",
  р: "r",
  с: "s",
  т: "t",
  у: "u",
  ф: "f",
  х: "h",
  ц: "ts",
  ч: "ch",
  ш: "sh",
  щ: "sch",
  ы: "y",
  э: "e",
  ю: "yu",
  я: "ya",
};

/** "Альфа-Строй" → "alfa-stroy": for keys and mailboxes. */
export function latin(text: string): string {
  return text
    .toLowerCase()
    .replace(/[а-яё]/g, (letter) => LATIN[letter] ?? "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
