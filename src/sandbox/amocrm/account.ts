import type { Company, Employee } from "../company.js";

export type EntityType = "leads" | "contacts" | "companies";

export const ENTITY_TYPES: readonly EntityType[] = ["leads", "contacts", "companies"];

/** The singular is used in events and in links. */
export const SINGULAR = { leads: "lead", contacts: "contact", companies: "company" } as const;

/** Won and lost have these ids in every pipeline of every account. */
export const WON = 142;
export const LOST = 143;

/** A all, G the group's, M one's own, D none. */
export type RightsLetter = "A" | "G" | "M" | "D";
export type EntityRights = Readonly<Record<"view" | "edit" | "add" | "delete" | "export", RightsLetter>>;

export interface AmoUser {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly phone_number: string;
  readonly lang: "ru";
  readonly group_id: number;
  readonly role_id: number | null;
  readonly is_admin: boolean;
  readonly rights: Readonly<Record<EntityType, EntityRights>>;
}

export interface AmoStatus {
  readonly id: number;
  readonly name: string;
  readonly sort: number;
  readonly is_editable: boolean;
  readonly pipeline_id: number;
  readonly color: string;
  /** 1 is the stage of unsorted leads. */
  readonly type: 0 | 1;
}

export interface AmoPipeline {
  readonly id: number;
  readonly name: string;
  readonly sort: number;
  readonly is_main: boolean;
  readonly statuses: readonly AmoStatus[];
}

/** What an admin has set up in the account; the API of a connector only reads it. */
export interface AmoAccount {
  readonly id: number;
  readonly name: string;
  readonly subdomain: string;
  readonly groups: readonly { readonly id: number; readonly name: string }[];
  readonly roles: readonly { readonly id: number; readonly name: string }[];
  readonly users: readonly AmoUser[];
  readonly admin: AmoUser;
  readonly pipelines: readonly AmoPipeline[];
  readonly lossReasons: readonly { readonly id: number; readonly name: string; readonly sort: number }[];
  readonly taskTypes: readonly { readonly id: number; readonly name: string; readonly code: string | null }[];
}

const ROLES = [
  { id: 801, name: "Руководитель отдела", of: "manager" },
  { id: 802, name: "Менеджер по продажам", of: "sales" },
  { id: 803, name: "Сотрудник", of: "staff" },
] as const;

const RIGHTS: Readonly<Record<Employee["role"], EntityRights>> = {
  admin: { view: "A", edit: "A", add: "A", delete: "A", export: "A" },
  manager: { view: "G", edit: "G", add: "A", delete: "D", export: "G" },
  sales: { view: "M", edit: "M", add: "A", delete: "D", export: "D" },
  staff: { view: "D", edit: "D", add: "D", delete: "D", export: "D" },
};

/** The first group of an account has the id 0. */
const GROUP_IDS = { wholesale: 0, projects: 612, management: 613, office: 614 } as const;
const PIPELINE_IDS = { sales: 7001, repeat: 7002 } as const;
const COLORS = ["#99ccff", "#ffff99", "#ffcc66", "#ffcccc", "#e6e8ea"] as const;

export function createAccount(company: Company): AmoAccount {
  const users = company.employees.map((employee, at): AmoUser => {
    const rights = RIGHTS[employee.role];
    return {
      id: 1101 + at,
      name: employee.name,
      email: employee.email,
      phone_number: employee.phone,
      lang: "ru",
      group_id: GROUP_IDS[employee.department],
      role_id: ROLES.find(({ of }) => of === employee.role)?.id ?? null,
      is_admin: employee.role === "admin",
      rights: { leads: rights, contacts: rights, companies: rights },
    };
  });
  const admin = users.find((user) => user.is_admin);
  if (!admin) throw new Error("sandbox: the company has no admin");
  return {
    id: 31_000_001,
    name: company.name,
    subdomain: company.domain,
    groups: company.departments.map(({ key, name }) => ({ id: GROUP_IDS[key], name })),
    roles: ROLES.map(({ id, name }) => ({ id, name })),
    users,
    admin,
    pipelines: company.pipelines.map(({ key, name, stages }, at): AmoPipeline => {
      const id = PIPELINE_IDS[key];
      const status = (more: Pick<AmoStatus, "id" | "name" | "sort"> & Partial<AmoStatus>): AmoStatus => ({
        is_editable: true,
        pipeline_id: id,
        color: COLORS[more.sort % COLORS.length] ?? COLORS[0],
        type: 0,
        ...more,
      });
      const open = stages.map((stage, order) => status({ id: stageId(company, key, stage.key), name: stage.name, sort: 20 + order * 10 }));
      const unsorted = status({ id: id * 10, name: "Неразобранное", sort: 10, is_editable: false, type: 1 });
      const won = status({ id: WON, name: "Успешно реализовано", sort: 10_000, is_editable: false });
      const lost = status({ id: LOST, name: "Закрыто и не реализовано", sort: 11_000, is_editable: false });
      return { id, name, sort: at + 1, is_main: at === 0, statuses: [unsorted, ...open, won, lost] };
    }),
    lossReasons: company.lossReasons.map((name, at) => ({ id: 9101 + at, name, sort: 100_000 + at })),
    taskTypes: [
      { id: 1, name: "Связаться", code: "FOLLOW_UP" },
      { id: 2, name: "Встреча", code: "MEETING" },
      { id: 3301, name: "Отправить документы", code: null },
    ],
  };
}

export function pipelineId(pipeline: keyof typeof PIPELINE_IDS): number {
  return PIPELINE_IDS[pipeline];
}

/** The status of a stage's key; "won" and "lost" are the same everywhere. */
export function stageId(company: Company, pipeline: keyof typeof PIPELINE_IDS, stage: string): number {
  if (stage === "won") return WON;
  if (stage === "lost") return LOST;
  const at = company.pipelines.find(({ key }) => key === pipeline)?.stages.findIndex(({ key }) => key === stage) ?? -1;
  if (at < 0) throw new Error(`sandbox: pipeline ${pipeline} has no stage ${stage}`);
  return PIPELINE_IDS[pipeline] * 10 + 1 + at;
}

export function statusOf(account: AmoAccount, pipeline: number, status: number): AmoStatus | undefined {
  return account.pipelines.find(({ id }) => id === pipeline)?.statuses.find(({ id }) => id === status);
}

/** Whether rights of this letter reach a thing of that user. */
export function reaches(
  letter: RightsLetter,
  user: AmoUser,
  thing: { readonly responsible_user_id: number; readonly group_id: number },
): boolean {
  if (letter === "A") return true;
  if (letter === "G") return thing.group_id === user.group_id;
  return letter === "M" && thing.responsible_user_id === user.id;
}
