import type { InlineKeyboardButton } from "grammy/types";
import type { Choice, Line, Option } from "../../domain/message.js";
import { type LinkRule, plainSpans } from "../kit/addresses.js";
import { encodePress } from "../kit/buttons.js";
import { oneLine, printable, shorten } from "../kit/printable.js";
import type { ChannelWords } from "../kit/words.js";
import { boldUnits, type Unit, unitsOf } from "./html.js";

export type Keyboard = readonly (readonly InlineKeyboardButton[])[];

const outsideMark = " ⚠️";
/** Two labels this short stand side by side on a telephone. */
const shortLabel = 20;
const longestLabel = 60;

/** The question, what would be written line by line, what the mark means, and until when it may be answered. Never shortened. */
export function cardUnits(choice: Choice, words: ChannelWords, allowed: LinkRule): readonly Unit[] {
  const lines = choice.lines ?? [];
  return [
    ...boldUnits(plainSpans(printable(choice.question).trim() || "…", allowed)),
    ...lines.flatMap((line, index) => lineUnits(line, allowed, index > 0)),
    ...(lines.some(({ outside }) => outside) ? unitsOf([{ text: `${outsideMark.trim()} ${words.outside}`, italic: true }]) : []),
    ...(choice.expiresAt && choice.options.length > 0 ? unitsOf([{ text: words.validUntil(choice.expiresAt), italic: true }]) : []),
  ];
}

function lineUnits({ label, value, outside }: Line, allowed: LinkRule, tight: boolean): readonly Unit[] {
  const text = plainSpans(printable(value).trim() || "—", allowed);
  return unitsOf([{ text: `${oneLine(label)}: `, bold: true }, ...text, ...(outside ? [{ text: outsideMark }] : [])], tight);
}

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
