import PostalMime, { type Address } from "postal-mime";
import { readHtml } from "./html.js";
import { type Block, bounds, type Extracted, type Reading, Unreadable } from "./result.js";

/** Reads an attachment as any other file. */
export type ReadAttachment = (file: {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly mediaType: string;
}) => Promise<Extracted>;

/** A letter to blocks: subject, who to whom, the text, then each attachment under its file name. */
export async function readMail(bytes: Uint8Array, readAttachment: ReadAttachment): Promise<Reading> {
  const mail = await PostalMime.parse(bytes, { attachmentEncoding: "arraybuffer", maxNestingDepth: 50 }).catch((error: unknown) => {
    throw new Unreadable("corrupt", error instanceof Error ? error.message : "postal-mime failed");
  });
  const blocks: Block[] = [];
  const warnings: string[] = [];
  if (mail.subject) blocks.push({ kind: "heading", level: 1, text: mail.subject });
  // The names of the header lines are those of RFC 5322, in every language.
  const envelope = [
    ["From", people(mail.from ? [mail.from] : [])],
    ["To", people(mail.to)],
    ["Cc", people(mail.cc)],
    ["Date", mail.date?.slice(0, 16).replace("T", " ") ?? ""],
  ].filter(([, value]) => value !== "");
  if (envelope.length > 0) blocks.push({ kind: "paragraph", text: envelope.map(([name, value]) => `${name}: ${value}`).join("\n") });
  if (mail.html) blocks.push(...readHtml(mail.html).blocks);
  else if (mail.text) blocks.push(...mail.text.split(/\n\s*\n/).map((text): Block => ({ kind: "paragraph", text: text.trim() })));

  const files = mail.attachments.filter((file) => !(file.related && file.mimeType.startsWith("image/")));
  if (files.length > bounds.mailFiles) warnings.push(`attachments-cut: ${bounds.mailFiles} of ${files.length}`);
  for (const file of files.slice(0, bounds.mailFiles)) {
    const content = typeof file.content === "string" ? Buffer.from(file.content) : new Uint8Array(file.content);
    const fileName = file.filename ?? "";
    const read = await readAttachment({ bytes: content, fileName, mediaType: file.mimeType });
    if (read.status === "ok")
      blocks.push({ kind: "heading", level: 2, text: fileName || read.format }, { kind: "markdown", text: read.markdown });
    else if (read.status !== "empty") warnings.push(`attachment-${read.status}: ${fileName || read.format}`);
  }
  return {
    blocks,
    meta: { ...(mail.subject ? { title: mail.subject } : {}), ...(mail.from ? { author: people([mail.from]) } : {}) },
    warnings,
  };
}

function people(addresses: readonly Address[] = []): string {
  return addresses
    .flatMap((address) => address.group ?? [address])
    .map(({ name, address }) => (name && address ? `${name} <${address}>` : name || (address ?? "")))
    .join(", ");
}
