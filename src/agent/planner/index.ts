export { createPlanner, type PlannerContext } from "./planner.js";
