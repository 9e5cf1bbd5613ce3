import { cleanText } from "./clean.js";
import { type Block, bounds } from "./result.js";

/** Blocks as Markdown: headings as `#`, tables as `|` rows under their header row, code fenced. */
export function toMarkdown(blocks: readonly Block[]): string {
  return join(blocks, (block) => {
    switch (block.kind) {
      case "heading":
        return `${"#".repeat(Math.min(6, Math.max(1, block.level)))} ${oneLine(block.text)}`;
      case "paragraph":
        // A line of prose that begins like a heading or a table row must not become one.
        return block.text.replace(/^(\s*)(#{1,6}\s|\||`{3})/gm, "$1\\$2");
      case "item":
        return `${"  ".repeat(block.depth)}- ${block.text.replace(/\s*\n\s*/g, " ")}`;
      case "table":
        return tableMarkdown(block.rows);
      case "code":
        return `\`\`\`\n${block.text.replace(/`{3}/g, "'''")}\n\`\`\``;
      case "markdown":
        return block.text;
      default:
        return block satisfies never;
    }
  });
}

/** Blocks as plain text: table cells are divided by tabs. */
export function toText(blocks: readonly Block[]): string {
  return join(blocks, (block) => {
    switch (block.kind) {
      case "item":
        return `- ${block.text}`;
      case "table":
        return block.rows.map((row) => row.map(oneLine).join("\t")).join("\n");
      case "heading":
      case "paragraph":
      case "code":
      case "markdown":
        return block.text;
      default:
        return block satisfies never;
    }
  });
}

function join(blocks: readonly Block[], print: (block: Block) => string): string {
  const parts: string[] = [];
  let before: Block | undefined;
  for (const block of blocks) {
    const printed = print(block);
    if (printed.trim() === "") continue;
    if (before) parts.push(before.kind === "item" && block.kind === "item" ? "\n" : "\n\n");
    parts.push(printed);
    before = block;
  }
  return cleanText(parts.join(""));
}

function tableMarkdown(rows: readonly (readonly string[])[]): string {
  const width = Math.min(bounds.columns, Math.max(0, ...rows.map((row) => row.length)));
  if (width === 0) return "";
  const lines = rows.map(
    (row) => `| ${Array.from({ length: width }, (_, column) => oneLine(row[column] ?? "").replaceAll("|", "\\|")).join(" | ")} |`,
  );
  lines.splice(1, 0, `|${" --- |".repeat(width)}`);
  return lines.join("\n");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
