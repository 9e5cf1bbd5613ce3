import type { Block, Reply } from "../../domain/message.js";
import type { Language } from "../../domain/people.js";

/**
 * The language a reply is written in, by its letters: a channel is told what to say and not to whom,
 * and the words it adds must match. A reply without letters is Russian.
 */
export function languageOf(reply: Reply): Language {
  let russian = 0;
  let latin = 0;
  for (const text of reply.flatMap(wordsOf)) {
    russian += text.match(/[а-яё]/gi)?.length ?? 0;
    latin += text.match(/[a-z]/gi)?.length ?? 0;
  }
  return latin > russian ? "en" : "ru";
}

/** Only what Svyaz itself worded: cells, titles and values keep the language of their system. */
function wordsOf(block: Block): readonly string[] {
  switch (block.kind) {
    case "text":
      return [block.markdown];
    case "table":
      return [block.caption ?? "", ...block.table.columns.map(({ name }) => name)];
    case "chart":
    case "image":
      return [block.caption];
    case "choice":
      return [block.question, ...(block.lines ?? []).map(({ label }) => label), ...block.options.map(({ label }) => label)];
    case "sources":
    case "file":
      return [];
  }
}
