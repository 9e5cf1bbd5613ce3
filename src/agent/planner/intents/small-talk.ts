import type { Intent } from "../intent.js";

/** Greetings, thanks, goodbyes: worth an answer only when nothing else is asked. */
export const greeting: Intent = {
  name: "greeting",
  kind: "topic",
  vocabulary: {
    hello:
      "привет, приветик, приветствую, здравствуй, здравствуйте, здорово, здаров, хай, салют, добрый день, добрый вечер, доброе утро, доброго дня, доброго времени, ку, hi, hello, hey, hiya, good morning, good afternoon, good evening, greetings, howdy, йо, хеллоу, доброго, приветствую всех, дратути, день добрый, вечер добрый, утро доброе, здравия, morning, evening all, yo",
    "how-are-you": "как дела, как жизнь, как ты, как сам, how are you, how's it going, what's up, wassup, sup",
  },
  cues: [
    [4, "hello"],
    [6, "how-are-you"],
  ],
  build: () => ({ kind: "say", sentence: "hello" }),
};

export const thanks: Intent = {
  name: "thanks",
  kind: "topic",
  vocabulary: {
    thanks:
      "спасибо, спасибочки, спс, благодарю, пасиб, сенкс, сенк, мерси, thanks, thank, thx, ty, tnx, cheers, appreciate, молодец, отлично, супер, класс, круто, great, awesome, perfect, nice, cool, good job, спасибки, благодарствую, от души, огонь, шикарно, прекрасно, замечательно, хорошая работа, красава, thank you so much, many thanks, much appreciated, lovely, brilliant, excellent, good",
  },
  cues: [[4, "thanks"]],
  build: () => ({ kind: "say", sentence: "youAreWelcome" }),
};

export const goodbye: Intent = {
  name: "goodbye",
  kind: "topic",
  vocabulary: { goodbye: "до свидания, пока пока, досвидания, всего доброго, до завтра, до встречи, bye, goodbye, see you, good night" },
  cues: [[4, "goodbye"]],
  build: () => ({ kind: "say", sentence: "goodbye" }),
};

/** A yes to a card is a press of its button: words confirm nothing. */
export const confirmation: Intent = {
  name: "confirmation",
  kind: "topic",
  vocabulary: {
    yes: "да, ага, угу, подтверждаю, подтвердить, подтверди, согласен, согласна, одобряю, yes, yep, yeah, confirm, confirmed, approve it, go ahead, sure, ok, ок, окей, okay, do it, давай",
    no: "нет, отмена, отмени, отменить, не надо, не нужно, стоп, хватит, отбой, забудь, передумал, передумала, cancel, stop, never mind, nevermind, forget it, no, nope",
  },
  cues: [
    [4, "first:yes"],
    [4, "first:no"],
  ],
  build: (clause) => ({ kind: "say", sentence: clause.has("first:no") && !clause.has("first:yes") ? "cancelled" : "pressTheButton" }),
};
