import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { Settings } from "../platform/settings.js";

export type Agent = Awaited<ReturnType<typeof loadAgent>>;

/** The one folder whose libraries take so long to load that something else is done meanwhile. */
export async function loadAgent() {
  const [assistant, masking, model, planner, toolset] = await Promise.all([
    import("../agent/assistant.js"),
    import("../agent/masking/masking.js"),
    import("../agent/model.js"),
    import("../agent/planner/index.js"),
    import("../agent/toolset.js"),
  ]);
  planner.knownWords();
  return { ...assistant, ...masking, ...model, ...planner, ...toolset };
}

/** The model of the settings; nothing where the planner answers. */
export async function chatModel(settings: Settings, createModel: Agent["createModel"]): Promise<BaseChatModel | undefined> {
  if (!settings.OPENAI_API_KEY && !settings.OPENAI_BASE_URL) return undefined;
  return createModel({
    apiKey: settings.OPENAI_API_KEY,
    baseUrl: settings.OPENAI_BASE_URL,
    model: settings.OPENAI_MODEL,
    timeoutMs: Math.min(60_000, settings.SVYAZ_TURN_SECONDS * 1000),
  });
}
