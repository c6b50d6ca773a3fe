import { createHash } from "node:crypto";
import { mkdtemp, mkdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundleDirectory } from "./bundle-directory.ts";
import { compileEntry } from "./compile-entry.ts";
import { findSpecs } from "./find-specs.ts";

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

  it("says which module is missing and where a compile error is", async () => {
    await expect(bundleDirectory(directory, "server:app")).rejects.toThrow(/holds no server\.ts/);
    await writeFile(join(directory, "app.ts"), "export const app = ;\n");
    await expect(bundleDirectory(directory, "app:app")).rejects.toThrow(/app\.ts does not compile: .*Unexpected ";"/s);
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
  });
});
