import type { Log } from "../../domain/log.js";
import type { Settings } from "../../platform/settings.js";
import type { Line } from "../commands.js";

/** How long a command waits for the one before it to let go of the data folder. */
export const lockWaitMs = 30_000;

/** What the command line's groups of commands are given. */
export interface Shell {
  /** Runs a command by its name: in the process that serves the data folder, or here where none does. Sets the exit code. */
  readonly run: (name: string, args: unknown) => Promise<void>;
  /** `svyaz start`; resolves to the exit code. */
  readonly start: (flags: { as: string; chat?: boolean; readOnly?: boolean; role?: string }) => Promise<number>;
  /** Settings and the data folder of this call, for the commands that need no application. */
  readonly prepare: () => { readonly data: string; readonly settings: Settings; readonly log: Log };
  readonly print: (line: Line) => void;
  /** Takes the progress line off the terminal. */
  readonly clearStep: () => void;
}
