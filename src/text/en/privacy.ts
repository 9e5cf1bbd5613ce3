/** The words of `svyaz pii`. */
export const privacy = {
  found: (place: string, kind: string, count: number) => `${place.padEnd(24)} ${kind.padEnd(14)} ${count}`,
  nothingFound: "Found nowhere.",
  classes: {
    messages: "messages",
    history: "history",
    approvals: "cards",
    audit: "audit log",
    mirror: "mirror",
    index: "search",
    people: "people",
    alerts: "alerts",
    pictures: "pictures",
  } as Readonly<Record<string, string>>,
  atSource: (refs: readonly string[], more: number) =>
    `Erase it in the systems as well, where it stays: ${refs.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
  confirm: (word: string) => `Erase it for good in all these places? Type "${word}" to confirm: `,
  confirmWord: "erase",
  notConfirmed: "Nothing was erased.",
  yesNeeded: "Without a terminal add --yes: erasing cannot be undone.",
  erased: (count: number) => `Erased in ${count} place(s). Backups keep it until they expire.`,
  busy: (count: number) => `Cards that are being written this moment: ${count}. Repeat in a minute.`,
  left: "Data came back while it was being erased; repeat.",
  purged: (counts: string) => `Removed as kept long enough: ${counts}.`,
};
