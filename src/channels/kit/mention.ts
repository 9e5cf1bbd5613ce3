/** Two halves without the hole that a name taken out leaves: "скажи, @svyaz_bot, сколько" → "скажи, сколько". */
export function joinAround(before: string, after: string): string {
  if (before.trim() === "") return after.replace(/^[\s,:;!.—-]+/, "");
  return before.trimEnd().replace(/,$/, "") + (/^\s*[,.!?:;]/.test(after) ? after.trimStart() : ` ${after.trimStart()}`);
}
