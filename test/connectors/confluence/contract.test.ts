import { confluence } from "../../../src/connectors/confluence/index.js";
import type { DocumentCard } from "../../../src/domain/documents.js";
import { createCompany } from "../../../src/sandbox/company.js";
import { SERVICE_ACCOUNT, startConfluence } from "../../../src/sandbox/confluence/index.js";
import { createLibrary } from "../../../src/sandbox/library.js";
import { describeConnector, toldPerSecond } from "../../contract/connector.js";
import { all, anchorNow, person } from "../harness.js";

const company = createCompany({ anchor: "2026-11-20" });
const library = createLibrary(company);
const token = "service-token-for-contract";
const everybody = "confluence:group:confluence-users";
const anna = person("anna", [everybody, "confluence:group:sales", "confluence:user:anna"]);
const dmitry = person("dmitry", [everybody, "confluence:group:sales", "confluence:user:dmitry"]);
const annas = library.pages.find(({ key }) => library.mayRead("anna", key) && !library.mayRead("dmitry", key));
if (!annas) throw new Error("the library has no page for Anna alone");
const annasId = String(annas.id);

describeConnector({
  definition: confluence,
  family: "documents",
  system: "confluence",
  secret: { variable: "CONFLUENCE_TOKEN", value: token },
  start: ({ perSecond }) =>
    startConfluence({ company, library, edition: "data-center", tokens: { [SERVICE_ACCOUNT]: token }, now: () => anchorNow, perSecond }),
  environment: (url) => ({ CONFLUENCE_BASE_URL: url, CONFLUENCE_REQUESTS_PER_SECOND: String(toldPerSecond) }),
  list: {
    path: "*/search",
    open: ({ documents }) => documents.search({ text: "порядок" }),
    idOf: (card: DocumentCard) => card.ref.id,
    field: "title",
  },
  one: { read: ({ documents }) => documents.read(annasId), readMissing: ({ documents }) => documents.read("99999999") },
  strangers: {
    owner: anna,
    stranger: dmitry,
    reads: { page: ({ documents }) => documents.read(annasId) },
    shows: async ({ documents }) => (await all(documents.search({ text: annas.title }))).some(({ ref }) => ref.id === annasId),
  },
});
