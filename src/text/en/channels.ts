import { plural } from "../format.js";
import type * as russian from "../ru/channels.js";

export const channels: typeof russian.channels = {
  stop: "Stop",
  sources: "Sources",
  more: (rows) => (rows === undefined ? "…not all rows are shown" : `…and ${rows} more ${plural(rows, "en", "row", "rows", "rows")}`),
  outside: "not from your own words",
  commands: [
    { command: "help", description: "What I can do" },
    { command: "stop", description: "Stop the answer" },
    { command: "connect", description: "Sign in to a system with your own account" },
    { command: "disconnect", description: "Disconnect your own account" },
    { command: "status", description: "How the systems are" },
    { command: "audit", description: "My latest operations" },
  ],
};
