import type { Day } from "../domain/numbers.js";
import { createClients } from "./company/clients.js";
import { createDeals, PIPELINES } from "./company/deals.js";
import { createInteractions } from "./company/interactions.js";
import type { Company, Department, Employee } from "./company/types.js";
import { LOSS_REASONS, PRODUCT_GROUPS, REGIONS, SEGMENTS, SOURCES } from "./company/words.js";
import { createRandom } from "./random.js";

export { dayAfter, daysBetween, moment, workingDay } from "./company/dates.js";
export type * from "./company/types.js";

/** What `svyaz` seeds when nothing else is asked for. */
export const DEFAULT_SEED = "svyaz";

const DEPARTMENTS: readonly Department[] = [
  { key: "management", name: "Управление", headId: "admin" },
  { key: "wholesale", name: "Оптовые продажи", headId: "boris" },
  { key: "projects", name: "Проектные продажи", headId: "galina" },
  { key: "office", name: "Офис и бухгалтерия", headId: "admin" },
];

const EMPLOYEES: readonly Employee[] = [
  employee("admin", "Николай Орлов", "management", "admin", 1),
  employee("anna", "Анна Ковалёва", "wholesale", "sales", 2),
  employee("boris", "Борис Лебедев", "wholesale", "manager", 3),
  employee("vera", "Вера Соколова", "office", "staff", 4),
  employee("dmitry", "Дмитрий Жуков", "wholesale", "sales", 5),
  employee("elena", "Елена Макарова", "wholesale", "sales", 6),
  employee("galina", "Галина Рябова", "projects", "manager", 7),
  employee("igor", "Игорь Савельев", "projects", "sales", 8),
  employee("kirill", "Кирилл Данилов", "projects", "sales", 9),
];

/**
 * One invented company. The same seed and anchor give the same company, to the last digit; another anchor moves every date with it.
 * Ромашка and Вектор (deal 1024) are Anna's, Альфа-Строй is her colleague Dmitry's, Меридиан and Меридиан-М belong to the other department.
 */
export function createCompany(options: { readonly seed?: string; readonly anchor: Day }): Company {
  const seed = options.seed ?? DEFAULT_SEED;
  const random = createRandom(seed);
  const { anchor } = options;
  const salesIds = EMPLOYEES.filter(({ role }) => role === "sales").map(({ id }) => id);
  const clients = createClients(random.fork("clients"), anchor, salesIds);
  const deals = createDeals(random.fork("deals"), anchor, clients);
  return {
    seed,
    anchor,
    name: "ООО «Северный свет»",
    domain: "severny-svet",
    timeZone: "Europe/Moscow",
    departments: DEPARTMENTS,
    employees: EMPLOYEES,
    clients,
    pipelines: PIPELINES,
    deals,
    interactions: createInteractions(random.fork("interactions"), anchor, clients, deals),
    productGroups: PRODUCT_GROUPS,
    segments: SEGMENTS,
    regions: REGIONS,
    sources: SOURCES,
    lossReasons: LOSS_REASONS,
  };
}

/** Employees' phones have a block of their own, +7 900 001, so that no client is found by them. */
function employee(id: string, name: string, department: Employee["department"], role: Employee["role"], serial: number): Employee {
  return { id, name, department, role, email: `${id}@example.com`, phone: `+7 900 001-00-0${serial}` };
}
