/*
 * The limits of Block Kit as Slack documents them; where two documents differ, the smaller number.
 * Unknown kinds and unknown fields are refused, so that a mistake in a name is found here and not in a workspace.
 */

type Json = Readonly<Record<string, unknown>>;

/** Everything wrong with a message's blocks; none means Slack takes them. */
export function problemsOf(blocks: unknown): readonly string[] {
  const problems: string[] = [];
  const must = (fine: boolean, problem: string) => void (fine || problems.push(problem));
  if (!Array.isArray(blocks)) return ["blocks must be an array"];
  must(blocks.length <= 50, `no more than 50 blocks, got ${blocks.length}`);
  const list = blocks as readonly Json[];
  for (const [index, block] of list.entries()) {
    const check = kinds[String(block.type)];
    if (!check) must(false, `/blocks/${index}: unsupported type ${String(block.type)}`);
    else check(block, (fine, problem) => must(fine, `/blocks/${index}: ${problem}`));
    must(block.block_id === undefined || isText(block.block_id, 1, 255), `/blocks/${index}: block_id is 1 to 255 characters`);
  }
  const actions = list.flatMap(actionIdsOf);
  must(new Set(actions).size === actions.length, "action_id must be unique in a message");
  must(list.filter(({ type }) => type === "table" || type === "data_table").length <= 1, "only one table in a message");
  must(list.filter(({ type }) => type === "data_visualization").length <= 2, "at most two charts in a message");
  return problems;
}

/** Slack also refuses messages whose blocks are too long together (msg_blocks_too_long, a little over 13 000 characters). */
export function charactersOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + charactersOf(one), 0);
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [name, one]) => sum + (typeof one === "string" ? (name === "text" || name === "caption" ? one.length : 0) : charactersOf(one)),
    0,
  );
}

type Must = (fine: boolean, problem: string) => void;

const kinds: Readonly<Record<string, (block: Json, must: Must) => void>> = {
  section(block, must) {
    only(block, ["text", "fields", "accessory", "expand"], must);
    must(block.text !== undefined || block.fields !== undefined, "a section needs text or fields");
    if (block.text !== undefined) textObject(block.text, 3000, must);
    const fields = listOf(block.fields);
    must(fields.length <= 10, "at most 10 fields");
    for (const field of fields) textObject(field, 2000, must);
  },
  header(block, must) {
    only(block, ["text"], must);
    plainText(block.text, 150, must);
  },
  divider: (block, must) => only(block, [], must),
  context(block, must) {
    only(block, ["elements"], must);
    const elements = listOf(block.elements);
    must(elements.length >= 1 && elements.length <= 10, "a context has 1 to 10 elements");
    for (const element of elements) if (element.type !== "image") textObject(element, 3000, must);
  },
  actions(block, must) {
    only(block, ["elements"], must);
    const elements = listOf(block.elements);
    must(elements.length >= 1 && elements.length <= 25, "actions have 1 to 25 elements");
    for (const element of elements) button(element, must);
  },
  context_actions(block, must) {
    only(block, ["elements"], must);
    const elements = listOf(block.elements);
    must(elements.length >= 1 && elements.length <= 5, "context_actions have 1 to 5 elements");
    for (const element of elements) {
      must(element.type === "feedback_buttons", `unknown element ${String(element.type)}`);
      only(element, ["positive_button", "negative_button", "action_id"], must);
      actionId(element, must);
      for (const one of [element.positive_button, element.negative_button]) {
        const side = (one ?? {}) as Json;
        only(side, ["text", "value", "accessibility_label"], must);
        plainText(side.text, 75, must);
        must(isText(side.value, 1, 2000), "a feedback value is 1 to 2000 characters");
      }
    }
  },
  image(block, must) {
    only(block, ["alt_text", "title", "image_url", "slack_file"], must);
    must(isText(block.alt_text, 1, 2000), "alt_text is 1 to 2000 characters");
    if (block.title !== undefined) plainText(block.title, 2000, must);
    must((block.image_url === undefined) !== (block.slack_file === undefined), "an image has either image_url or slack_file");
  },
  rich_text(block, must) {
    only(block, ["elements"], must);
    const elements = listOf(block.elements);
    must(elements.length >= 1, "rich_text needs elements");
    for (const element of elements) richElement(element, must);
  },
  data_table(block, must) {
    only(block, ["caption", "rows", "page_size", "row_header_column_index"], must);
    must(isText(block.caption, 1, 1000), "a caption is required");
    const rows = Array.isArray(block.rows) ? (block.rows as readonly (readonly Json[])[]) : [];
    must(rows.length >= 2 && rows.length <= 101, "data_table rows: 2 to 101 with the header");
    const width = rows[0]?.length ?? 0;
    must(width >= 1 && width <= 20, "data_table columns: 1 to 20");
    must(
      rows.every((row) => Array.isArray(row) && row.length === width),
      "all rows must have the same number of cells",
    );
    for (const cell of rows.flat()) tableCell(cell, must);
    must(
      (rows[0] ?? []).every(({ type }) => type !== "rich_text"),
      "header cells may not be rich_text",
    );
    must(charactersOf(rows) <= 10_000, "all cells together: at most 10 000 characters");
    const size = block.page_size ?? 5;
    must(Number.isInteger(size) && Number(size) >= 1 && Number(size) <= 100, "page_size: 1 to 100");
    const column = block.row_header_column_index ?? 0;
    must(Number.isInteger(column) && Number(column) >= 0 && Number(column) < width, "row_header_column_index names no column");
  },
  table(block, must) {
    only(block, ["rows", "column_settings"], must);
    const rows = Array.isArray(block.rows) ? (block.rows as readonly (readonly Json[])[]) : [];
    must(rows.length >= 1 && rows.length <= 100, "table rows: 1 to 100");
    must(
      rows.every((row) => row.length >= 1 && row.length <= 20),
      "table columns: 1 to 20",
    );
    for (const cell of rows.flat()) tableCell(cell, must);
  },
  data_visualization(block, must) {
    only(block, ["title", "chart"], must);
    must(isText(block.title, 1, 50), "a chart's title is 1 to 50 characters");
    const chart = (block.chart ?? {}) as Json;
    must(["line", "bar", "area"].includes(String(chart.type)), `unknown chart ${String(chart.type)}`);
    only(chart, ["series", "axis_config"], must);
    const axis = (chart.axis_config ?? {}) as Json;
    only(axis, ["categories", "x_label", "y_label"], must);
    const categories = (Array.isArray(axis.categories) ? axis.categories : []) as readonly unknown[];
    must(categories.length >= 1 && categories.length <= 20, "categories: 1 to 20");
    must(
      categories.every((label) => isText(label, 1, 20)),
      "a category is 1 to 20 characters",
    );
    must(new Set(categories).size === categories.length, "categories must be unique");
    for (const label of [axis.x_label, axis.y_label])
      must(label === undefined || isText(label, 1, 50), "an axis label is 1 to 50 characters");
    const series = listOf(chart.series);
    must(series.length >= 1 && series.length <= 6, "series: 1 to 6");
    must(new Set(series.map(({ name }) => name)).size === series.length, "names of series must be unique");
    for (const one of series) {
      only(one, ["name", "data"], must);
      must(isText(one.name, 1, 20), "the name of a series is 1 to 20 characters");
      const points = listOf(one.data);
      must(
        points.length === categories.length && points.every(({ label }, index) => label === categories[index]),
        "every series has one point for every category",
      );
      must(
        points.every(({ value }) => typeof value === "number" && Number.isFinite(value)),
        "values are numbers",
      );
    }
  },
};

function richElement(element: Json, must: Must): void {
  switch (element.type) {
    case "rich_text_section":
    case "rich_text_quote":
      only(element, ["elements", ...(element.type === "rich_text_quote" ? ["border"] : [])], must);
      for (const one of needed(element, must)) inlineElement(one, ["text", "link"], must);
      return;
    case "rich_text_preformatted":
      only(element, ["elements", "border"], must);
      for (const one of needed(element, must)) inlineElement(one, ["text", "link"], must);
      return;
    case "rich_text_list":
      only(element, ["elements", "style", "indent", "offset", "border"], must);
      must(element.style === "bullet" || element.style === "ordered", "a list is bullet or ordered");
      for (const name of ["indent", "offset"] as const) {
        must(element[name] === undefined || (Number.isInteger(element[name]) && Number(element[name]) >= 0), `${name} is a whole number`);
      }
      for (const item of needed(element, must)) {
        must(item.type === "rich_text_section", "a list is made of sections");
        richElement(item, must);
      }
      return;
    default:
      must(false, `unknown rich text element ${String(element.type)}`);
  }
}

function needed(element: Json, must: Must): readonly Json[] {
  const elements = listOf(element.elements);
  must(elements.length >= 1, `${String(element.type)} needs elements`);
  return elements;
}

function inlineElement(element: Json, allowed: readonly string[], must: Must): void {
  must(allowed.includes(String(element.type)), `unknown inline element ${String(element.type)}`);
  if (element.type === "text") {
    only(element, ["text", "style"], must);
    must(isText(element.text, 1, 40_000), "a text element needs text");
  } else {
    only(element, ["url", "text", "style", "unsafe"], must);
    must(isText(element.url, 1, 3000) && /^(https?|mailto):/.test(String(element.url)), "a link needs an address");
  }
  const style = (element.style ?? {}) as Json;
  const looks = ["bold", "italic", "strike", "code", "underline"];
  must(
    Object.entries(style).every(([look, on]) => looks.includes(look) && typeof on === "boolean"),
    "unknown style",
  );
}

function tableCell(cell: Json, must: Must): void {
  if (cell.type === "raw_text") {
    only(cell, ["text"], must);
    must(isText(cell.text, 1, 10_000), "a cell needs text");
  } else if (cell.type === "raw_number") {
    only(cell, ["value", "text"], must);
    must(typeof cell.value === "number" && Number.isFinite(cell.value), "raw_number needs a number");
    must(isText(cell.text, 1, 10_000), "raw_number needs its text");
  } else must(false, `unknown cell ${String(cell.type)}`);
}

function button(element: Json, must: Must): void {
  must(element.type === "button", `unknown element ${String(element.type)}`);
  only(element, ["text", "action_id", "value", "url", "style", "accessibility_label"], must);
  plainText(element.text, 75, must);
  actionId(element, must);
  must(element.value === undefined || isText(element.value, 1, 2000), "a button's value is 1 to 2000 characters");
  must(element.url === undefined || isText(element.url, 1, 3000), "a button's url is at most 3000 characters");
  must(element.style === undefined || element.style === "primary" || element.style === "danger", "a button is primary or danger");
}

function actionId(element: Json, must: Must): void {
  must(isText(element.action_id, 1, 255), "action_id is 1 to 255 characters");
}

function actionIdsOf(block: Json): readonly string[] {
  return listOf(block.elements).flatMap(({ action_id: id }) => (typeof id === "string" ? [id] : []));
}

function textObject(value: unknown, most: number, must: Must): void {
  const text = (value ?? {}) as Json;
  must(text.type === "mrkdwn" || text.type === "plain_text", "text is mrkdwn or plain_text");
  only(text, text.type === "mrkdwn" ? ["text", "verbatim"] : ["text", "emoji"], must);
  must(isText(text.text, 1, most), `text is 1 to ${most} characters`);
}

function plainText(value: unknown, most: number, must: Must): void {
  textObject(value, most, must);
  must((value as Json | undefined)?.type === "plain_text", "only plain_text is taken here");
}

function only(object: Json, names: readonly string[], must: Must): void {
  const unknown = Object.keys(object).filter((name) => name !== "type" && name !== "block_id" && !names.includes(name));
  must(unknown.length === 0, `unknown fields ${unknown.join(", ")}`);
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function isText(value: unknown, least: number, most: number): boolean {
  return typeof value === "string" && value.length >= least && value.length <= most && !/\p{Surrogate}/u.test(value);
}
