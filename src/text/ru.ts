export { channels } from "./ru/channels.js";
export { cli } from "./ru/cli.js";
export { conversation, errors } from "./ru/conversation.js";
export { planner } from "./ru/planner.js";
export { reports } from "./ru/reports.js";
export { tools } from "./ru/tools.js";
