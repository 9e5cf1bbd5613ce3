import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { EntityRef } from "../../domain/entity.js";
import { RequestRefused } from "../../domain/errors.js";
import type { Secrets } from "../../domain/vault.js";
import type { WebhookRequest, WebhookSource } from "../../domain/webhook.js";

const Named = z.object({ id: z.union([z.string(), z.number()]).transform(String), type: z.string().optional() });

/** Data Center's hooks, and what Cloud's automation rules and apps send in its shape. Only ids are taken. */
const Hook = z.object({
  page: Named.optional(),
  blog: Named.optional(),
  blogpost: Named.optional(),
  attachment: Named.optional(),
  attachments: z.array(Named).optional(),
  content: Named.optional(),
});

/**
 * Reads `X-Hub-Signature` (HMAC-SHA256 of the raw body) where the secret WEBHOOK_SECRET is set; without it the secret in the
 * address alone keeps strangers out. What a hook names is a hint to read it again. A test delivery names nothing.
 */
export function createWebhook({ system, secrets }: { readonly system: string; readonly secrets: Secrets }): WebhookSource {
  const refused = (why: string) => new RequestRefused(`${system}: web hook: ${why}`, { system, operation: "webhook.read" });

  async function checkSignature({ headers, body }: WebhookRequest): Promise<void> {
    const secret = await secrets.get("WEBHOOK_SECRET");
    if (!secret) return;
    const given = Buffer.from(headers["x-hub-signature"]?.replace(/^sha256=/, "") ?? "", "hex");
    const expected = createHmac("sha256", secret.reveal()).update(body).digest();
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refused("its signature is missing or wrong");
  }

  return {
    async read(request) {
      await checkSignature(request);
      const text = new TextDecoder().decode(request.body);
      if (text.trim() === "") return [];
      let body: unknown;
      try {
        body = JSON.parse(text);
      } catch {
        throw refused("its body is no JSON");
      }
      const hook = Hook.safeParse(body);
      if (!hook.success) return [];
      const { page, blog, blogpost, attachment, attachments = [], content } = hook.data;
      const ref = (kind: string, named: z.infer<typeof Named> | undefined): EntityRef[] => (named ? [{ system, kind, id: named.id }] : []);
      const known = content?.type === "blogpost" || content?.type === "attachment" ? content.type : "page";
      return [
        ...ref("page", page),
        ...ref("blogpost", blog ?? blogpost),
        ...[attachment, ...attachments].flatMap((one) => ref("attachment", one)),
        ...(content?.type === "comment" ? [] : ref(known, content)),
      ];
    },
  };
}
