const rules = new Intl.PluralRules("ru");

/** "21 день", "2 дня", "5 дней": a whole number with its noun, whose forms come in the case that the sentence asks for. */
export function counted(count: number, one: string, few: string, many: string): string {
  const rule = rules.select(count);
  return `${count} ${rule === "one" ? one : rule === "few" ? few : many}`;
}
