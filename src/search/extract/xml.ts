import { SaxesParser } from "saxes";
import { bounds, Unreadable } from "./result.js";

/** Called in document order; names carry their prefix as written ("a:t"), attributes likewise. */
export interface XmlHandler {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Streams one XML part through `handler`. Entities of its own, bad nesting and depth beyond the bound are refused. */
export function readXml(xml: string, handler: XmlHandler): void {
  const parser = new SaxesParser();
  let depth = 0;
  parser.on("error", (error) => {
    throw new Unreadable("corrupt", error.message);
  });
  parser.on("doctype", () => {
    throw new Unreadable("corrupt", "declares a document type");
  });
  parser.on("opentag", (tag) => {
    depth += 1;
    if (depth > bounds.nesting) throw new Unreadable("corrupt", "nested too deep");
    handler.open?.(tag.name, tag.attributes);
  });
  parser.on("text", (text) => handler.text?.(text));
  parser.on("cdata", (text) => handler.text?.(text));
  parser.on("closetag", (tag) => {
    depth -= 1;
    handler.close?.(tag.name);
  });
  parser.write(xml).close();
}
