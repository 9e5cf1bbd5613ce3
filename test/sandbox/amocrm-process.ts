import { startAmocrm } from "../../src/sandbox/amocrm/index.js";
import { createCompany } from "../../src/sandbox/company.js";
import { fixAnchor } from "../../src/sandbox/journal.js";
import { TOKEN } from "./amocrm-account.js";

/** The account in a process of its own, to be killed: prints its address. */
const dir = process.argv[2] ?? "";
const amo = await startAmocrm({
  company: createCompany(fixAnchor(dir, { seed: "svyaz", anchor: "2026-11-20" })),
  dir,
  token: TOKEN,
  perSecond: 1_000,
  control: true,
});
process.stdout.write(`${amo.url}\n`);
