import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const Service = z.looseObject({
  image: z.string().optional(),
  build: z.string().optional(),
  user: z.string(),
  healthcheck: z.object({ test: z.union([z.string(), z.array(z.string()).min(2)]), interval: z.string() }).loose(),
  ports: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
  volumes: z.array(z.string()).optional(),
  profiles: z.array(z.string()).optional(),
});
const Compose = z.strictObject({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});

const compose = Compose.parse(parse(readFileSync(new URL("../docker-compose.yml", import.meta.url), "utf8")));
const dockerfile = readFileSync(new URL("../Dockerfile", import.meta.url), "utf8");

describe("docker-compose.yml", () => {
  it("has the database with pgvector, Svyaz, and Prometheus with Grafana as a profile", () => {
    expect(Object.keys(compose.services)).toEqual(["database", "svyaz", "prometheus", "grafana"]);
    expect(compose.services.database?.image).toMatch(/^pgvector\/pgvector:pg\d+$/);
    for (const name of ["prometheus", "grafana"]) {
      expect(compose.services[name]?.profiles).toEqual(["metrics"]);
      expect(compose.services[name]?.image).toMatch(/:v?\d+\.\d+\.\d+$/);
    }
  });

  it("runs nothing as root and opens no port to the world", () => {
    for (const [name, { user, ports }] of Object.entries(compose.services)) {
      expect(user, name).not.toMatch(/^(root|0)\b/);
      for (const port of ports ?? []) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it("starts Svyaz only when the database is healthy, and every service says when it is", () => {
    expect(compose.services.svyaz?.depends_on?.database?.condition).toBe("service_healthy");
    for (const { depends_on: needs } of Object.values(compose.services))
      for (const other of Object.keys(needs ?? {})) expect(compose.services).toHaveProperty([other, "healthcheck"]);
  });

  it("declares every volume that a service uses, and mounts only files of the repository, read-only", () => {
    for (const { volumes } of Object.values(compose.services))
      for (const volume of volumes ?? []) {
        const [source = "", , mode] = volume.split(":");
        if (!source.startsWith("./")) expect(compose.volumes).toHaveProperty([source]);
        else {
          expect(existsSync(new URL(`../${source}`, import.meta.url)), volume).toBe(true);
          expect(mode, volume).toBe("ro");
        }
      }
  });

  it("keeps the data folder below its volume, where the lock beside it can be written", () => {
    const { environment, volumes } = compose.services.svyaz ?? {};
    expect(volumes).toEqual(["data:/data"]);
    expect(environment?.SVYAZ_DATA).toMatch(/^\/data\/[a-z]+$/);
  });

  it("holds no password", () => {
    expect(compose.services.database?.environment?.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
    expect(compose.services.svyaz?.environment?.DATABASE_URL).toContain("svyaz:${POSTGRES_PASSWORD:?");
  });

  it("lets everybody on the machine look at Grafana, and nobody sign in or change it", () => {
    expect(compose.services.grafana?.environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ORG_ROLE: "Viewer",
      GF_AUTH_BASIC_ENABLED: "false",
      GF_AUTH_DISABLE_LOGIN_FORM: "true",
    });
  });
});

describe("Dockerfile", () => {
  it("ends as a user who is not root, with a health check", () => {
    const users = [...dockerfile.matchAll(/^USER (\S+)$/gm)].map((match) => match[1]);
    expect(users.at(-1)).toBe("node");
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  });

  it("copies only what is in the repository", () => {
    for (const [, sources = ""] of dockerfile.matchAll(/^COPY (?!--from)(?:--chown=\S+ )?(.+) \S+$/gm)) {
      for (const source of sources.split(" "))
        expect(() => readFileSync(new URL(`../${source}`, import.meta.url)), source).not.toThrow(/ENOENT/);
    }
  });
});
