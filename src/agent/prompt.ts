import { readFileSync } from "node:fs";
import type { Turn } from "../domain/tool.js";

const folder = new URL("../../prompts/", import.meta.url);
const cached = new Map<string, string>();

function template(name: string): string {
  const known = cached.get(name) ?? readFileSync(new URL(`${name}.md`, folder), "utf8");
  cached.set(name, known);
  return known;
}

/** The system prompt of a turn: prompts/agent.md (in pilot mode prompts/pilot.md besides) with who asks, in which language, and what day it is there. No secret and nobody else's data. */
export function agentPrompt(turn: Turn, systems: readonly string[], readOnly = false): string {
  const today = new Intl.DateTimeFormat("en-GB", { timeZone: turn.person.timeZone, dateStyle: "full", timeStyle: "short" }).format(
    turn.now(),
  );
  const text = readOnly ? `${template("agent")}\n${template("pilot")}` : template("agent");
  return fill(text, {
    person: turn.person.name,
    roles: turn.person.roles.join(", "),
    language: turn.language === "ru" ? "Russian" : "English",
    today,
    timeZone: turn.person.timeZone,
    systems: systems.join(", ") || "none",
  });
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`prompts/agent.md asks for {{${name}}}, which nobody fills in`);
    return value;
  });
}
