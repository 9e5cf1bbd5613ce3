import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openProving, type Proving } from "./company.js";
import type { Facts } from "./facts.js";
import type { Knocked } from "./orders.js";
import { Died } from "./svyaz.js";

const leaseMs = 20_000;

describe("SIGKILL of the real process", () => {
  let proving: Proving;
  beforeAll(async () => {
    proving = await openProving();
  }, 120_000);
  afterAll(() => proving.close());

  it.each([
    ["between confirming and writing", "agreed", "Поставка для первого случая", 0],
    ["between taking the approval and writing", "taken", "Поставка для второго случая", 0],
    ["between writing and the receipt", "written", "Поставка для третьего случая", 1],
  ] as const)(
    "%s: after the restart the confirmed deal exists exactly once",
    async (_when, at, title, before) => {
      const [id = ""] = await proving.svyaz.order<readonly string[]>({
        act: "ask",
        as: "anna",
        chat: at,
        text: `создай сделку «${title}» с Ромашкой на 75 тысяч`,
      });
      await proving.svyaz.order({ act: "die", death: { at, hit: 1 } });
      await expect(proving.svyaz.order({ act: "decide", id, yes: true, as: "anna" })).rejects.toThrow(Died);
      expect(proving.records.deals(title)).toHaveLength(before);

      proving.putForward(leaseMs);
      await proving.restart();
      await expect.poll(() => state(proving, id), { timeout: 20_000 }).toBe("done");
      expect(proving.records.deals(title)).toEqual([expect.objectContaining({ price: 75_000, marks: [id] })]);

      // Neither a second yes nor another restart writes it again.
      expect(await proving.svyaz.order({ act: "decide", id, yes: true, as: "anna" })).toBe(1);
      proving.putForward(leaseMs);
      await proving.restart();
      await delay(1_000);
      expect(proving.records.deals(title)).toHaveLength(1);
    },
    90_000,
  );
});

describe("SIGKILL around a web hook", () => {
  let proving: Proving;
  beforeAll(async () => {
    proving = await openProving();
  }, 120_000);
  afterAll(() => proving.close());

  const told = (deals: readonly number[]) => ({
    act: "hook" as const,
    body: deals.map((id, at) => `leads[update][${at}][id]=${id}`).join("&"),
  });
  const mirrored = async (deals: readonly number[]) => {
    const { deals: titles } = await proving.facts();
    return deals.map((id) => titles[String(id)]);
  };

  it("H2: right after it was answered, and again while it is read anew: the change is in the mirror after the restart", async () => {
    const deals = proving.openDealsOf("admin").slice(0, 6);
    const ids = deals.map(({ id }) => id);
    const before = await mirrored(ids);
    for (const id of ids) proving.rename(id, `Новое имя ${id}`);
    await Promise.all(ids.map((id) => proving.svyaz.order(told([id]))));
    await proving.svyaz.kill();

    await proving.restart();
    expect(await mirrored(ids)).toEqual(before);
    await proving.svyaz.order({ act: "die", death: { at: "statement-done", hit: 4 } });
    await expect(proving.svyaz.order({ act: "refresh" })).rejects.toThrow(Died);

    await proving.restart();
    await proving.svyaz.order({ act: "refresh" });
    expect(await mirrored(ids)).toEqual(ids.map((id) => `Новое имя ${id}`));
    expect(await proving.svyaz.order({ act: "refresh" })).toBe(0);
  }, 90_000);
});

describe("SIGKILL while a token is fetched anew", () => {
  let proving: Proving;
  const knock = () => proving.svyaz.order<Knocked>({ act: "knock", as: "anna" });
  beforeAll(async () => {
    proving = await openProving();
  }, 120_000);
  afterAll(() => proving.close());

  it.each([
    [
      "before the new pair is stored: she is asked to sign in again, once, and the vendor is left in peace",
      "token-storing",
      "reconnect",
      2,
    ],
    ["after it was stored: nothing is lost, and nothing is fetched again", "token-stored", "answered", 1],
  ] as const)(
    "%s",
    async (_what, at, afterwards, refreshes) => {
      await proving.svyaz.order({ act: "sign-in", as: "anna" });
      expect(await knock()).toBe("answered");
      const before = proving.refreshes();
      proving.ageTokens();
      proving.putForward(25 * 3_600_000);
      await proving.restart({ at, hit: 1 });
      await expect(knock()).rejects.toThrow(Died);

      // The dead one's hold on the secret ends by itself.
      await proving.restart();
      const found = await Promise.all([knock(), knock(), knock()]);
      expect(found).toEqual([afterwards, afterwards, afterwards]);
      expect(proving.refreshes() - before).toBe(refreshes);
      const { signIns } = await proving.facts();
      expect(signIns).toEqual({ "amocrm anna": afterwards === "reconnect" ? "reconnect" : "connected" });
    },
    90_000,
  );
});

async function state(proving: Proving, id: string): Promise<Facts["approvals"][number]["state"] | undefined> {
  const { approvals } = await proving.facts();
  return approvals.find((approval) => approval.id === id)?.state;
}
