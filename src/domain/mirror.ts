import type { Entity, EntityRef } from "./entity.js";
import type { Listing } from "./listing.js";

/** What synchronisation has stored, seen with one person's rights. */
export interface Mirror {
  /** The same client in the other systems. */
  same(ref: EntityRef): Promise<readonly EntityRef[]>;
  related(ref: EntityRef, kind?: string): Listing<Entity>;
}

export interface SystemStatus {
  readonly system: string;
  readonly kind: string;
  readonly stored: number;
  /** How many of the stored ones have text that search should know, and how many of these it knows. */
  readonly searchable: number;
  readonly indexed: number;
  readonly inSource?: number;
  readonly asOf?: Date;
  readonly error?: string;
}
