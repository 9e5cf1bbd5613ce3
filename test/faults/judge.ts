import type { Proving, Records } from "./company.js";
import type { ApprovalFact, Facts } from "./facts.js";
import type { Errand, Plan } from "./plan.js";

/** What one errand has come to, as far as those outside can know. */
export interface Course {
  readonly errand: Errand;
  /** The asker's own yes was sent for these cards, whether or not an answer came back. */
  readonly confirmed: Set<string>;
  /** These were said to be written. */
  readonly acknowledged: Set<string>;
}

const ends = ["done", "failed", "unknown", "rejected", "expired", "waiting"];
const writes: Readonly<Record<Errand["kind"], string>> = {
  note: "note.added",
  task: "task.created",
  deal: "deal.created",
  lead: "lead.created",
  move: "deal.moved",
};

/** Everything that does not hold after the healing, one sentence each. */
export function judge(plan: Plan, courses: readonly Course[], facts: Facts, { records }: Proving, since: number): readonly string[] {
  return [
    ...courses.flatMap((course) => judgeErrand(plan, course, facts, records, since).map((what) => `${course.errand.text}: ${what}`)),
    ...facts.open.map((event) => `an arrival was never settled: ${event}`),
    ...(facts.broken === null ? [] : [`the audit chain is broken at ${facts.broken}`]),
    ...differences(facts.deals, records.all()).map((what) => `the mirror: ${what}`),
  ];
}

function judgeErrand(plan: Plan, course: Course, facts: Facts, records: Records, since: number): readonly string[] {
  const { errand } = course;
  const cards = facts.approvals.filter((approval) => isOf(errand, approval, since));
  const wrong: string[] = [];
  for (const card of cards) {
    const name = `card ${card.id.slice(0, 6)}… is ${card.state}${card.reason ? ` (${card.reason})` : ""}`;
    if (!ends.includes(card.state)) wrong.push(`${name} and nobody is at it`);
    if (["done", "failed", "unknown"].includes(card.state) && !course.confirmed.has(card.id)) wrong.push(`${name}, but nobody said yes`);
    if (card.state === "unknown" && plan.laterMs < 15 * 60_000) wrong.push(`${name}, though it could be looked up`);
    if (course.acknowledged.has(card.id) && card.state !== "done") wrong.push(`${name}, but was said to be written`);
    wrong.push(...unexplained(errand, card, facts).map((what) => `${name}: ${what}`));
  }
  const done = cards.filter(({ state }) => state === "done");
  const unknown = cards.filter(({ state }) => state === "unknown");
  const between = (count: number, what: string) => {
    if (count < done.length) wrong.push(`${done.length} done and ${count} ${what}: a confirmed write is lost`);
    if (count > done.length + unknown.length)
      wrong.push(
        `${done.length} done, ${unknown.length} unknown and ${count} ${what}: ${done.length === 0 ? "written without a word" : "written twice"}`,
      );
  };
  switch (errand.kind) {
    case "note":
      between(records.notes(errand.words), "notes");
      break;
    case "task":
      between(records.tasks(errand.words), "tasks");
      break;
    case "move":
      between(records.moves(errand.deal, errand.stage, since), "moves");
      break;
    case "deal":
    case "lead": {
      const found = errand.kind === "deal" ? records.deals(errand.title) : records.leads(errand.phone, since);
      between(found.length, "deals");
      for (const card of cards) {
        const bearing = found.filter(({ marks }) => marks.includes(card.id)).length;
        if (card.state === "done" ? bearing !== 1 : bearing > (card.state === "unknown" ? 1 : 0))
          wrong.push(`card ${card.id.slice(0, 6)}… is ${card.state} and ${bearing} deals bear its mark`);
      }
      if (errand.kind === "deal" && found.some(({ price }) => price !== errand.price)) wrong.push("the price is not the one on the card");
      if (errand.kind === "lead") between(records.notes(errand.words), "comments");
    }
  }
  return wrong;
}

/** Proposed, agreed, written, and how it ended: each has its row, with the same approval. A crash may have kept back the end of an act. */
function unexplained(errand: Errand, card: ApprovalFact, { audit }: Facts): readonly string[] {
  const named = audit.filter(({ approval }) => approval === card.id).map(({ name }) => name);
  const needed = {
    done: ["approval.proposed", "approval.agreed", writes[errand.kind], "approval.done"],
    failed: ["approval.proposed", "approval.agreed", "approval.failed"],
    unknown: ["approval.proposed", "approval.agreed", "approval.unknown"],
    rejected: ["approval.proposed", "approval.rejected"],
  }[card.state as string];
  return (needed ?? []).filter((name) => !named.includes(name)).map((name) => `the audit log has no ${name}`);
}

/** Whether a card came of this errand: by the words that no other has. */
export function isOf(errand: Errand, approval: ApprovalFact, since: number): boolean {
  if (errand.kind === "move") {
    const { dealId } = JSON.parse(approval.draft) as { dealId?: string };
    return dealId === String(errand.deal) && approval.tool === "move-deal" && approval.askedAt >= since;
  }
  return approval.draft.includes(JSON.stringify(errand.kind === "deal" ? errand.title : errand.words).slice(1, -1));
}

function differences(mirror: Readonly<Record<string, string>>, source: Readonly<Record<string, string>>): readonly string[] {
  const ids = new Set([...Object.keys(mirror), ...Object.keys(source)]);
  return [...ids].flatMap((id) =>
    mirror[id] === source[id] ? [] : [`deal ${id} is «${mirror[id] ?? "nothing"}» there and «${source[id] ?? "nothing"}» in the CRM`],
  );
}
