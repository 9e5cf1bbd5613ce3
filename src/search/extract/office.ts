import type { Archive } from "./archive.js";
import { cleanText } from "./clean.js";
import type { Reading } from "./result.js";
import { readXml } from "./xml.js";

/** Title and author of an Office Open XML file. */
export async function coreProperties(archive: Archive): Promise<NonNullable<Reading["meta"]>> {
  const xml = await archive.xml("docProps/core.xml");
  const values = xml ? elementTexts(xml, ["dc:title", "dc:creator"]) : {};
  const title = cleanText(values["dc:title"] ?? "");
  const author = cleanText(values["dc:creator"] ?? "");
  return { ...(title ? { title } : {}), ...(author ? { author } : {}) };
}

/** Text of the first element of each name. */
export function elementTexts(xml: string, names: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  let current: string | undefined;
  readXml(xml, {
    open: (name) => {
      if (names.includes(name) && !(name in found)) {
        current = name;
        found[name] = "";
      }
    },
    text: (text) => {
      if (current) found[current] += text;
    },
    close: (name) => {
      if (name === current) current = undefined;
    },
  });
  return found;
}

/** Relationships of a part: id → target path inside the archive and the last word of its type ("slide", "notesSlide"). */
export async function relationsOf(
  archive: Archive,
  part: string,
): Promise<ReadonlyMap<string, { readonly target: string; readonly type: string }>> {
  const folder = part.slice(0, part.lastIndexOf("/") + 1);
  const xml = await archive.xml(`${folder}_rels/${part.slice(folder.length)}.rels`);
  const relations = new Map<string, { target: string; type: string }>();
  if (!xml) return relations;
  readXml(xml, {
    open: (name, attributes) => {
      const { Id: id, Target: target, Type: type, TargetMode: mode } = attributes;
      if (!name.endsWith("Relationship") || !id || !target || mode === "External") return;
      // A URL resolves "../notesSlides/notesSlide1.xml" as the standard asks.
      const path = new URL(target, `file:///${folder}`).pathname.slice(1);
      relations.set(id, { target: decodeURIComponent(path), type: type?.slice(type.lastIndexOf("/") + 1) ?? "" });
    },
  });
  return relations;
}
