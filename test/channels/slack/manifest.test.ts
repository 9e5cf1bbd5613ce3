import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { wantedEvents } from "../../../src/channels/slack/events.js";
import { neededScopes } from "../../../src/channels/slack/index.js";

const Manifest = z.strictObject({
  display_information: z.strictObject({ name: z.string().max(35), description: z.string().max(140) }),
  features: z.strictObject({
    agent_view: z.strictObject({ agent_description: z.string().min(1).max(300) }),
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.literal(true),
      messages_tab_read_only_enabled: z.literal(false),
    }),
    bot_user: z.strictObject({ display_name: z.string().max(80), always_online: z.boolean() }),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ bot_events: z.array(z.string()) }),
    interactivity: z.strictObject({ is_enabled: z.literal(true) }),
    socket_mode_enabled: z.boolean(),
    org_deploy_enabled: z.literal(false),
    token_rotation_enabled: z.literal(false),
  }),
});

describe("the manifest of the Slack app", () => {
  const manifest = Manifest.parse(parse(readFileSync(new URL("../../../src/channels/slack/manifest.yaml", import.meta.url), "utf8")));
  const { bot } = manifest.oauth_config.scopes;

  it("asks for every right the channel needs, and for few others", () => {
    expect(bot).toEqual(expect.arrayContaining([...neededScopes]));
    expect(bot.filter((scope) => !(neededScopes as readonly string[]).includes(scope))).toEqual(["assistant:write", "users:read.email"]);
  });

  it("reads no talk of channels", () => {
    expect(bot.filter((scope) => /^(?:channels|groups|mpim):/.test(scope))).toEqual([]);
  });

  it("subscribes to exactly what the channel listens to", () => {
    const events = manifest.settings.event_subscriptions.bot_events.map((event) => event.replace(/^message\..*/, "message"));
    expect(events.toSorted()).toEqual([...wantedEvents].toSorted());
  });
});
