import { z } from "zod";
import type { EntityRef } from "../domain/entity.js";
import type { DealFacts, Outcome } from "../domain/deal-facts.js";
import type { Person } from "../domain/people.js";
import type { Database, Queryable } from "../platform/database.js";
import { readAs } from "../platform/reader.js";
import { opened } from "./mirror.js";

/** Deals are alike when they are in one pipeline and their amounts differ by this factor at most. */
const alike = 2;
/** Fewer closed deals of that size say nothing: the whole pipeline is taken. */
const fewest = 5;
const shownExamples = 3;

const Text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const Deal = z.object({
  title: z.string(),
  url: Text,
  owner: z.object({ id: z.string(), name: z.string() }).nullable(),
  relations: z.array(z.object({ kind: z.string(), to: z.object({ system: z.string(), kind: z.string(), id: z.string() }) })),
  fields: z.object({
    amount: Text,
    currency: Text,
    pipelineId: Text,
    pipeline: Text,
    stage: Text,
    state: z.enum(["open", "won", "lost"]),
    createdAt: z.coerce.date(),
    closedAt: z.coerce
      .date()
      .nullish()
      .transform((value) => value ?? undefined),
    lossReason: Text,
    discount: z.coerce
      .string()
      .nullish()
      .transform((value) => value ?? undefined),
  }),
});

/** What a person may see of others' records: their own, their department's, all. */
export type Scope = "own" | "department" | "all";

/**
 * What the mirror knows of a deal, of its client and of deals like it, with one person's rights: what they may not read is neither
 * named nor counted. Nothing when they may not read the deal itself.
 */
export async function readDealFacts(database: Database, person: Person, scope: Scope, ref: EntityRef): Promise<DealFacts | undefined> {
  return readAs(database, person.principals, async (tx) => {
    const seen = `e.${opened} and ($2 = 'all' or e.system_name || ':user:' || (e.owner->>'id') = any($1)
      or ($2 = 'department' and exists (select 1 from jsonb_array_elements_text(e.owner->'groups') g where g = any($1))))`;
    const reader = [person.principals, scope];
    const { rows } = await tx.query(
      `select e.title, e.url, e.owner, e.relations, e.fields from system_integrations e
       where e.system_name = $3 and e.entity_type = $4 and e.external_id = $5 and ${seen}`,
      [...reader, ref.system, ref.kind, ref.id],
    );
    if (!rows[0]) return undefined;
    const { fields, relations, ...deal } = Deal.parse(rows[0]);
    const clients = relations.map(({ to }) => to);
    return {
      ref,
      title: deal.title,
      url: deal.url,
      owner: deal.owner?.name,
      ...fields,
      contact: await contactOf(tx, seen, reader, clients),
      past: await pastOf(tx, seen, reader, ref, clients),
      similar: await similarOf(tx, seen, reader, ref, fields),
    };
  });
}

async function contactOf(
  tx: Queryable,
  seen: string,
  reader: readonly unknown[],
  clients: readonly EntityRef[],
): Promise<DealFacts["contact"]> {
  const { rows } = await tx.query<{ title: string; kind: string; phone: boolean; email: boolean }>(
    `select e.title, e.entity_type as kind, coalesce(jsonb_array_length(e.keys->'match'->'phones') > 0, false) as phone,
       coalesce(jsonb_array_length(e.keys->'match'->'emails') > 0, false) as email
     from system_integrations e join unnest($3::text[], $4::text[], $5::text[]) as x (s, k, i)
       on e.system_name = x.s and e.entity_type = x.k and e.external_id = x.i
     where ${seen} order by e.entity_type = 'company' desc, e.id`,
    [...reader, clients.map(({ system }) => system), clients.map(({ kind }) => kind), clients.map(({ id }) => id)],
  );
  return {
    client: rows[0]?.title,
    company: rows.some(({ kind }) => kind === "company"),
    phone: rows.some(({ phone }) => phone),
    email: rows.some(({ email }) => email),
  };
}

async function pastOf(
  tx: Queryable,
  seen: string,
  reader: readonly unknown[],
  ref: EntityRef,
  clients: readonly EntityRef[],
): Promise<DealFacts["past"]> {
  const { rows } = await tx.query<{ open: string; won: string; lost: string; amount: string | null; last: Date | null }>(
    `select count(*) filter (where e.fields->>'state' = 'open') as open, count(*) filter (where e.fields->>'state' = 'won') as won,
       count(*) filter (where e.fields->>'state' = 'lost') as lost,
       sum((e.fields->>'amount')::numeric) filter (where e.fields->>'state' = 'won')::text as amount, max(e.updated_at) as last
     from system_integrations e where e.system_name = $3 and e.entity_type = $4 and e.external_id <> $5
       and e.relations @> any ($6::jsonb[]) and ${seen}`,
    [...reader, ref.system, ref.kind, ref.id, clients.map((to) => JSON.stringify([{ to }]))],
  );
  const [row] = rows;
  return {
    open: Number(row?.open ?? 0),
    won: Number(row?.won ?? 0),
    lost: Number(row?.lost ?? 0),
    wonAmount: row?.amount ?? undefined,
    lastAt: row?.last ?? undefined,
  };
}

async function similarOf(
  tx: Queryable,
  seen: string,
  reader: readonly unknown[],
  ref: EntityRef,
  deal: { readonly amount?: string; readonly pipelineId?: string },
): Promise<DealFacts["similar"]> {
  const closed = (near: string | undefined) => ({
    text: `from system_integrations e where e.system_name = $3 and e.entity_type = $4 and e.external_id <> $5 and e.fields->>'pipelineId' = $6
       and e.fields->>'state' in ('won', 'lost')
       and ($7::numeric is null or (e.fields->>'amount')::numeric between $7::numeric / ${alike} and $7::numeric * ${alike}) and ${seen}`,
    values: [...reader, ref.system, ref.kind, ref.id, deal.pipelineId ?? "", near ?? null],
  });
  const outcomes = async (near: string | undefined) => {
    const { text, values } = closed(near);
    const { rows } = await tx.query<{ state: string; count: string; amount: number | null; days: number | null; reason: string | null }>(
      `select e.fields->>'state' as state, count(*) as count,
         percentile_cont(0.5) within group (order by (e.fields->>'amount')::double precision) as amount,
         percentile_cont(0.5) within group (order by extract(epoch from (e.fields->>'closedAt')::timestamptz - (e.fields->>'createdAt')::timestamptz) / 86400.0) as days,
         mode() within group (order by e.fields->>'lossReason') as reason
       ${text} group by 1`,
      values,
    );
    const of = (state: string): Outcome => {
      const row = rows.find((one) => one.state === state);
      return {
        count: Number(row?.count ?? 0),
        medianAmount: row?.amount ?? undefined,
        medianDays: row?.days ?? undefined,
        reason: row?.reason ?? undefined,
      };
    };
    return { won: of("won"), lost: of("lost") };
  };
  const near = deal.amount === undefined ? undefined : await outcomes(deal.amount);
  const bySize = near !== undefined && near.won.count + near.lost.count >= fewest;
  const { text, values } = closed(bySize ? deal.amount : undefined);
  const { rows } = await tx.query<{ title: string; state: "won" | "lost" }>(
    `select e.title, e.fields->>'state' as state ${text} order by e.fields->>'closedAt' desc nulls last, e.id desc limit ${shownExamples}`,
    values,
  );
  return { bySize, ...(bySize ? near : await outcomes(undefined)), examples: rows };
}
