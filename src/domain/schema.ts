import type { ZodType } from "zod";

/** The one word for "checked shape": data from outside is parsed with one of these at the border. */
export type Schema<T> = ZodType<T>;
