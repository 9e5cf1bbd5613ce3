import { z } from "zod";

/** "YYYY-MM-DD", a day that exists. */
export const Day = z.iso.date();

/** "1250000" or "1250000.50": never a float. */
export const Amount = z.string().regex(/^\d{1,15}(\.\d{1,2})?$/, "a decimal number without spaces, for example 75000 or 1250000.50");

export const ClientText = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .describe("The client as the person wrote it: a name in any case, a phone, an e-mail, an INN, or a ref such as amocrm:company:17");

export const DealText = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .describe("The deal: its number (1024), its title, or a ref such as amocrm:deal:1024");

export const SystemName = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .describe("The system's name when the person named one and several are connected");

export const Money = z.object({ amount: z.string(), currency: z.string() });
