import { createHash } from "node:crypto";
import { mkdtemp, mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Client } from "@sluice/sdk";
import { fromBufferPromise } from "yauzl";
import { bundleDirectory, bundleProgram } from "./bundle-directory.ts";
import { compileEntry } from "./compile-entry.ts";
import { findSpecs } from "./find-specs.ts";
import { uploadLocalFiles } from "./upload-local-files.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-cli-"));
  await writeFile(join(directory, "app.ts"), "export const app: number = 1;\n");
  await writeFile(join(directory, "labels.txt"), "a\nb\n");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const sha = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");

describe("bundleDirectory", () => {
  it("gives the same bytes for the same content at another time, with the clutter left out", async () => {
    const first = await bundleDirectory(directory, "app:app");
    await utimes(join(directory, "labels.txt"), new Date(0), new Date(0));
    await mkdir(join(directory, "node_modules"));
    await writeFile(join(directory, "node_modules", "big.js"), "x");
    const second = await bundleDirectory(directory, "app:app");
    expect(sha(second.content)).toBe(sha(first.content));
    await writeFile(join(directory, "labels.txt"), "changed\n");
    expect(sha((await bundleDirectory(directory, "app:app")).content)).not.toBe(sha(first.content));
  });

  it("is the same after a change of the spec that is deployed, and not after one of another file", async () => {
    const config = join(directory, "config.yaml");
    const pack = async (replicas: number) => {
      await writeFile(
        config,
        `applications: [{name: a, import_path: app:app, deployments: [{name: A, num_replicas: ${replicas}}]}]`,
      );
      const { specFile } = findSpecs(directory);
      return [await bundleDirectory(directory, "app:app", specFile), await bundleProgram(directory, specFile)];
    };
    const [before, after] = [await pack(1), await pack(2)];
    expect(after.map(({ content }) => sha(content))).toEqual(before.map(({ content }) => sha(content)));
    await writeFile(join(directory, "serve.yaml"), "threshold: 1");
    expect(sha((await pack(2))[0]?.content ?? new Uint8Array())).not.toBe(sha(before[0]?.content ?? new Uint8Array()));
  });

  it("says which module is missing and where a compile error is", async () => {
    await expect(bundleDirectory(directory, "server:app")).rejects.toThrow(/holds no server\.ts/);
    await writeFile(join(directory, "app.ts"), "export const app = ;\n");
    await expect(bundleDirectory(directory, "app:app")).rejects.toThrow(/app\.ts does not compile: .*Unexpected ";"/s);
  });
});

describe("bundleProgram", () => {
  it("packs a program's files as they are: packages and x bits stay, caches and hidden files do not", async () => {
    await mkdir(join(directory, "node_modules"));
    await mkdir(join(directory, "__pycache__"));
    await writeFile(join(directory, "node_modules", "a.js"), "x");
    await writeFile(join(directory, "__pycache__", "b.pyc"), "x");
    await writeFile(join(directory, ".env"), "SECRET=1");
    await writeFile(join(directory, "serve.sh"), "#!/bin/sh\n", { mode: 0o755 });
    const { content } = await bundleProgram(directory);
    const zip = await fromBufferPromise(Buffer.from(content));
    const entries = new Map<string, number>();
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry.externalFileAttributes >>> 16);
    expect([...entries.keys()]).toEqual(["app.ts", "labels.txt", "node_modules/a.js", "serve.sh"]);
    expect([entries.get("serve.sh"), entries.get("labels.txt")]).toEqual([0o100755, 0o100644]);
    expect(sha((await bundleProgram(directory)).content)).toBe(sha(content));
  });

  it("is what a program's working_dir becomes; a program without one gets no bundle", async () => {
    const uploaded: string[] = [];
    const upload = (name: string) => {
      uploaded.push(name);
      return Promise.resolve({ bundle: { sha256: "a".repeat(64) }, existed: false });
    };
    const client = { bundles: { upload } } as unknown as Client;
    const program = { name: "P", runtime: "process", process: { command: ["./serve.sh"] } };
    const withFiles = { name: "p", runtime_env: { working_dir: "." }, deployments: [program] };
    const say = (): void => undefined;
    expect(await uploadLocalFiles(client, { baseDir: directory, specFile: null }, withFiles, say)).toMatchObject({
      runtime_env: { working_dir: `bundle:${"a".repeat(64)}` },
    });
    const without = { name: "p", deployments: [program] };
    expect(await uploadLocalFiles(client, { baseDir: directory, specFile: null }, without, say)).toEqual(without);
    expect(uploaded).toHaveLength(1);
  });
});

describe("compileEntry", () => {
  it("keeps the names of classes, which name deployments, also where two files use one name", async () => {
    await writeFile(join(directory, "other.ts"), "export class Model {}\n");
    await writeFile(
      join(directory, "app.ts"),
      'import { Model as Other } from "./other.ts";\nclass Model {}\nexport const names = [Model.name, Other.name];\n',
    );
    const compiled = join(directory, "compiled.mjs");
    await writeFile(compiled, await compileEntry(join(directory, "app.ts"), directory));
    const { names } = (await import(pathToFileURL(compiled).href)) as { names: string[] };
    expect(names).toEqual(["Model", "Model"]);
  });
});

describe("findSpecs", () => {
  it("takes a directory with app.ts, a config file, and a model file", async () => {
    expect(findSpecs(directory).specs[0]).toMatchObject({ import_path: "app:app" });
    const config = join(directory, "config.yaml");
    await writeFile(config, "applications:\n- name: hello\n  route_prefix: /hello\n  import_path: app:app\n");
    expect(findSpecs(directory).specs).toEqual([{ name: "hello", route_prefix: "/hello", import_path: "app:app" }]);
    await writeFile(join(directory, "m.onnx"), "");
    expect(findSpecs(join(directory, "m.onnx")).specs[0]).toMatchObject({
      name: "m",
      deployments: [{ model: "./m.onnx" }],
    });
  });

  it("names what is wrong with a config file", async () => {
    const config = join(directory, "config.yaml");
    await writeFile(config, "applications: []\n");
    expect(() => findSpecs(config)).toThrow(/needs a list `applications`/);
    await writeFile(config, "a: [\n");
    expect(() => findSpecs(config)).toThrow(/is not YAML/);
    expect(() => findSpecs(join(directory, "none"))).toThrow(/does not exist/);
    expect(() => findSpecs(join(directory, "app.ts"))).toThrow(/give the directory that holds it: sluice deploy /);
  });
});
