import type { Intent } from "../intent.js";

/** Things people ask for that no tool does: said plainly, so that nobody waits for them. */
export const unsupported: Intent = {
  name: "unsupported",
  kind: "topic",
  vocabulary: {
    unsupported:
      "отправь, отправить письмо, отошли, перешли, измени, изменить, переименуй, переименовать, отредактируй, обнули, спиши, списать, переоцени, оплати, забронируй, зарезервируй, взломай, переведи деньги, send, forward, rename, edit, modify, pay, book, reserve, hack",
  },
  cues: [
    [9, "first:unsupported"],
    [-9, "document", "create"],
  ],
  build: () => ({ kind: "say", sentence: "cannotDo" }),
};
