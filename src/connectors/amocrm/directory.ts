import { performance } from "node:perf_hooks";
import type { EntityRef, Owner } from "../../domain/entity.js";
import { AccessDenied } from "../../domain/errors.js";
import type { Principal } from "../../domain/people.js";
import { forEverybody } from "../kit/call-context.js";
import { Account, CustomFields, Pipelines, Users } from "./answers.js";
import type { CustomField, Pipeline, User } from "./answers.js";
import type { Reader } from "./reading.js";

export type FieldHolder = "leads" | "contacts" | "companies";

export type Directory = ReturnType<typeof createDirectory>;

/** Custom fields come by fewer rows than other lists. */
const fieldPage = 50;

/** What rarely changes and is needed everywhere: the account, its users, pipelines and fields. Read when first needed, again after five minutes. */
export function createDirectory(reader: Reader, system: string) {
  const account = remembered((signal) =>
    reader.one("/account", Account, [["with", "datetime_settings,users_groups,is_api_filter_enabled"]], signal),
  );
  const pipelines = remembered(async () => {
    const found = await reader.all("/leads/pipelines", Pipelines);
    return found.filter((one) => one.is_archive !== true).sort((a, b) => a.sort - b.sort);
  });
  /** Only an admin's token sees users; without it things have owners without a name, and no groups. */
  const users = remembered(async (): Promise<ReadonlyMap<string, User>> => {
    try {
      return new Map((await reader.all("/users", Users, [["with", "role,group"]])).map((user) => [user.id, user]));
    } catch (error) {
      if (error instanceof AccessDenied) return new Map();
      throw error;
    }
  });
  const fields = {
    leads: remembered(() => reader.all("/leads/custom_fields", CustomFields, [], fieldPage)),
    contacts: remembered(() => reader.all("/contacts/custom_fields", CustomFields, [], fieldPage)),
    companies: remembered(() => reader.all("/companies/custom_fields", CustomFields, [], fieldPage)),
  };

  return {
    account,
    /** The account as it is now; what else every question needs is read besides, so that the first one finds it there. */
    async look(signal?: AbortSignal): Promise<void> {
      account.forget();
      void Promise.allSettled([users(), pipelines()]);
      await account(signal);
    },
    users,
    pipelines,
    fields: (holder: FieldHolder): Promise<readonly CustomField[]> => fields[holder](),
    forgetFields: (holder: FieldHolder) => fields[holder].forget(),

    /** Unless an admin has switched filters off: then lists are read whole and filtered here. */
    filters: async () => (await account()).is_api_filter_enabled !== false,

    async owner(userId: string): Promise<Owner> {
      const user = (await users()).get(userId);
      return { id: userId, name: user?.name ?? userId, groups: user ? groupsOf(system, user) : [] };
    },
  };
}

/** The department, as `owner.groups` and memberships name it; the account's first one has the number 0. */
export function groupsOf(system: string, user: User): readonly Principal[] {
  return [`${system}:group:${groupOf(user)}`];
}

export function groupOf(user: User): string {
  return String(user.rights.group_id ?? 0);
}

/** The stage `id` of a pipeline with the pipeline's name; a stage of an archived pipeline keeps its ids for names. */
export function placeOf(pipelines: readonly Pipeline[], pipelineId: string, stageId: string) {
  const pipeline = pipelines.find((one) => one.id === pipelineId);
  const stage = pipeline?._embedded.statuses.find((one) => one.id === stageId);
  return {
    pipeline: { id: pipelineId, name: pipeline?.name ?? pipelineId },
    stage: { id: stageId, name: stage?.name ?? stageId, state: stateOf(stageId) },
  } as const;
}

/** Where leads begin: the first own stage of their pipeline, and "unsorted" (type 1) before it. */
export function isFirstStage(pipelines: readonly Pipeline[], pipelineId: string, stageId: string): boolean {
  const stages = pipelines.find((one) => one.id === pipelineId)?._embedded.statuses ?? [];
  const own = stages.filter(({ type }) => type !== 1).toSorted((one, other) => one.sort - other.sort);
  return own[0]?.id === stageId || stages.some(({ id, type }) => id === stageId && type === 1);
}

/** Won and lost have the same ids in every pipeline of every account. */
export const wonStage = "142";
export const lostStage = "143";

export function stateOf(stageId: string): "open" | "won" | "lost" {
  if (stageId === wonStage) return "won";
  return stageId === lostStage ? "lost" : "open";
}

export function dealRef(system: string, id: string): EntityRef {
  return { system, kind: "deal", id };
}

function remembered<T>(load: (signal?: AbortSignal) => Promise<T>): ((signal?: AbortSignal) => Promise<T>) & { forget(): void } {
  let known: { readonly value: Promise<T>; readonly until: number } | undefined;
  const read = (signal?: AbortSignal) => {
    if (!known || performance.now() > known.until) {
      const value = forEverybody(() => load(signal));
      known = { value, until: performance.now() + 300_000 };
      value.catch(() => (known = undefined));
    }
    return known.value;
  };
  return Object.assign(read, { forget: () => (known = undefined) });
}
