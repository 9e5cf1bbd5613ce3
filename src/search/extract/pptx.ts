import type { Archive } from "./archive.js";
import { toText } from "./blocks.js";
import { coreProperties, relationsOf } from "./office.js";
import { type Block, bounds, type Reading, Unreadable } from "./result.js";
import { readXml } from "./xml.js";

/** PPTX to blocks, slides in the order they are shown; a slide's title is a heading, its notes follow it. */
export async function readPptx(archive: Archive): Promise<Reading> {
  const presentation = await archive.xml("ppt/presentation.xml");
  if (!presentation) throw new Unreadable("corrupt", "no ppt/presentation.xml");
  const relations = await relationsOf(archive, "ppt/presentation.xml");
  const order: string[] = [];
  readXml(presentation, {
    open: (name, attributes) => {
      const target = name === "p:sldId" ? relations.get(attributes["r:id"] ?? "")?.target : undefined;
      if (target) order.push(target);
    },
  });
  const blocks: Block[] = [];
  const pages: string[] = [];
  for (const part of order.slice(0, bounds.pages)) {
    const xml = await archive.xml(part);
    // show="0": a slide that the presenter took out.
    if (!xml || /<p:sld\b[^>]*\sshow="0"/.test(xml)) continue;
    const slide = slideBlocks(xml, "slide");
    for (const { target, type } of (await relationsOf(archive, part)).values()) {
      const notes = type === "notesSlide" ? await archive.xml(target) : undefined;
      if (notes) slide.push(...slideBlocks(notes, "notes"));
    }
    blocks.push(...slide);
    pages.push(toText(slide));
  }
  const warnings = order.length > bounds.pages ? [`pages-cut: ${bounds.pages} of ${order.length}`] : [];
  return { blocks, pages, meta: await coreProperties(archive), warnings };
}

/** Text stands in `a:t` alone; anything else between tags is white space of the file or ids of styles. */
function slideBlocks(xml: string, kind: "slide" | "notes"): Block[] {
  const blocks: Block[] = [];
  let placeholder: string | undefined;
  let inText = false;
  let text = "";
  let rows: string[][] | undefined;
  let cell: string | undefined;
  readXml(xml, {
    open: (name, attributes) => {
      if (name === "p:sp") placeholder = "";
      else if (name === "p:ph") placeholder = attributes["type"] ?? "body";
      else if (name === "a:t") inText = true;
      else if (name === "a:br") text += "\n";
      else if (name === "a:tbl") rows = [];
      else if (name === "a:tr") rows?.push([]);
      else if (name === "a:tc") cell = "";
    },
    text: (piece) => {
      if (inText) text += piece;
    },
    close: (name) => {
      if (name === "a:t") inText = false;
      else if (name === "p:sp") placeholder = undefined;
      else if (name === "a:tc") {
        rows?.at(-1)?.push(cell?.trim() ?? "");
        cell = undefined;
      } else if (name === "a:tbl") {
        if (rows && rows.length > 0) blocks.push({ kind: "table", rows });
        rows = undefined;
      } else if (name === "a:p") {
        const paragraph = text.trim();
        text = "";
        if (cell !== undefined) cell += ` ${paragraph}`;
        else if (paragraph === "" || (kind === "notes" && placeholder !== "body")) return;
        else if (placeholder === "title" || placeholder === "ctrTitle") blocks.push({ kind: "heading", level: 2, text: paragraph });
        else if (!["sldNum", "dt", "ftr", "hdr"].includes(placeholder ?? "")) blocks.push({ kind: "paragraph", text: paragraph });
      }
    },
  });
  // The title may stand anywhere in the file; it is read first.
  return [...blocks.filter((block) => block.kind === "heading"), ...blocks.filter((block) => block.kind !== "heading")];
}
