import { describe, expect, it } from "vitest";
import { business } from "./corpus/business.js";
import { crm } from "./corpus/crm.js";
import { dealAndTasks } from "./corpus/deal-and-tasks.js";
import type { Dialogue } from "./corpus/format.js";
import { fresh } from "./corpus/fresh.js";
import { freshSecond } from "./corpus/fresh-second.js";
import { freshThird } from "./corpus/fresh-third.js";
import { freshFifth } from "./corpus/fresh-fifth.js";
import { freshFourth } from "./corpus/fresh-fourth.js";
import { freshSixth } from "./corpus/fresh-sixth.js";
import { goingOn } from "./corpus/going-on.js";
import { heldOut } from "./corpus/held-out.js";
import { schedules } from "./corpus/schedules.js";
import { talks } from "./corpus/talks.js";
import { type Miss, play } from "./dialogue.js";

describe("the offline planner in dialogues", () => {
  const parts: readonly (readonly [string, readonly Dialogue[]])[] = [
    ["clients and deals", crm],
    ["figures and documents", business],
    ["one deal, and tasks", dealAndTasks],
    ["schedules and subscriptions", schedules],
    ["conversations", talks],
    ["lists that go on", goingOn],
    ["requests it was not made for", heldOut],
    ["names it has never met", [...fresh, ...freshSecond, ...freshThird, ...freshFourth]],
    ["slang and slips of the finger", [...freshFifth, ...freshSixth]],
  ];

  it.each(parts)("understands at least 95 of 100 requests: %s", async (_part, dialogues) => {
    const misses = (await Promise.all(dialogues.map(play))).filter((miss): miss is Miss => miss !== undefined);
    const list = misses.map(({ say, expected, got }) => `«${say}»\n  expected ${expected}\n  got      ${got}`).join("\n");
    expect(1 - misses.length / dialogues.length, list).toBeGreaterThanOrEqual(0.95);
  });

  it("is measured on at least 170 dialogues in which every tool is called in both languages", () => {
    const dialogues = parts.flatMap(([, part]) => part);
    expect(dialogues.length).toBeGreaterThanOrEqual(170);
    for (const language of ["ru", "en"]) {
      const spoken = dialogues.filter((dialogue) => dialogue.language === language);
      const called = new Set(spoken.flatMap(({ steps }) => steps.flatMap(({ calls }) => (calls ?? []).map(({ tool }) => tool))));
      expect(called.size).toBe(19);
    }
  });
});
