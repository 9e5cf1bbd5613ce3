import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "langchain";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { seal } from "../../src/agent/envelope.js";

const findClient = tool(() => "never", {
  name: "find-client",
  description: "Finds a client",
  schema: z.toJSONSchema(z.strictObject({ text: z.string() })),
});

/** What the agent needs of any chat model, ours or a vendor's. `open` gives one that answers a request for a client by calling the tool. */
export function describeModel(name: string, open: () => Promise<{ readonly model: BaseChatModel; close(): Promise<void> }>): void {
  describe(`${name} as a chat model`, () => {
    const withModel = async (act: (model: BaseChatModel) => Promise<void>) => {
      const opened = await open();
      try {
        await act(opened.model);
      } finally {
        await opened.close();
      }
    };
    const bound = (model: BaseChatModel) => model.bindTools!([findClient]);
    const asked = [new SystemMessage("Ты помощник."), new HumanMessage("найди Ромашку")];

    it("answers a request with a call of a bound tool, with an id and parsed arguments", () =>
      withModel(async (model) => {
        const answer = await bound(model).invoke(asked);
        expect(answer.tool_calls).toEqual([
          expect.objectContaining({ name: "find-client", id: expect.any(String), args: { text: expect.stringMatching(/ромашк/i) } }),
        ]);
      }));

    it("makes words of a tool's result", () =>
      withModel(async (model) => {
        const [call] = (await bound(model).invoke(asked)).tool_calls ?? [];
        const result = new ToolMessage({
          tool_call_id: call?.id ?? "",
          name: "find-client",
          content: seal({ tool: "find-client", outcome: "succeeded", facts: "Нашёл: ООО «Ромашка» (amoCRM)." }),
        });
        const answer = await bound(model).invoke([...asked, new AIMessage({ content: "", tool_calls: call ? [call] : [] }), result]);
        expect(answer.tool_calls ?? []).toEqual([]);
        expect(answer.text).toContain("Ромашка");
      }));

    it("streams the same call in chunks", () =>
      withModel(async (model) => {
        let whole: AIMessageChunk | undefined;
        for await (const chunk of await bound(model).stream(asked)) whole = whole ? whole.concat(chunk) : chunk;
        expect(whole?.tool_calls?.map(({ name }) => name)).toEqual(["find-client"]);
      }));

    it("leaves the model it was bound from without tools", () =>
      withModel(async (model) => {
        bound(model);
        expect((await model.invoke([new HumanMessage("привет")])).tool_calls ?? []).toEqual([]);
      }));

    it("stops when it is told to", () =>
      withModel(async (model) => {
        await expect(bound(model).invoke(asked, { signal: AbortSignal.abort() })).rejects.toThrow();
      }));
  });
}
