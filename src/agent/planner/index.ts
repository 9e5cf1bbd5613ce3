export { knownWords, knowsWord } from "./grammar.js";
export { answersLast } from "./corrects.js";
export { createPlanner, type PlannerContext } from "./planner.js";
export { wishesToWrite } from "./wish.js";
