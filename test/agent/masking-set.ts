import type { PersonalKind } from "../../src/agent/masking/structured.js";

/** A sentence and what in it tells of a person. */
export interface Labelled {
  readonly text: string;
  readonly values: readonly { readonly kind: PersonalKind; readonly value: string }[];
}

/** The same numbers each time: a small linear congruential generator (Numerical Recipes' constants). */
function numbers(seed: number) {
  let state = seed;
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    below,
    pick: <T>(from: readonly T[]): T => from[below(from.length)] as T,
    digits: (count: number) => Array.from({ length: count }, () => below(10)).join(""),
  };
}

const random = numbers(20_261_120);
const { pick, digits } = random;

const phoneForms: readonly ((n: string) => string)[] = [
  (n) => `+7${n}`,
  (n) => `8${n}`,
  (n) => `+7 ${n.slice(0, 3)} ${n.slice(3, 6)}-${n.slice(6, 8)}-${n.slice(8)}`,
  (n) => `8 (${n.slice(0, 3)}) ${n.slice(3, 6)}-${n.slice(6, 8)}-${n.slice(8)}`,
  (n) => `8-${n.slice(0, 3)}-${n.slice(3, 6)}-${n.slice(6, 8)}-${n.slice(8)}`,
  (n) => `+7(${n.slice(0, 3)})${n.slice(3, 6)}${n.slice(6)}`,
  (n) => `7 ${n.slice(0, 3)} ${n.slice(3, 6)} ${n.slice(6, 8)} ${n.slice(8)}`,
  (n) => `${n.slice(0, 3)} ${n.slice(3, 6)}-${n.slice(6, 8)}-${n.slice(8)}`,
  (n) => `8.${n.slice(0, 3)}.${n.slice(3, 6)}.${n.slice(6, 8)}.${n.slice(8)}`,
  (n) => `+7\u00a0${n.slice(0, 3)}\u00a0${n.slice(3, 6)}\u2011${n.slice(6, 8)}\u2011${n.slice(8)}`,
  (n) => `8 ${n.slice(0, 3)} ${n.slice(3)}`,
  (n) => `+7-${n.slice(0, 3)}-${n.slice(3, 6)}-${n.slice(6)}`,
];
const phoneTexts: readonly ((v: string) => string)[] = [
  (v) => `Перезвони клиенту, телефон ${v}, после обеда`,
  (v) => `новая заявка, ${v}, просит счёт на 1 250 000 ₽ до 20.11.2026`,
  (v) => `тел.:${v}`,
  (v) => `Контакт: ${v} (WhatsApp), договор № 118/26 от 03.02.2026`,
  (v) => `Call me back at ${v} tomorrow`,
  (v) => `{"quoted":"Звонить\\n${v}\\tили писать"}`,
  (v) => `Мой номер ${v}`,
  (v) => `найди ${v}`,
];
const foreignPhones = [
  "+375 29 123-45-67",
  "+1 415 555 2671",
  "+44 20 7946 0958",
  "+49 30 901820",
  "+998 90 123 45 67",
  "+7 727 250-00-11",
];
const locals = [
  "rodion",
  "a.petrova",
  "sales",
  "info",
  "ivan-ivanov",
  "mail_77",
  "k.o.n",
  "buh+2026",
  "o’neil".replace("’", ""),
  "директор",
];
const domains = ["example.com", "mail.example.org", "example.net", "firma.example", "почта.рф", "romashka-trade.example"];
const emailTexts: readonly ((v: string) => string)[] = [
  (v) => `Отправь КП на ${v}, пожалуйста.`,
  (v) => `письмо от <${v}>: вопрос по сделке 1024`,
  (v) => `Write to ${v};cc the manager`,
  (v) => `https://crm.example.com/search?q=${v} — карточка`,
  (v) => `почта:${v}`,
  (v) => `{"material":"Тема: счёт\\n${v}"}`,
];
const snilsOf = () => {
  const body = `1${digits(8)}`;
  const sum = body.split("").reduce((total, digit, at) => total + Number(digit) * (9 - at), 0);
  return `${body}${String((sum % 101) % 100).padStart(2, "0")}`;
};
const snilsForms: readonly ((n: string) => string)[] = [
  (n) => `${n.slice(0, 3)}-${n.slice(3, 6)}-${n.slice(6, 9)} ${n.slice(9)}`,
  (n) => `${n.slice(0, 3)} ${n.slice(3, 6)} ${n.slice(6, 9)} ${n.slice(9)}`,
  (n) => `${n.slice(0, 3)}-${n.slice(3, 6)}-${n.slice(6, 9)}-${n.slice(9)}`,
];
const control = (digitsOf: string, weights: readonly number[]) =>
  (weights.reduce((sum, weight, at) => sum + weight * Number(digitsOf[at]), 0) % 11) % 10;
export const innOf = (person: boolean) => {
  const region = pick(["77", "78", "50", "16", "63", "66", "54"]);
  if (!person) {
    const body = region + digits(7);
    return body + String(control(body, [2, 4, 10, 3, 5, 9, 4, 6, 8]));
  }
  const body = region + digits(8);
  const first = body + String(control(body, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]));
  return first + String(control(first, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]));
};
const cardOf = () => {
  const body = pick(["4276", "5469", "2202", "2200", "6390"]) + digits(11);
  const sum = body.split("").reduce((total, digit, at) => {
    const doubled = at % 2 === 0 ? Number(digit) * 2 : Number(digit);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return body + String((10 - (sum % 10)) % 10);
};

const many = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));

const structured: Labelled[] = [
  ...many(72, (at) => {
    const value = (phoneForms[at % phoneForms.length] ?? String)(`9${digits(2)}${digits(3)}${digits(4)}`.replace(/^9(?:[4789]\d)/, "900"));
    return { text: pick(phoneTexts)(value), values: [{ kind: "phone" as const, value }] };
  }),
  ...many(12, (at) => {
    const value = (phoneForms[at % phoneForms.length] ?? String)(`${pick(["495", "812", "843", "383"])}2${digits(6)}`);
    return { text: pick(phoneTexts.slice(0, 5))(value), values: [{ kind: "phone" as const, value }] };
  }),
  ...foreignPhones.map((value) => ({ text: `Партнёр за границей: ${value}, звонить утром`, values: [{ kind: "phone" as const, value }] })),
  ...["255-14-20", "44-18-09", "2551420"].map((value) => ({
    text: `Городской тел. ${value}, доб. нет`,
    values: [{ kind: "phone" as const, value }],
  })),
  ...many(40, () => {
    const value = `${pick(locals)}@${pick(domains)}`;
    return { text: pick(emailTexts)(value), values: [{ kind: "email" as const, value }] };
  }),
  ...many(18, (at) => {
    const value = (snilsForms[at % snilsForms.length] ?? String)(snilsOf());
    return {
      text: pick([`СНИЛС ${value}`, `страховой номер ${value} проверен`, `Employee SNILS: ${value}.`]),
      values: [{ kind: "snils" as const, value }],
    };
  }),
  ...many(12, () => {
    const value = innOf(true);
    return {
      text: pick([`ИНН ${value}`, `ИП, ${value}, упрощёнка`, `client INN: ${value}`, `ИНН физлица: ${value}`]),
      values: [{ kind: "inn" as const, value }],
    };
  }),
  ...many(14, () => {
    const value = innOf(false);
    return {
      text: pick([
        `ИНН ${value}`,
        `ИНН/КПП ${value}/770701001`,
        `{"inn":"${value}"}`,
        `ООО «Заря», ИНН: ${value}, Самара`,
        `найди клиента ${value}`,
      ]),
      values: [{ kind: "inn" as const, value }],
    };
  }),
  ...many(18, (at) => {
    const series = `${pick(["45", "46", "40", "63", "92"])}${pick(["04", "09", "15", "21", "99"])}`;
    const number = digits(6);
    const spaced = `${series.slice(0, 2)} ${series.slice(2)}`;
    const value = [`${series} ${number}`, `${spaced} ${number}`, `${series} № ${number}`, `${series}${number}`][at % 4] ?? "";
    return {
      text: pick([`паспорт ${value}, выдан ОВД`, `Паспорт РФ: ${value}`, `passport ${value}`, `паспорт серия ${value}`]),
      values: [{ kind: "passport" as const, value }],
    };
  }),
  ...many(16, (at) => {
    const card = cardOf();
    const value = [card, card.replaceAll(/(\d{4})(?=\d)/g, "$1 "), card.replaceAll(/(\d{4})(?=\d)/g, "$1-")][at % 3] ?? "";
    return {
      text: pick([`Оплата с карты ${value}`, `карта ${value} до 09/28`, `Card ${value}, Visa`]),
      values: [{ kind: "card" as const, value }],
    };
  }),
];

/** Russian names in the case that the sentence asks for; among them rare ones, and surnames without an ending of surnames. */
const russianNames: readonly (readonly [text: string, value: string])[] = [
  ["Позвони Ивану Петровичу Сидорову завтра", "Ивану Петровичу Сидорову"],
  ["Сидоров Иван Петрович просит скидку", "Сидоров Иван Петрович"],
  ["договор подписала Кузнецова Анна Сергеевна", "Кузнецова Анна Сергеевна"],
  ["письмо для Кузнецовой Анны Сергеевны", "Кузнецовой Анны Сергеевны"],
  ["Встреча с Михаилом Юрьевичем в четверг", "Михаилом Юрьевичем"],
  ["Ответственный: Полянская Е. В., срок 20.11", "Полянская Е. В."],
  ["Согласовал А.С. Громов", "А.С. Громов"],
  ["акт у Белова И.И. на подписи", "Белова И.И."],
  ["Звонил Сергей Морозов по поводу насосов", "Сергей Морозов"],
  ["Морозов Сергей ждёт счёт", "Морозов Сергей"],
  ["передать Ольге Никитиной", "Ольге Никитиной"],
  ["у Дмитрия Шевченко новый адрес", "Дмитрия Шевченко"],
  ["заведи лид: Артём Ковальчук, хочет кабель", "Артём Ковальчук"],
  ["Нино Гоциридзе прислала замечания", "Нино Гоциридзе"],
  ["директор Ашот Саргсян согласен", "Ашот Саргсян"],
  ["Гульнара Ахметова — бухгалтер", "Гульнара Ахметова"],
  ["Написать Тимуру Ильдаровичу", "Тимуру Ильдаровичу"],
  ["Мамедов Эльдар Рашид оглы приедет в пятницу", "Эльдар Рашид оглы"],
  ["Контактное лицо — Мария Лебедева, закупки", "Мария Лебедева"],
  ["Лебедевой Марии отправлено КП", "Лебедевой Марии"],
  ["с Алексеем Воробьёвым говорили в марте", "Алексеем Воробьёвым"],
  ["Светлану Чернышевскую поздравить", "Светлану Чернышевскую"],
  ["ИП Фёдоров Павел Андреевич оплатил", "Фёдоров Павел Андреевич"],
  ["Павла Андреевича не было", "Павла Андреевича"],
  ["Ждём Льва Борисовича Штейна", "Льва Борисовича Штейна"],
  ["Наталья Гончарук сменила работу", "Наталья Гончарук"],
  ["Игорь Мороз обещал ответить", "Игорь Мороз"],
  ["Клиент Виктор Бондарь жалуется на срок", "Виктор Бондарь"],
  ["заведи лид сергей кузнецов, телефон позже", "сергей кузнецов"],
  ["что там у анны смирновой", "анны смирновой"],
  ["г-н Гросс перезвонит", "Гросс"],
  ["госпожа Ли подписала акт", "Ли"],
  ["Кирилла Мефодьевича поздравили с юбилеем", "Кирилла Мефодьевича"],
  ["Римма Олеговна Цой — юрист", "Римма Олеговна Цой"],
  ["Екатерина Салтыкова-Щедрина ведёт проект", "Екатерина Салтыкова-Щедрина"],
  ["Задача на Юлию Ким", "Юлию Ким"],
  ["Олег Тарасенко и Вера Жук были на складе", "Олег Тарасенко"],
  ["Оплату ждёт Роман Яковенко", "Роман Яковенко"],
  ["Роман Яковенко перезвонит", "Роман Яковенко"],
  ["Исполнитель: Зайцев В.", "Зайцев В."],
  ["Вадиму Галкину выслать образцы", "Вадиму Галкину"],
  ["согласовано с Ириной Вячеславовной", "Ириной Вячеславовной"],
  ["Звонок от Евгения Третьякова, 14:30", "Евгения Третьякова"],
  ["Степан Разуваев (склад) не отвечает", "Степан Разуваев"],
  ["Новый контакт Динара Хабибуллина", "Динара Хабибуллина"],
  ["Аристарх Венецианов открыл счёт", "Аристарх Венецианов"],
  ["письмо Октябрины Саввичны получено", "Октябрины Саввичны"],
  ["Людмила Прокофьева.\\nСпасибо", "Людмила Прокофьева"],
];
const englishNames: readonly (readonly [text: string, value: string])[] = [
  ["Call John Smith about the renewal", "John Smith"],
  ["Met Sarah Connor at the expo", "Sarah Connor"],
  ["The offer went to Emily O'Brien yesterday", "Emily O'Brien"],
  ["Mr. Thompson asked for a discount", "Thompson"],
  ["Ms Garcia signed the act", "Garcia"],
  ["Dr. Watson will call back", "Watson"],
  ["Ivan Petrov sent the invoice", "Ivan Petrov"],
  ["ask Sergey Kuznetsov for details", "Sergey Kuznetsov"],
  ["Olga Ivanova is on vacation", "Olga Ivanova"],
  ["Robert F. Kennedy called twice", "Robert F. Kennedy"],
  ["contact: David Miller, procurement", "David Miller"],
  ["Laura Schmidt's order is late", "Laura Schmidt"],
  ["Create a lead for Michael Johnson", "Michael Johnson"],
  ["Anna Maria Schmidt approved it", "Anna Maria Schmidt"],
  ["Owner Dmitry Volkov", "Dmitry Volkov"],
  ["note by William Harris, 3 pm", "William Harris"],
  ["Charlotte Evans joined the call", "Charlotte Evans"],
  ["Thomas Martin owes 1,200 USD", "Thomas Martin"],
  ["signed: Brown, Helen", "Brown, Helen"],
  ["Boris Yankovsky from logistics", "Boris Yankovsky"],
];
/** Names that only the mirror tells: one word, or words that no list of given names has. */
export const knownPeople = ["Смирнова Анна", "Верещагин Потап", "Бакиев Талгат", "Nguyen Thi Hoa", "Завьялова Пелагея"];
const knownOnes: readonly (readonly [text: string, value: string])[] = [
  ["передай Верещагину, что счёт готов", "Верещагину"],
  ["Бакиев не отвечает", "Бакиев"],
  ["Талгат Бакиев просил акт", "Талгат Бакиев"],
  ["Завьяловой отправить договор", "Завьяловой"],
  ["meeting with Nguyen Thi on Monday", "Nguyen Thi"],
  ["напомни верещагину про оплату", "верещагину"],
  ["Пелагея Завьялова в отпуске", "Пелагея Завьялова"],
  ["что по Смирновой?", "Смирновой"],
];
const named = [...russianNames, ...englishNames, ...knownOnes].map(([text, value]) => ({
  text,
  values: [{ kind: "person" as const, value }],
}));

/** Nothing personal in them, and much that looks like it. */
const harmless: readonly string[] = [
  "Заказ № 9161234567 отгружен",
  "заказ 89161234567 оплачен",
  "Счёт № 2026-000118 от 20.11.2026 на 1 250 000,00 ₽",
  "Сделка 1024 перенесена на 2026-12-01",
  "Сумма 89 161 234 567 ₽ за год",
  "выручка 8 900 000 000 руб.",
  "р/с 40702810900000012345, к/с 30101810400000000225, БИК 044525225",
  "IBAN DE89 3704 0044 0532 0130 00",
  "ОГРН 1027700132195, ОКПО 00032537",
  "ОГРНИП 304500116000157",
  "amocrm:company:79161234567 и amocrm:contact:9161234567",
  "https://romashka.amocrm.ru/leads/detail/89161234567",
  "GUID 5f0c9a1e-7b1d-4c1e-9a6f-89161234567a",
  "Артикул 4607001234567, остаток 1 200 шт",
  "Штрих-код 4600051000057",
  "период с 01.01.2026 по 31.12.2026",
  "версия 10.4.2.1137, сборка 20261120",
  "Order 4155552671 shipped, invoice #9161234567",
  "В 2026 году план 120 000 000 рублей",
  "кабель ВВГнг 3х2,5 длина 305 м, 12 бухт",
  "Отчёт за III квартал: рост 12,5 %",
  "Склад Север, стеллаж 14-02-118",
  "УПД 9161234567 проведена",
  "Документ 00ЦБ-000123 от 05.02.2026",
  "Код подтверждения 482913",
  "Ромашка прислала рекламацию",
  "ООО «Альфа-Строй» и ТД Вектор",
  "Какой у нас порядок возврата товара?",
  "Нижний Новгород, Большая Покровская улица, 12",
  "Понедельник, Вторник и Среда — встречи",
  "Коммерческое Предложение для Отдела Закупок",
  "Grand Hotel Deals in March",
  "Show sales by month for Blue Anchor Hotels",
  "Smart Home Systems paid 1,250,000 RUB",
  "What is our refund policy?",
  "TechnoPark LLC, Nordic Light GmbH",
  "Покажи остатки по складу Москва",
  "Создай сделку с Ромашкой на 500 тысяч",
  "Переведи сделку 1024 в переговоры",
  "Газпром Нефть увеличил объём",
  "Договор 77/2026-118 подписан 14.07.2026 в 15:30",
  "скидка 15% от 1 499 990,00",
  "ticket 80012345678 closed",
  "серийный номер 3702008123456789",
  "2026-11-20T09:00:00.000Z",
  "Итого 12 позиций, 4509 шт., вес 123456 кг",
  "рейс SU1234, вагон 52345678",
  "Приказ №118-к от 01.09.2026",
  "трек 80083567812345",
  "Вопрос по НДС 20% и КПП 770701001",
];

/** Everything: structured values, names, and what must stay as it is. */
export const labelled: readonly Labelled[] = [...structured, ...named, ...harmless.map((text) => ({ text, values: [] }))];

/** Never looked at while the patterns were written. */
export const freshNames: readonly Labelled[] = (
  [
    ["Ярослав Тихомиров перенёс встречу", "Ярослав Тихомиров"],
    ["Спросить у Инны Рудаковой про акт", "Инны Рудаковой"],
    ["Жданова Раиса Михайловна, главбух", "Жданова Раиса Михайловна"],
    ["отправлено Захару Кропоткину", "Захару Кропоткину"],
    ["Менеджер Баранов взял паузу", "Баранов"],
    ["Кристина Пак ведёт тендер", "Кристина Пак"],
    ["с Глебом Самойловым договорились", "Глебом Самойловым"],
    ["Хасанова Гузель просила КП", "Хасанова Гузель"],
    ["Макар Девушкин, снабжение", "Макар Девушкин"],
    ["Для Н. П. Чернова — пропуск", "Н. П. Чернова"],
    ["Уточнить у Веры Павловны", "Веры Павловны"],
    ["Владислав Ходасевич жалуется", "Владислав Ходасевич"],
    ["Фатима Алиева подтвердила заказ", "Фатима Алиева"],
    ["Прораб Емельян Щукин на объекте", "Емельян Щукин"],
    ["Лилия Брик согласовала макет", "Лилия Брик"],
    ["Всеволоду Мейерхольду отправить акт", "Всеволоду Мейерхольду"],
    ["Аркадий Гайдай одобрил смету", "Аркадий Гайдай"],
    ["Таисия Повалий, регистратура", "Таисия Повалий"],
    ["Костя Левин просит перезвонить", "Костя Левин"],
    ["Звонила Долли Облонская", "Долли Облонская"],
    ["Peter Parker left a voicemail", "Peter Parker"],
    ["Spoke with Natasha Romanova", "Natasha Romanova"],
    ["Bruce Wayne wants a quote", "Bruce Wayne"],
    ["Ms. Prince is the buyer", "Prince"],
    ["Steve Rogers, procurement lead", "Steve Rogers"],
    ["Refund for Hermione Granger", "Hermione Granger"],
    ["Alexey Karenin replied", "Alexey Karenin"],
    ["Elizabeth Bennet's address changed", "Elizabeth Bennet"],
    ["intro from Jane Eyre", "Jane Eyre"],
    ["Kseniya Sobchak asked for a demo", "Kseniya Sobchak"],
  ] as const
).map(([text, value]) => ({ text, values: [{ kind: "person", value }] }));
