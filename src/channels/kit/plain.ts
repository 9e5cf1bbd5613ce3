import { parseMarkdown } from "./markdown.js";
import { textOf } from "./spans.js";

/** Markdown as plain text without its signs: notifications, fallbacks, titles. Addresses stay readable and lead nowhere. */
export function toPlain(markdown: string): string {
  return parseMarkdown(markdown, () => false)
    .map((section) => {
      switch (section.kind) {
        case "code":
          return section.text;
        case "item":
          return `${"  ".repeat(section.depth)}${section.marker} ${textOf(section.spans)}`;
        case "table":
          return [section.table.columns.map(({ name }) => name), ...section.table.rows].map((row) => row.join(" | ")).join("\n");
        case "paragraph":
        case "heading":
        case "quote":
          return textOf(section.spans);
      }
    })
    .join("\n");
}
