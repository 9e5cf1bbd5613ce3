type Json = Readonly<Record<string, unknown>>;

export interface ShownButton {
  readonly text: string;
  readonly actionId: string;
  readonly value?: string;
  readonly style?: string;
  readonly kind: "button" | "feedback_buttons";
}

/** What a client draws of a message. */
export interface Drawn {
  readonly text: string;
  /** Addresses and mentions that could be pressed, or that ping somebody. */
  readonly clickable: readonly string[];
  readonly buttons: readonly ShownButton[];
  readonly charts: readonly Json[];
  readonly tables: readonly (readonly (readonly string[])[])[];
}

/** With blocks the text is only for notifications; it still pings whom it names. */
export function draw(blocks: readonly Json[] | undefined, text: string, parse: string | undefined): Drawn {
  const fallback = drawMrkdwn(text, parse !== "none");
  if (!blocks || blocks.length === 0) return { ...fallback, buttons: [], charts: [], tables: [] };
  const parts = blocks.map(drawBlock);
  return {
    text: parts
      .map((part) => part.text)
      .filter((one) => one !== "")
      .join("\n"),
    clickable: [...parts.flatMap((part) => part.clickable), ...fallback.clickable.filter((address) => /^[@#]/.test(address))],
    buttons: parts.flatMap((part) => part.buttons),
    charts: parts.flatMap((part) => part.charts),
    tables: parts.flatMap((part) => part.tables),
  };
}

const nothing: Drawn = { text: "", clickable: [], buttons: [], charts: [], tables: [] };

function drawBlock(block: Json): Drawn {
  const elements = (block.elements ?? []) as readonly Json[];
  switch (block.type) {
    case "rich_text":
      return { ...nothing, ...joined(elements.map(drawRich), "\n") };
    case "section":
    case "header": {
      const texts = [block.text, ...((block.fields ?? []) as readonly unknown[])].filter(Boolean) as readonly Json[];
      return { ...nothing, ...joined(texts.map(drawText), "\n") };
    }
    case "context":
      return { ...nothing, ...joined(elements.map(drawText), " ") };
    case "actions":
      return { ...nothing, buttons: elements.map((one) => toButton(one, one)) };
    case "context_actions":
      return {
        ...nothing,
        buttons: elements.flatMap((one) => [toButton(one, one.positive_button as Json), toButton(one, one.negative_button as Json)]),
      };
    case "data_table": {
      const rows = (block.rows as readonly (readonly Json[])[]).map((row) => row.map((cell) => String(cell.text)));
      return { ...nothing, text: rows.map((row) => row.join("\t")).join("\n"), tables: [rows] };
    }
    case "data_visualization":
      return { ...nothing, text: String(block.title), charts: [block] };
    default:
      return nothing;
  }
}

function toButton(element: Json, face: Json): ShownButton {
  return {
    text: String((face.text as Json).text),
    actionId: String(element.action_id),
    value: face.value as string | undefined,
    style: element.style as string | undefined,
    kind: element.type as ShownButton["kind"],
  };
}

interface Words {
  readonly text: string;
  readonly clickable: readonly string[];
}

function joined(parts: readonly Words[], by: string): Words {
  return { text: parts.map(({ text }) => text).join(by), clickable: parts.flatMap(({ clickable }) => clickable) };
}

/** Typed text is drawn as it is: nothing in it becomes a link. */
function drawRich(element: Json): Words {
  const elements = (element.elements ?? []) as readonly Json[];
  if (element.type === "rich_text_list") {
    const first = 1 + Number(element.offset ?? 0);
    const indent = "  ".repeat(Number(element.indent ?? 0));
    const marker = (index: number) => (element.style === "ordered" ? `${first + index}.` : "•");
    return joined(
      elements.map((item, index) => {
        const drawn = drawRich(item);
        return { ...drawn, text: `${indent}${marker(index)} ${drawn.text}` };
      }),
      "\n",
    );
  }
  return joined(
    elements.map((one) =>
      one.type === "link" ? { text: String(one.text ?? one.url), clickable: [String(one.url)] } : { text: String(one.text), clickable: [] },
    ),
    "",
  );
}

function drawText(text: Json): Words {
  return text.type === "mrkdwn" ? drawMrkdwn(String(text.text), text.verbatim !== true) : { text: String(text.text), clickable: [] };
}

/** Slack's markup: what stands in angle brackets is a link or a mention, and bare addresses become links unless told otherwise. */
export function drawMrkdwn(text: string, autolink: boolean): Words {
  const clickable: string[] = [];
  const drawn = text.replace(/<([^<>]+)>/g, (_all, inside: string) => {
    const [target = "", label] = inside.split("|");
    clickable.push(/^[@#!]/.test(target) ? target.replace("!", "@") : target);
    return label ?? target;
  });
  if (autolink)
    clickable.push(...(text.replace(/<[^<>]+>/g, " ").match(/\bhttps?:\/\/[^\s<>]+|\b[\w-]+\.(?:com|example|ru)\b[^\s<>]*/g) ?? []));
  return { text: drawn.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"), clickable };
}
