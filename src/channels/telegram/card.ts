import type { InlineKeyboardButton } from "grammy/types";
import type { Choice, Option } from "../../domain/message.js";
import { encodePress } from "../kit/buttons.js";
import { oneLine, shorten } from "../kit/printable.js";

export type Keyboard = readonly (readonly InlineKeyboardButton[])[];

/** Two labels this short stand side by side on a telephone. */
const shortLabel = 20;
const longestLabel = 60;

/** Nothing where nothing can be chosen: sent with an edit, that takes the old buttons away. */
export function keyboardOf({ id, options }: Choice): Keyboard | undefined {
  if (options.length === 0) return undefined;
  const buttons = options.map((option) => buttonOf(id, option));
  const perRow = options.every(({ label }) => label.length <= shortLabel) ? 2 : 1;
  return buttons.flatMap((_, index) => (index % perRow === 0 ? [buttons.slice(index, index + perRow)] : []));
}

function buttonOf(choice: string, { id, label, style }: Option): InlineKeyboardButton {
  const text = shorten(oneLine(label), longestLabel) || "…";
  const colour = style === "primary" ? "success" : style;
  return { text, callback_data: encodePress(choice, id), ...(colour === undefined ? {} : { style: colour }) };
}
