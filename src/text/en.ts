export { channels } from "./en/channels.js";
export { cli } from "./en/cli.js";
export { conversation, errors } from "./en/conversation.js";
export { planner } from "./en/planner.js";
export { reports } from "./en/reports.js";
export { tools } from "./en/tools.js";
