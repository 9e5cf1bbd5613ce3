/** Something an admin should know. Two alerts with one key are one alert that happened again. */
export interface Alert {
  /** "sync:amocrm", "signin:confluence". */
  readonly key: string;
  readonly level: "warning" | "critical";
  readonly title: string;
  /** What happened, what it means for people, what to do. */
  readonly text: string;
  readonly system?: string;
  readonly at: Date;
}

/** One way to tell the admins: a channel, an e-mail. */
export interface AlertSink {
  readonly id: string;
  deliver(alert: Alert & { readonly state: "raised" | "repeated" | "resolved"; readonly times: number }): Promise<void>;
}

export interface Alerts {
  raise(alert: Omit<Alert, "at">): Promise<void>;
  resolve(key: string): Promise<void>;
}
