import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
});

/** Whoever adds a package that runs something while it is installed says here why it may. */
const mayRunAtInstall = new Set([
  // Picks the compiler of this platform for the tests and for `npm run dev`.
  "node_modules/esbuild",
]);

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const installed = Object.entries(Lock.parse(JSON.parse(read("package-lock.json"))).packages).filter(([path]) => path !== "");

describe("what is installed with Svyaz", () => {
  it("comes from the public registry, each package by its digest", () => {
    expect(installed.length).toBeGreaterThan(100);
    const loose = installed.filter(
      ([, one]) => !one.integrity?.startsWith("sha512-") || (one.resolved && !one.resolved.startsWith("https://registry.npmjs.org/")),
    );
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it("runs nothing while it is installed but what is listed", () => {
    const scripts = installed.filter(([, one]) => one.hasInstallScript).map(([path]) => path);
    expect(scripts.filter((path) => !mayRunAtInstall.has(path))).toEqual([]);
  });

  it("is asked for by exact versions", () => {
    const { dependencies, devDependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()), devDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read("package.json")));
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version));
    expect(loose).toEqual([]);
  });

  it("runs in images of a named version", () => {
    const images = [...read("Dockerfile").matchAll(/^FROM (\S+)/gm), ...read("docker-compose.yml").matchAll(/^\s+image: (\S+)/gm)];
    expect(images.length).toBeGreaterThanOrEqual(3);
    for (const [, image] of images) expect(image).toMatch(/:(?:v?\d+\.\d+|pg\d+|\d+\.\d+\.\d+-)/);
    expect(images.map(([, image]) => image).join()).not.toMatch(/latest/);
  });
});
