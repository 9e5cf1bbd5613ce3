/**
 * What a person typed, out of what Slack sends: mentions, channels and links stand in angle brackets there, and `&`, `<`, `>`
 * are escaped (docs.slack.dev, "Formatting message text"). `nameOf` knows people by their ids.
 */
export function decodeText(wire: string, nameOf: (user: string) => string | undefined): string {
  return wire
    .replace(/<([^<>|]{1,3000})(?:\|([^<>]{0,3000}))?>/g, (_all, target: string, label?: string) => inside(target, label, nameOf))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** The ids of the people a text names. */
export function mentionsIn(wire: string): readonly string[] {
  return [...new Set([...wire.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g)].map(([, id = ""]) => id))];
}

/** For the few fields that Slack reads as its markup: nothing in the text can become a mention or a link. */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function inside(target: string, label: string | undefined, nameOf: (user: string) => string | undefined): string {
  if (target.startsWith("@")) return `@${nameOf(target.slice(1)) ?? label ?? target.slice(1)}`;
  if (target.startsWith("#")) return `#${label || target.slice(1)}`;
  // <!here>, <!subteam^S1|@sales>, <!date^…|19 November>
  if (target.startsWith("!")) return label ?? `@${target.slice(1).split("^")[0]}`;
  const address = target.replace(/^(?:mailto|tel):/, "");
  if (label === undefined) return address;
  return address !== target || sameAddress(label, target) ? label : `${label} (${address})`;
}

/** A bare "example.com" that somebody typed comes as <http://example.com|example.com>. */
function sameAddress(label: string, url: string): boolean {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "") === label.replace(/\/$/, "");
}
