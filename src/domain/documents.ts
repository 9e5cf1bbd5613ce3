import type { EntityRef } from "./entity.js";
import type { Listing } from "./listing.js";
import type { Audience } from "./people.js";

/** Papers: find one, read one, know who may read it. */
export interface DocumentConnector {
  /** The system's own search, as the person's own account. The index is a second opinion, not a replacement. */
  search(query: { readonly text: string }): Listing<DocumentCard>;
  /** Hands over its own markup or bytes; text is taken out of bytes by `search/extract.ts`. Attachments are read the same way. */
  read(id: string): Promise<DocumentText>;
  /** Which of these the account may read now. */
  readable(ids: readonly string[]): Promise<readonly string[]>;
}

export interface DocumentCard {
  readonly ref: EntityRef;
  readonly title: string;
  readonly url?: string;
  readonly kind?: string;
  readonly author?: string;
  readonly updatedAt: Date;
  readonly readers: Audience;
  /** The piece of text that a search found, without marks. */
  readonly excerpt?: string;
}

export interface DocumentText {
  readonly card: DocumentCard;
  /** Headings are kept, because passages are cut along them. */
  readonly content: { readonly markdown: string } | { readonly bytes: Uint8Array; readonly mediaType: string };
  readonly attachments: readonly DocumentCard[];
}
