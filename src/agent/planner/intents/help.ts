import type { Intent } from "../intent.js";

/** «что ты умеешь», "help" */
export const help: Intent = {
  name: "help",
  kind: "topic",
  vocabulary: {
    help: "помощь, =помоги, =помогите, памагите, хелп, справка, help, /help, /start, start",
    abilities:
      "умеешь, умеете, умеет, можешь сделать, ты можешь, вы можете, твои возможности, возможности, твои функции, команды, чем поможешь, чем можешь помочь, как тобой пользоваться, как с тобой работать, кто ты, ты бот, ты человек, ты робот, кто тебя, are you a bot, are you human, are you real, who made you, ты кто, кто ты такой, что ты такое, can you do, do you do, you can do, your abilities, capabilities, your features, who are you, how do you work, how can you help, can you help, what are you, commands, help me out, how to use you, что можно у тебя спросить, что тебе можно, что у тебя можно, чем ты полезен, чем полезен, какие функции, какие команды, список команд, примеры запросов, примеры, возможностей, what can i ask, what are you able, what else can, list of commands, examples, your functions, how do i use you",
  },
  cues: [
    [4, "abilities"],
    [3, "abilities", "asks-what"],
    [2, "abilities", "?"],
    [5, "first:help"],
    [2, "help"],
    [-6, "#amount"],
    [-5, "find"],
    [-4, "create"],
  ],
  build: () => ({ kind: "say", sentence: "helpIntro" }),
};
