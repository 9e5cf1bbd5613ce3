import { pdfFile } from "./files.js";
import { macro, paragraphs, section } from "./markup.js";
import type { Draft } from "./types.js";

/** For those who read English. */
export const ENGLISH_PAGES: readonly Draft[] = [
  {
    key: "kb-home",
    title: "Knowledge Base",
    body: paragraphs("Guides for partners and colleagues who work in English.") + macro("children", {}),
  },
  {
    key: "returns-en",
    parent: "kb-home",
    title: "Returns and refunds for export customers",
    labels: ["policy"],
    body:
      section(
        "Window",
        "Export customers may return unopened goods within 21 days of delivery.",
        "Refunds are paid within 10 business days after inspection.",
      ) + section("Who pays", "The customer pays the freight unless the goods are faulty."),
  },
  {
    key: "warranty-en",
    parent: "kb-home",
    title: "Warranty terms",
    labels: ["policy"],
    body: paragraphs(
      "Luminaires carry a 36-month warranty, pumps 24 months, power tools 12 months.",
      "A claim needs the serial number, photos and the invoice.",
    ),
    files: [
      pdfFile("warranty-card.pdf", "Warranty card", [
        "Warranty card",
        "Keep this card with the invoice.",
        "Pumps: 24 months. Luminaires: 36 months.",
      ]),
    ],
  },
  {
    key: "incoterms-en",
    parent: "kb-home",
    title: "Export delivery and Incoterms",
    labels: ["policy"],
    body: paragraphs(
      "We ship FCA Moscow by default; DAP is available for orders above EUR 5,000.",
      "Lead time for export paperwork is 6 business days.",
    ),
  },
  {
    key: "support-hours-en",
    parent: "kb-home",
    title: "Support hours and escalation",
    labels: ["faq"],
    body: paragraphs(
      "Support works on weekdays from 9:00 to 18:00 Moscow time. Critical incidents are escalated to the duty engineer within 30 minutes.",
    ),
  },
  {
    key: "security-en",
    parent: "kb-home",
    title: "Access and passwords for contractors",
    labels: ["it"],
    body: paragraphs("Contractor accounts expire after 90 days and must use a hardware key.", "Shared accounts are not allowed."),
  },
  {
    key: "api-keys-en",
    parent: "kb-home",
    title: "How to rotate an integration key",
    labels: ["it", "instruction"],
    body:
      paragraphs("Keys are rotated every 60 days. The old key works for 24 hours after the new one is issued.") +
      macro("code", { language: "bash" }, { plain: "curl -X POST https://example.com/keys/rotate" }),
  },
];
