import {
  asElement,
  childrenOf,
  deepest,
  type Element,
  find,
  isHidden,
  isText,
  macroName,
  type Node,
  parameter,
  parseStorage,
  rawText,
} from "./storage-tree.js";

/** What stands in a body as an id alone. */
export interface StorageNames {
  /** Somebody's name by Cloud's account id or Data Center's user key. */
  user(id: string): string | undefined;
  /** The address of another page; without a space the page's own. */
  pageUrl?(title: string, spaceKey?: string): string | undefined;
}

/**
 * Confluence's storage format (XHTML with `ac:` and `ri:` elements) as Markdown. Macros that hold text are opened, those that
 * compute it are dropped; an included page stays a link, because its readers may be others; hidden text is left out.
 */
export function storageToMarkdown(storage: string, names: StorageNames = { user: () => undefined }): string {
  const blocks = new Converter(names).blocks(parseStorage(storage).children, 0);
  return blocks
    .map((block, index) => (index > 0 && !(isItem(block) && isItem(blocks[index - 1])) ? `\n\n${block}` : index > 0 ? `\n${block}` : block))
    .join("")
    .trim();
}

/** Ids of the people whom a body mentions. */
export function mentionedUsers(storage: string): readonly string[] {
  return [...new Set([...storage.matchAll(/\bri:(?:account-id|userkey)="([^"]+)"/g)].map((match) => match[1] ?? ""))];
}

const droppedElements = new Set([
  "ac:parameter",
  "ac:placeholder",
  "ac:task-id",
  "ac:task-status",
  "script",
  "style",
  "head",
  "ac:adf-attribute",
  "ac:adf-content",
]);
const droppedMacros = new Set([
  "toc",
  "toc-zone",
  "children",
  "pagetree",
  "recently-updated",
  "livesearch",
  "anchor",
  "contentbylabel",
  "html",
  "style",
]);
const codeMacros = new Set(["code", "noformat", "plantuml", "mermaid"]);
const blockElements = new Set(
  "p div blockquote ul ol li table h1 h2 h3 h4 h5 h6 pre hr ac:structured-macro ac:macro ac:rich-text-body ac:layout ac:layout-section ac:layout-cell ac:task-list ac:task section article".split(
    " ",
  ),
);
/** Macros that stand in a line of text. */
const inlineMacros = new Set([
  "status",
  "jira",
  "view-file",
  "viewpdf",
  "viewdoc",
  "viewxls",
  "viewppt",
  "drawio",
  "gliffy",
  "include",
  "excerpt-include",
  "profile",
]);

class Converter {
  constructor(private readonly names: StorageNames) {}

  blocks(nodes: readonly Node[], depth: number, list = -1): string[] {
    const blocks: string[] = [];
    let line = "";
    const flush = () => {
      const text = tidy(line);
      line = "";
      if (text) blocks.push(escapeStart(text));
    };
    if (depth > deepest) return blocks;
    for (const node of nodes) {
      const element = asElement(node);
      if (!element || !this.isBlock(element)) {
        line += this.inline([node], depth);
        continue;
      }
      flush();
      blocks.push(...this.block(element, depth + 1, list));
    }
    flush();
    return blocks;
  }

  private isBlock(element: Element): boolean {
    if (isHidden(element)) return true;
    if (element.name === "ac:structured-macro" || element.name === "ac:macro") return !inlineMacros.has(macroName(element));
    // A link around a block or a marker of a remark: decided by what is inside.
    if (element.name === "ac:inline-comment-marker" || element.name === "ac:adf-extension" || element.name === "ac:adf-fallback") {
      return element.children.some((child) => {
        const inner = asElement(child);
        return inner !== undefined && this.isBlock(inner);
      });
    }
    return blockElements.has(element.name);
  }

  private block(element: Element, depth: number, list: number): string[] {
    if (isHidden(element)) return [];
    const { name, children } = element;
    const heading = /^h([1-6])$/.exec(name);
    if (heading) {
      const text = oneLine(this.inline(children, depth));
      return text ? [`${"#".repeat(Number(heading[1]))} ${text}`] : [];
    }
    if (name === "pre") return [fenced(rawText(children))];
    if (name === "hr") return [];
    if (name === "table") return this.table(element, depth);
    if (name === "ul" || name === "ol") {
      return children.flatMap((child) => {
        const item = asElement(child);
        return item && !isHidden(item) ? this.item(item.children, depth + 1, list + 1, name === "ol" ? "1." : "-") : [];
      });
    }
    if (name === "ac:task-list") {
      return children.flatMap((child) => {
        const task = asElement(child);
        if (task?.name !== "ac:task") return [];
        const done = tidy(rawText(childrenOf(task, "ac:task-status"))) === "complete";
        return this.item(childrenOf(task, "ac:task-body"), depth + 1, list + 1, done ? "- [x]" : "- [ ]");
      });
    }
    if (name === "ac:structured-macro" || name === "ac:macro") return this.macro(element, depth);
    return this.blocks(children, depth, list);
  }

  private item(nodes: readonly Node[], depth: number, list: number, mark: string): string[] {
    const [first = "", ...rest] = this.blocks(nodes, depth, list);
    const indent = "  ".repeat(Math.max(0, list));
    if (isItem(first)) return [first, ...rest];
    return first === ""
      ? rest
      : [
          `${indent}${mark} ${first.replaceAll("\n", " ")}`,
          ...rest.map((block) => (isItem(block) ? block : `${indent}- ${oneLine(block)}`)),
        ];
  }

  private macro(element: Element, depth: number): string[] {
    const name = macroName(element);
    if (droppedMacros.has(name)) return [];
    const title = oneLine(parameter(element, "title") ?? "");
    const plain = rawText(childrenOf(element, "ac:plain-text-body"));
    if (codeMacros.has(name)) return [...(title ? [`**${title}**`] : []), ...(plain.trim() ? [fenced(plain)] : [])];
    if (name === "markdown") return plain.trim() ? [plain.trim()] : [];
    const inner = this.blocks(childrenOf(element, "ac:rich-text-body"), depth + 1);
    return title && inner.length > 0 ? [`**${title}**`, ...inner] : inner;
  }

  private table(element: Element, depth: number): string[] {
    const rows: string[][] = [];
    const visit = (nodes: readonly Node[], level: number) => {
      for (const node of nodes) {
        const inner = asElement(node);
        if (!inner || isHidden(inner) || level > deepest) continue;
        if (inner.name !== "tr") {
          visit(inner.children, level + 1);
          continue;
        }
        const cells = inner.children
          .map(asElement)
          .filter((cell) => cell !== undefined && (cell.name === "td" || cell.name === "th") && !isHidden(cell));
        rows.push(
          cells.flatMap((cell) => {
            if (!cell) return [];
            const span = Math.min(50, Math.max(1, Number(cell.attribs["colspan"]) || 1));
            return [
              oneLine(this.blocks(cell.children, depth + 1).join(" ")).replaceAll("|", "\\|"),
              ...Array.from({ length: span - 1 }, () => ""),
            ];
          }),
        );
      }
    };
    visit(element.children, 0);
    const filled = rows.filter((row) => row.some((cell) => cell !== ""));
    const width = Math.max(0, ...filled.map((row) => row.length));
    if (width === 0) return [];
    const lines = filled.map((row) => `| ${Array.from({ length: width }, (_, column) => row[column] ?? "").join(" | ")} |`);
    lines.splice(1, 0, `|${" --- |".repeat(width)}`);
    return [lines.join("\n")];
  }

  private inline(nodes: readonly Node[], depth: number): string {
    if (depth > deepest) return "";
    return nodes.map((node) => this.inlineNode(node, depth)).join("");
  }

  private inlineNode(node: Node, depth: number): string {
    if (isText(node)) return node.data.replace(/[\s\u00a0]+/g, " ");
    const element = asElement(node);
    if (!element) return "children" in node ? this.inline(node.children, depth + 1) : "";
    if (isHidden(element) || droppedElements.has(element.name)) return "";
    const { name, attribs, children } = element;
    switch (name) {
      case "br":
        return "\n";
      case "a":
        return this.anchor(attribs["href"] ?? "", oneLine(this.inline(children, depth + 1)));
      case "ac:link":
        return this.link(element, depth);
      case "ac:structured-macro":
      case "ac:macro":
        return inlineMacros.has(macroName(element)) ? this.inlineMacro(element) : ` ${this.macro(element, depth + 1).join(" ")} `;
      case "ac:image":
        return attribs["ac:alt"] ?? "";
      case "ac:emoticon":
        return attribs["ac:emoji-fallback"] ?? "";
      case "ac:adf-extension":
        return this.inline(childrenOf(element, "ac:adf-fallback"), depth + 1);
      case "time":
        return attribs["datetime"] ?? "";
      case "ri:user":
        return this.user(element);
      default:
        // Blocks within a line (a paragraph in a link's body) are told apart by a space.
        return blockElements.has(name) ? ` ${this.inline(children, depth + 1)} ` : this.inline(children, depth + 1);
    }
  }

  private anchor(href: string, text: string): string {
    const target = href.trim();
    if (!/^https?:\/\//i.test(target) || text === target) return text;
    return text ? `[${text}](${target})` : target;
  }

  private link(element: Element, depth: number): string {
    const body =
      oneLine(this.inline(childrenOf(element, "ac:link-body"), depth + 1)) ||
      oneLine(rawText(childrenOf(element, "ac:plain-text-link-body")));
    const children = element.children.map(asElement);
    const page = children.find((child) => child?.name === "ri:page" || child?.name === "ri:blog-post");
    const user = children.find((child) => child?.name === "ri:user");
    const file = children.find((child) => child?.name === "ri:attachment");
    if (user) return body || this.user(user);
    if (page) return this.pageLink(page, body);
    return body || (file?.attribs["ri:filename"] ?? "");
  }

  private pageLink(page: Element, body: string): string {
    const title = page.attribs["ri:content-title"] ?? "";
    const url = title ? this.names.pageUrl?.(title, page.attribs["ri:space-key"]) : undefined;
    const text = body || title;
    return url && text ? `[${text}](${url})` : text;
  }

  private user({ attribs }: Element): string {
    const id = attribs["ri:account-id"] ?? attribs["ri:userkey"];
    const name = id === undefined ? attribs["ri:username"] : this.names.user(id);
    return name ? `@${name}` : "";
  }

  private inlineMacro(element: Element): string {
    const name = macroName(element);
    switch (name) {
      case "status":
        return parameter(element, "title") ?? "";
      case "jira":
        return parameter(element, "key") ?? parameter(element, "jqlQuery") ?? "";
      case "include":
      case "excerpt-include": {
        const page = find(element.children, "ri:page") ?? find(element.children, "ri:blog-post");
        return page ? this.pageLink(page, "") : "";
      }
      case "profile": {
        const user = find(element.children, "ri:user");
        return user ? this.user(user) : "";
      }
      case "drawio":
      case "gliffy":
        return parameter(element, "diagramName") ?? parameter(element, "name") ?? "";
      default:
        return find(element.children, "ri:attachment")?.attribs["ri:filename"] ?? parameter(element, "name") ?? "";
    }
  }
}

function isItem(block: string | undefined): boolean {
  return block !== undefined && /^\s*(?:-|1\.) /.test(block);
}

function fenced(code: string): string {
  return `\`\`\`\n${code.replace(/^\n+|\s+$/g, "").replace(/`{3}/g, "'''")}\n\`\`\``;
}

/** A paragraph that begins like a heading, a table or a list must not become one. */
function escapeStart(text: string): string {
  return text.replace(/^(#{1,6}\s|\||`{3}|- |1\. )/gm, "\\$1");
}

function tidy(text: string): string {
  return text
    .replace(/[ \t\u00a0]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{2,}/g, "\n")
    .trim();
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
