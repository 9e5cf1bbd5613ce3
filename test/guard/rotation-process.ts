import { createKeyring, fileKeySource } from "../../src/guard/keyring.js";
import { createVault } from "../../src/guard/vault.js";
import { createDatabase } from "../../src/platform/database.js";
import { quiet } from "../support/database.js";

/** Rotates the keys of a database and says so after each batch: a process to be killed. */
const [dataDir = "", file = ""] = process.argv.slice(2);
const database = await createDatabase({ dataDir, log: quiet });
const keyring = await createKeyring([fileKeySource("SVYAZ_KEYRING", file)]);
const vault = createVault({ database, keyring, environment: {}, note: async () => {}, now: () => new Date() });
await vault.rotate({ batch: 5, onBatch: ({ rewritten, left }) => process.stdout.write(`${rewritten} ${left}\n`) });
await database.close();
