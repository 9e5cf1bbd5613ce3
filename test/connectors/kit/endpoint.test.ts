import { expect, it } from "vitest";
import { endpointOf } from "../../../src/connectors/kit/outcome.js";

it.each([
  ["/api/v4/leads/3911/notes", "/api/v4/leads/:id/notes"],
  ["/rest/api/space/HR2/permissions", "/rest/api/space/:id/permissions"],
  ["/rest/api/group/%D0%9E%D1%82%D0%B4%D0%B5%D0%BB%20%D0%BA%D0%B0%D0%B4%D1%80%D0%BE%D0%B2/member", "/rest/api/group/:id/member"],
  ["/rest/api/content/65634/restriction/byOperation", "/rest/api/content/:id/restriction/byOperation"],
  ["/download/attachments/123/%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2.docx", "/download/attachments/:id/:id"],
  ["/wiki/api/v2/attachments/att4711", "/wiki/api/v2/attachments/:id"],
  [
    "/odata/standard.odata/Document_%D0%97%D0%B0%D0%BA%D0%B0%D0%B7%D0%9A%D0%BB%D0%B8%D0%B5%D0%BD%D1%82%D0%B0(guid'1-2')",
    "/odata/standard.odata/Document_ЗаказКлиента(:id)",
  ],
  ["/odata/standard.odata/$metadata", "/odata/standard.odata/$metadata"],
  ["/%E0%A4%A", "/:id"],
])("a metric's label for %s names the route and nobody", (path, label) => {
  expect(endpointOf(path)).toBe(label);
});
