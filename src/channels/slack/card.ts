import type { ActionsBlock, Button, ContextActionsBlock } from "@slack/types";
import type { Choice, Option } from "../../domain/message.js";
import { encodePress } from "../kit/buttons.js";
import { oneLine, shorten } from "../kit/printable.js";
import { actionIds } from "./receive.js";

const longestLabel = 75;
const mostInRow = 25;

/** The buttons of a choice; none where nothing can be chosen. */
export function actionsOf({ id, options }: Choice): readonly ActionsBlock[] {
  const buttons = options.map((option, index) => buttonOf(id, option, index));
  return buttons.flatMap((_, index) =>
    index % mostInRow === 0 ? [{ type: "actions" as const, elements: buttons.slice(index, index + mostInRow) }] : [],
  );
}

/** Ends the turn at work; stands under a placeholder. */
export function stopButton(label: string): ActionsBlock {
  return { type: "actions", elements: [{ type: "button", action_id: actionIds.stop, text: plainText(label) }] };
}

/** Slack's own thumbs. Their labels are signs, so that they need no language. */
export const feedbackBlock: ContextActionsBlock = {
  type: "context_actions",
  elements: [
    {
      type: "feedback_buttons",
      action_id: actionIds.feedback,
      positive_button: { text: { type: "plain_text", text: "👍" }, value: "positive" },
      negative_button: { text: { type: "plain_text", text: "👎" }, value: "negative" },
    },
  ],
};

function buttonOf(choice: string, { id, label, style }: Option, index: number): Button {
  return {
    type: "button",
    // Unique in the message; what was chosen stands in the value.
    action_id: `${actionIds.press}${index}`,
    text: plainText(label),
    value: encodePress(choice, id),
    ...(style === undefined ? {} : { style }),
  };
}

function plainText(label: string) {
  // Without `emoji: false`, ":house:" in a label would become a picture.
  return { type: "plain_text" as const, text: shorten(oneLine(label), longestLabel) || "…", emoji: false };
}
