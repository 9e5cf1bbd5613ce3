// Writes what the docs take from the code: .env.example and docs/connectors.md. Run by `npm run docs`.
import { readFileSync, writeFileSync } from "node:fs";
import { connectorsPage } from "../src/cli/connectors-page.ts";
import { envExample } from "../src/cli/env-example.ts";

const at = (path) => new URL(`../${path}`, import.meta.url);
writeFileSync(at(".env.example"), envExample());
writeFileSync(
  at("docs/connectors.md"),
  connectorsPage((id) => readFileSync(at(`src/connectors/${id}/README.md`), "utf8")),
);
