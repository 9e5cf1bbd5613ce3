import { type Company, dayAfter, moment } from "./company.js";
import { ARCHIVE_PAGES, FINANCE_PAGES, HR_PAGES, PROJECT_PAGES } from "./library/closed-pages.js";
import { COMPANY_PAGES } from "./library/company-pages.js";
import { ENGLISH_PAGES } from "./library/english-pages.js";
import { macro, paragraphs } from "./library/markup.js";
import { companySeries, englishSeries, financeSeries, hrSeries, projectSeries } from "./library/office-series.js";
import { POISONED_PAGES } from "./library/poisoned-pages.js";
import { QUESTIONS } from "./library/questions.js";
import { SALES_PAGES } from "./library/sales-pages.js";
import { logisticsSeries, productSeries, salesSeries } from "./library/trade-series.js";
import type { Draft, LibraryPage, LibraryQuestion, LibrarySpace, Viewers } from "./library/types.js";
import { createRandom } from "./random.js";

export type * from "./library/types.js";

const PAGES = 400;
const FIRST_PAGE_ID = 1_310_721;
const FIRST_ATTACHMENT_ID = 2_490_369;
const EVERYBODY: Viewers = { users: [], groups: ["confluence-users"] };

const SPACES: readonly LibrarySpace[] = [
  { key: "COMPANY", id: 65_601, name: "Компания", readers: EVERYBODY },
  { key: "SALES", id: 65_602, name: "Продажи", readers: EVERYBODY },
  { key: "LOG", id: 65_603, name: "Логистика и склад", readers: EVERYBODY },
  { key: "PROD", id: 65_604, name: "Товары", readers: EVERYBODY },
  { key: "KB", id: 65_605, name: "Knowledge Base", readers: EVERYBODY },
  { key: "HR", id: 65_606, name: "Кадры", readers: { users: ["admin"], groups: ["hr-team"] } },
  { key: "FIN", id: 65_607, name: "Финансы", readers: { users: [], groups: ["managers"] } },
  { key: "PROJ", id: 65_608, name: "Проекты", readers: EVERYBODY },
  { key: "ARCH", id: 65_609, name: "Архив", readers: EVERYBODY, archived: true },
];

/** The company's documents and the truth about who may read them. */
export interface Library {
  readonly spaces: readonly LibrarySpace[];
  readonly groups: readonly { readonly name: string; readonly members: readonly string[] }[];
  /** 400, parents before their children. */
  readonly pages: readonly LibraryPage[];
  readonly questions: readonly LibraryQuestion[];
  page(key: string): LibraryPage;
  /** The space lets them in, and so do the page and every ancestor that is restricted. */
  mayRead(employeeId: string, key: string): boolean;
}

/** The same seed gives the same 400 documents with the same facts; dates lie within two years before the anchor. */
export function createLibrary(company: Company, options: { readonly seed?: string } = {}): Library {
  const random = createRandom(`${options.seed ?? company.seed}/library`);
  const ids = company.employees.map(({ id }) => id);
  const groups = [
    { name: "confluence-users", members: ids },
    { name: "sales", members: company.employees.filter(({ role }) => role === "sales").map(({ id }) => id) },
    { name: "managers", members: company.employees.filter(({ role }) => role === "manager" || role === "admin").map(({ id }) => id) },
    { name: "hr-team", members: ["vera"] },
  ];
  const drafts = draftsOf(company, random.fork("facts"));
  const dates = random.fork("dates");
  let attachmentId = FIRST_ATTACHMENT_ID;
  const pages = drafts.map(([spaceKey, draft], at): LibraryPage => {
    const age = dates.integer(20, 700);
    const updated = dates.integer(2, age);
    const minutes = dates.integer(0, 59);
    return {
      key: draft.key,
      id: FIRST_PAGE_ID + at * 16,
      spaceKey,
      parentKey: draft.parent,
      title: draft.title,
      language: spaceKey === "KB" ? "en" : "ru",
      labels: draft.labels ?? [],
      authorId: draft.author ?? dates.pick(ids),
      createdAt: moment(dayAfter(company.anchor, -age), 10, minutes),
      updatedAt: moment(dayAfter(company.anchor, -updated), 15, minutes),
      version: dates.integer(1, 9),
      body: draft.body,
      viewers: draft.viewers,
      attachments: (draft.files ?? []).map((file) => ({ ...file, id: attachmentId++ })),
      poisoned: draft.poisoned,
    };
  });

  const byKey = new Map(pages.map((page) => [page.key, page]));
  const page = (key: string): LibraryPage => {
    const found = byKey.get(key);
    if (!found) throw new Error(`sandbox: no page ${key} in the library`);
    return found;
  };
  const admits = ({ users, groups: named }: Viewers, id: string): boolean =>
    users.includes(id) || groups.some(({ name, members }) => named.includes(name) && members.includes(id));
  const mayRead = (id: string, key: string): boolean => {
    const one = page(key);
    if (one.viewers && !admits(one.viewers, id)) return false;
    if (one.parentKey !== undefined) return mayRead(id, one.parentKey);
    const space = SPACES.find((candidate) => candidate.key === one.spaceKey);
    return space !== undefined && admits(space.readers, id);
  };
  return { spaces: SPACES, groups, pages, questions: QUESTIONS, page, mayRead };
}

function draftsOf(company: Company, random: ReturnType<typeof createRandom>): (readonly [string, Draft])[] {
  const home = (key: string, title: string): Draft => ({ key, title, body: paragraphs(`${title}.`) + macro("children", {}) });
  const inSpace = (space: string, drafts: readonly Draft[]) => drafts.map((draft) => [space, draft] as const);
  const made = [
    ...inSpace("COMPANY", [...COMPANY_PAGES, ...companySeries(company, random)]),
    ...inSpace("SALES", [...SALES_PAGES, ...salesSeries(company, random)]),
    ...inSpace("LOG", [home("log-home", "Логистика и склад"), ...logisticsSeries(company, random)]),
    ...inSpace("PROD", [home("prod-home", "Товары: инструкции и гарантия"), ...productSeries(random)]),
    ...inSpace("KB", [...ENGLISH_PAGES, ...englishSeries(company, random)]),
    ...inSpace("HR", [...HR_PAGES, ...hrSeries(random)]),
    ...inSpace("FIN", [...FINANCE_PAGES, ...financeSeries(company, random)]),
    ...inSpace("PROJ", [...PROJECT_PAGES, ...projectSeries(random)]),
    ...inSpace("ARCH", ARCHIVE_PAGES),
    ...POISONED_PAGES.map((draft) => [draft.space, draft] as const),
  ];
  return made.length === PAGES ? made : fail(made.length);
}

function fail(count: number): never {
  throw new Error(`sandbox: the library has ${count} pages instead of ${PAGES}`);
}
