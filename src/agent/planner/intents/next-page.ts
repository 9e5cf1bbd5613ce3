import type { Intent } from "../intent.js";

/** «ещё», «дальше», "show more": a list of deals goes on by its own grammar; behind any other answer there is nothing to go on with. */
export const nextPage: Intent = {
  name: "next-page",
  kind: "topic",
  vocabulary: {
    "next-page":
      "еще, дай еще, давай еще, хочу еще, give me more, see more, дальше, далее, следующие, следующую страницу, следующая страница, остальные, остальное, листай, more, =next, next page, the rest, show more, go on, continue, продолжай, продолжи",
  },
  cues: [
    [4, "first:next-page", "!#name"],
    [4, "first:show", "next-page", "!#name"],
  ],
  build: () => ({ kind: "say", sentence: "nothingMore" }),
};
