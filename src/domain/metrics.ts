export type Labels = Readonly<Record<string, string>>;

/** Numbers about Svyaz itself. Every name is declared in `watch/metrics.ts`; an undeclared one is an error there. */
export interface Metrics {
  count(name: string, labels?: Labels, by?: number): void;
  set(name: string, value: number, labels?: Labels): void;
  /** Seconds, for histograms. */
  observe(name: string, value: number, labels?: Labels): void;
}
