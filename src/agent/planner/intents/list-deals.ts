import type { Clause } from "../clause.js";
import { clientOf, filled, type Intent } from "../intent.js";
import { numeralAt } from "../numerals.js";
import { stagePlace } from "../stages.js";

/** «мои открытые сделки», «сделки от 100к до 500к без движения две недели», "deals we lost last month" */
export const listDeals: Intent = {
  name: "list-deals",
  kind: "read",
  vocabulary: {
    mine: "мои, моих, моим, моими, мой, моя, моей, у меня, my, mine, do i have, i have, i own, have i",
    "state-open":
      "открытый, открытые, открытых, активный, текущие сделки, в работе, незакрытый, незавершенный, open, active, ongoing, in progress, in work, в процессе, в обороте, на рассмотрении, живые, живых, рабочие, незавершенные, незакрытые, текущие, pending, current, running deals",
    "state-won":
      "выигрыш, выигрыше, выигранный, выигранные, выиграли, выиграл, выиграна, выиграно, выиграть, успешный, успешные, успешных, успешно, успехом, успешная, успешную, реализованный, won, win, wins, successful, successfully, closed-won, победа, победой, взяли, закрытые успешно, удачные, удачно, оплаченные, closed won, closed deals won, landed",
    "state-lost":
      "проигранный, проигранные, проиграли, проиграл, проиграна, проигранная, проигранную, проигран, слитый, слитые, слили, потерянный, потеряли, отказ, отказа, отказом, неуспешный, провал, проваленный, нереализованный, lost, lose, failed, closed-lost, отвалились, отвалилась, отвалился, отказались, отказался, отказалась, сорвались, сорвалась, сорвался, упустили, продули, профукали, не состоялись, не состоялась, losing, fell through, dropped out, missed, dead",
    closed:
      "закрытый, закрытые, закрытых, закрыли, закрылись, закрыта, завершили, завершенный, завершились, closed, finished, =закроются, =закроется",
    created:
      "созданный, созданные, созданных, созданы, создали, завели, заведенный, появились, появившиеся, поступили, пришли, пришедшие, created, opened, added, came in, новые сделки, свежие, открыли, открытые на, new deals",
    idle: "зависший, зависшие, зависших, зависли, висят, застрявший, застряли, застрявшие, простаивают, заброшенный, без движения, без активности, не двигались, не двигаются, не трогали, не происходило, ничего не происходит, ничего не происходило, забытые, протухшие, протухли, мертвые, stale, stuck, idle, no activity, without activity, no movement, no touch, untouched, not moved, inactive, stalled, nothing happened, подвисли, подвисшие, висящие, замерли, замерзли, стоят, стоящие, залежались, залежавшиеся, не обновлялись, давно не, без контакта, без касаний, нет активности, не было активности, no updates, without updates, not touched, went quiet, gone quiet, cold, dormant, no contact, sitting",
    team: "отдел, отдела, отделу, отделом, команда, команды, department, team, team's",
    leads: "=лиды, =лидов, =лидам, =leads, =заявки, =заявок",
    deals: "deals, opportunities",
  },
  cues: [
    [5, "deal", "!#deal"],
    [1, "deal", "#deal"],
    [5, "leads"],
    [2, "show", "deal"],
    [2, "find", "deal"],
    [2, "deal", "mine"],
    [2, "deal", "state-open"],
    [2, "deal", "closed"],
    [2, "deal", "created"],
    [2, "deals", "open"],
    [3, "deal", "idle"],
    [5, "state-open", "mine", "!task"],
    [2, "deal", "asks-which"],
    [2, "deal", "asks-how-many"],
    [4, "state-lost", "#period", "!move"],
    [4, "state-won", "#period", "!move"],
    [3, "state-lost", "asks-what"],
    [3, "state-won", "asks-what"],
    [-2, "history"],
    [-4, "note"],
    [-3, "remind"],
    [-2, "sales"],
    [-3, "document", "!#amount"],
  ],
  build(clause, memory, prior) {
    const state = clause.has("state-lost")
      ? "lost"
      : clause.has("state-won")
        ? "won"
        : clause.words.some(({ means }) => means.has("state-open") && !means.has("idle")) || (clause.has("open") && clause.has("deals"))
          ? "open"
          : undefined;
    const idle = idleDays(clause);
    const spot = stagePlace(clause);
    const all = clause.phrases({
      besides: [...(idle?.places ?? []), ...(spot ? clause.words.keys() : [])].filter(
        (at) => idle?.places.has(at) || (spot && at >= spot.from && at < spot.to),
      ),
    });
    const pipeline = all.find(({ lead, next }) => lead.has("pipeline") || next.has("pipeline"));
    const stage = all.find(
      (phrase) => phrase !== pipeline && (phrase.lead.has("stage") || (!phrase.capital && /^(на|в|in|at)$/.test(phrase.preposition))),
    );
    const owner = all.find(
      (phrase) =>
        phrase !== pipeline &&
        phrase !== stage &&
        (phrase.lead.has("owner") || (phrase.person && phrase.to - phrase.from === 1 && !phrase.lead.has("client"))),
    );
    const { client } = clientOf(
      clause,
      memory,
      all.filter(
        (phrase) =>
          phrase !== pipeline &&
          phrase !== stage &&
          phrase !== owner &&
          (phrase.capital || !phrase.next.has("deal") || /['’]s?$/.test(phrase.full)),
      ),
    );
    const period = idle ? undefined : clause.period;
    const span =
      period && (state === "open" || clause.has("created") || (state === undefined && !clause.has("closed")) ? "created" : "closed");
    const fresh = filled({
      client: client ?? (clause.has("elliptic") && !clause.has("mine") && prior.owner === undefined ? memory.client : undefined),
      state,
      stage: spot ? clause.slice(spot.from, spot.to) : stage?.text,
      pipeline: pipeline?.text,
      owner: clause.has("mine") ? "me" : owner?.nominative,
      ...amountsOf(clause, idle?.places),
      ...(span === "created" ? { createdFrom: period?.from, createdTo: period?.to } : {}),
      ...(span === "closed" ? { closedFrom: period?.from, closedTo: period?.to } : {}),
      idleDays: idle?.days,
    });
    const last = memory.last?.tool === "list-deals" ? memory.last.input : undefined;
    if (
      last &&
      clause.has("next-page") &&
      Object.values({ ...fresh, client }).every((value) => value === undefined || value === memory.client)
    )
      return { kind: "call", input: { ...last, from: (typeof last.from === "number" ? last.from : 0) + page } };
    const { from: _shown, ...before } = prior;
    return { kind: "call", input: { ...before, ...fresh } };
  },
};

/** So many deals the tool shows at once. */
const page = 20;

function amountsOf(clause: Clause, besides: ReadonlySet<number> | undefined): { readonly amountFrom?: string; readonly amountTo?: string } {
  const sums = clause
    .amounts()
    .filter(({ from, certain, bound, value }) => !besides?.has(from) && (certain || (bound !== undefined && Number(value) >= 1000)));
  const low = sums.find(({ bound }) => bound !== "to");
  const high = sums.find(({ bound }) => bound === "to");
  return { amountFrom: low?.value, amountTo: high?.value };
}

function isCounted({ words }: Clause, at: number): boolean {
  const numeral = numeralAt(words, at);
  return numeral !== undefined && Object.keys(days).some((unit) => words[numeral.to]?.means.has(unit));
}

const days = { day: 1, week: 7, month: 30, quarter: 91, year: 365 } as const;

/** "без движения две недели" → 14; without a number, two weeks. The places are the words of that length of time. */
function idleDays(clause: Clause): { readonly days: number; readonly places: ReadonlySet<number> } | undefined {
  if (!clause.has("idle")) return undefined;
  // «за квартал без движения 40 дней»: what is counted goes before what is only named.
  const counted = [...clause.words.keys()].toSorted((a, b) => Number(isCounted(clause, b)) - Number(isCounted(clause, a)) || a - b);
  for (const at of counted) {
    const numeral = numeralAt(clause.words, at);
    const unitAt = numeral ? numeral.to : at;
    const unit = (Object.keys(days) as (keyof typeof days)[]).find((one) => clause.words[unitAt]?.means.has(one));
    if (!unit) continue;
    const count = numeral ? Number(numeral.millionths) / 1e6 : 1;
    return {
      days: Math.max(1, Math.round(count * days[unit])),
      places: new Set(Array.from({ length: unitAt - at + 1 }, (_, index) => at + index)),
    };
  }
  return { days: 14, places: new Set() };
}
