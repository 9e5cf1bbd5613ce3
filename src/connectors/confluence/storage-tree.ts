import { ElementType, parseDocument } from "htmlparser2";

export type Node = ReturnType<typeof parseDocument>["children"][number];
export interface Element {
  readonly name: string;
  readonly attribs: Readonly<Record<string, string>>;
  readonly children: readonly Node[];
}

/** Bodies nested deeper are cut there. */
export const deepest = 200;

/** HTML rules know `&nbsp;`; XML's empty elements and CDATA are asked for besides. */
export function parseStorage(storage: string): { readonly children: readonly Node[] } {
  return parseDocument(storage, { recognizeSelfClosing: true, recognizeCDATA: true, lowerCaseTags: false, lowerCaseAttributeNames: false });
}

export function isText(node: Node): node is Extract<Node, { readonly data: string; readonly type: ElementType.ElementType.Text }> {
  return node.type === ElementType.Text;
}

export function asElement(node: Node): Element | undefined {
  return "attribs" in node ? node : undefined;
}

/** What is inside the children of that name. */
export function childrenOf(element: Element, name: string): readonly Node[] {
  return element.children.flatMap((child) => {
    const inner = asElement(child);
    return inner?.name === name ? inner.children : [];
  });
}

export function find(nodes: readonly Node[], name: string, depth = 0): Element | undefined {
  for (const node of nodes) {
    const element = asElement(node);
    if (!element || depth > 5) continue;
    const found = element.name === name ? element : find(element.children, name, depth + 1);
    if (found) return found;
  }
  return undefined;
}

export function macroName(element: Element): string {
  return (element.attribs["ac:name"] ?? "").toLowerCase();
}

export function parameter(element: Element, name: string): string | undefined {
  const found = element.children.map(asElement).find((child) => child?.name === "ac:parameter" && child.attribs["ac:name"] === name);
  return found && (rawText(found.children).trim() || undefined);
}

/** Characters as they stand, CDATA included. */
export function rawText(nodes: readonly Node[], depth = 0): string {
  if (depth > deepest) return "";
  return nodes.map((node) => (isText(node) ? node.data : "children" in node ? rawText(node.children, depth + 1) : "")).join("");
}

export function isHidden({ attribs }: Element): boolean {
  if ("hidden" in attribs) return true;
  const style = attribs["style"]?.toLowerCase().replace(/\s+/g, "");
  return style !== undefined && /display:none|visibility:hidden|font-size:0(?![.\d])|opacity:0(?![.\d])/.test(style);
}
