import type { Entity, EntityRef } from "./entity.js";
import type { Listing } from "./listing.js";

/** What synchronisation has stored, seen with one person's rights. */
export interface Mirror {
  /** The same client in the other systems. */
  same(ref: EntityRef): Promise<readonly EntityRef[]>;
  related(ref: EntityRef, kind?: string): Listing<Entity>;
  /** The systems that this person may see everything of, as of now: for what has no owner to narrow by. */
  whole(): Promise<readonly string[]>;
}

/** What clients are known by: the members of an entity's `keys`. */
export type ClientKey = keyof NonNullable<Entity["keys"]>;

/** What is stored of an entity's `keys`: marks that equal values share, and the INN where it is not sensitive. */
export interface StoredKeys {
  readonly inn?: string;
  readonly match: { readonly [Key in ClientKey]?: readonly string[] };
}

/** Keeps what a connector's definition marks as sensitive from standing in the database in the open. */
export interface FieldProtection {
  /** What is stored of an entity's `fields` and `keys`. */
  seal(entity: Entity): { readonly fields: Entity["fields"]; readonly keys?: StoredKeys };
  /** The other way. Throws SecretUnreadable for a value that was changed or moved. */
  open(ref: EntityRef, fields: Entity["fields"]): Entity["fields"];
  /**
   * A mark that two spellings of one telephone, e-mail or INN share, and that tells nobody which it is; `keys.match` holds those of
   * a client. Nothing where there is no key, and for a value without content.
   */
  blindIndex(kind: ClientKey, value: string): string | undefined;
}

export interface SystemStatus {
  readonly system: string;
  readonly kind: string;
  readonly stored: number;
  /** How many of the stored ones have text that search should know, and how many of these it knows. */
  readonly searchable: number;
  readonly indexed: number;
  /** Files that no text could be taken out of: bombs, broken or locked ones, pictures. They count as neither. */
  readonly unreadable?: number;
  readonly inSource?: number;
  readonly asOf?: Date;
  readonly error?: string;
}
