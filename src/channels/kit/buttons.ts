import { RequestRefused } from "../../domain/errors.js";

/** The smallest limit of the messengers: Telegram's `callback_data`, in bytes of UTF-8. */
const mostBytes = 64;

/**
 * What a button carries: the choice's random id and the option, nothing else. Neither is trusted when it comes back;
 * the conversation looks the choice up and checks who pressed.
 */
export function encodePress(choice: string, option: string): string {
  const data = `${choice}:${option}`;
  if (choice === "" || option === "" || choice.includes(":") || Buffer.byteLength(data) > mostBytes) {
    throw new RequestRefused(`a button's data must be "choice:option" in at most ${mostBytes} bytes, got "${data}"`);
  }
  return data;
}

export function decodePress(data: string): { readonly choice: string; readonly option: string } | undefined {
  const at = data.indexOf(":");
  return at > 0 && at < data.length - 1 ? { choice: data.slice(0, at), option: data.slice(at + 1) } : undefined;
}
