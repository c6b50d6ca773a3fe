import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { secret, startFakeController } from "../../test/fake-controller.ts";
import type { FakeController } from "../../test/fake-controller.ts";
import { buildZip } from "../../test/zip.ts";
import { BundleCache } from "./bundle-cache.ts";
import { compiledModulePath } from "./compile-module.ts";

let dir: string;
let controller: FakeController;
let cache: BundleCache;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bundles-"));
  controller = await startFakeController();
  cache = new BundleCache({ dir, controllerUrl: controller.url, secret });
});

afterEach(async () => {
  cache.close();
  await controller.close();
  await rm(dir, { recursive: true });
});

const silent = (): void => undefined;
const onnx = (bundle: string) => ({ bundle, importPath: "", runtime: "onnx" as const });
const node = (bundle: string, importPath: string) => ({ bundle, importPath, runtime: "node" as const });

test("a model file is fetched once for all who wait, with progress for each", async () => {
  const bundle = controller.addBundle(Buffer.alloc(300_000, 7));
  const heard: string[][] = [[], []];
  const dirs = await Promise.all(
    heard.map((lines) => cache.prepare(onnx(`bundle:${bundle}`), (line) => lines.push(line))),
  );
  expect(new Set(dirs).size).toBe(1);
  expect((await readFile(join(dirs[0]!, "model.onnx"))).length).toBe(300_000);
  expect(controller.requests).toHaveLength(1);
  for (const lines of heard) expect(lines).toContain("fetching the bundle, 100 %");
  await new BundleCache({ dir, controllerUrl: controller.url, secret }).prepare(onnx(bundle), silent);
  expect(controller.requests).toHaveLength(1);
});

test("a broken transfer is resumed where it stopped", async () => {
  const content = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
  const bundle = controller.addBundle(content);
  controller.breakAfter.push(70_000, 50_000);
  const bundleDir = await cache.prepare(onnx(bundle), silent);
  expect(await readFile(join(bundleDir, "model.onnx"))).toEqual(content);
  const starts = controller.requests.map(({ range }) => Number(/\d+/.exec(range ?? "0")?.[0]));
  expect(starts).toEqual([0, 70_000, 120_000]);
});

test("content with another hash is refused and not kept", async () => {
  const bundle = createHash("sha256").update("what was promised").digest("hex");
  controller.bundles.set(bundle, Buffer.from("something else"));
  await expect(cache.prepare(onnx(bundle), silent)).rejects.toMatchObject({ code: "bundle/invalid" });
  expect(await readdir(dir)).toEqual([]);
});

test("a bundle that does not exist, or is none, is refused without trying again", async () => {
  await expect(cache.prepare(onnx("f".repeat(64)), silent)).rejects.toMatchObject({ code: "bundle/not_found" });
  await expect(cache.prepare(onnx("../../etc/passwd"), silent)).rejects.toThrow("is no bundle");
  expect(controller.requests).toHaveLength(1);
});

test("a zip that leads out of its directory leaves nothing behind but the archive", async () => {
  const bundle = controller.addBundle(await buildZip([{ name: "../evil.txt", content: "x" }]));
  await expect(cache.prepare(onnx(bundle), silent)).rejects.toMatchObject({ code: "bundle/invalid" });
  expect(await readdir(dir)).toEqual([`${bundle}.part`]);
});

test("a TypeScript module is compiled with its imports and finds the files beside its source", async () => {
  const app = `
    import { greet } from "./lib/greet";
    import { readFileSync } from "node:fs";
    import { deployment } from "@sluice/sdk";
    const text: string = readFileSync(new URL("./name.txt", import.meta.url), "utf8");
    export const app = { text: greet(text), kind: typeof deployment };`;
  const greet = `
    import { join } from "node:path";
    import { readFileSync } from "node:fs";
    export const greet = (name: string): string => readFileSync(join(import.meta.dirname, "word.txt"), "utf8") + " " + name;`;
  const bundle = controller.addBundle(
    await buildZip([
      { name: "app.ts", content: app },
      { name: "name.txt", content: "Ada" },
      { name: "lib/greet.ts", content: greet },
      { name: "lib/word.txt", content: "Hello" },
    ]),
  );
  const bundleDir = await cache.prepare(node(bundle, "app:app"), silent);
  const loaded: { app: unknown } = await import(pathToFileURL(compiledModulePath(bundleDir, "app:app")).href);
  expect(loaded.app).toEqual({ text: "Hello Ada", kind: "function" });
});

test("code that does not compile names file and line", async () => {
  const bundle = controller.addBundle(
    await buildZip([{ name: "app.ts", content: 'import x from "no-such-package";\nexport const app = x;' }]),
  );
  await expect(cache.prepare(node(bundle, "app:app"), silent)).rejects.toThrow(
    /^app\.ts does not compile\. app\.ts:1:\d+: .*no-such-package/,
  );
});

test("an import path without module says what was looked for", async () => {
  const bundle = controller.addBundle(await buildZip([{ name: "app.ts", content: "export {}" }]));
  await expect(cache.prepare(node(bundle, "main:app"), silent)).rejects.toThrow("the bundle has no module main");
  await expect(cache.prepare(node(bundle, "../main:app"), silent)).rejects.toThrow("leads out of the bundle");
});

test("a leftover part that is too long is thrown away", async () => {
  const bundle = controller.addBundle(Buffer.from("short"));
  await writeFile(join(dir, `${bundle}.part`), "much longer than it should be");
  const bundleDir = await cache.prepare(onnx(bundle), silent);
  expect(await readFile(join(bundleDir, "model.onnx"), "utf8")).toBe("short");
});

const limits = { maxAgeMs: 3_600_000, maxBytes: 1024 ** 3, minAgeMs: 1 };
const longAgo = new Date(Date.now() - 2 * 3_600_000);
/** As if it had last been used two hours ago, in an earlier life of the agent. */
async function age(...names: string[]): Promise<void> {
  for (const name of names) await utimes(join(dir, name), longAgo, longAgo);
  cache.close();
  cache = new BundleCache({ dir, controllerUrl: controller.url, secret });
}

test("bundles that nobody used for long go, with what broken transfers left; one in use stays and stays young", async () => {
  const [used, unused] = [controller.addBundle(Buffer.from("used")), controller.addBundle(Buffer.from("unused"))];
  await cache.prepare(onnx(used), silent);
  await cache.prepare(onnx(unused), silent);
  const part = `${"d".repeat(64)}.part`;
  await writeFile(join(dir, part), "half");
  await writeFile(join(dir, "something else"), "");
  await age(used, unused, part, "something else");
  const steps = await cache.sweep((sha256) => sha256 === used, limits);
  expect(steps.map(({ name }) => name).toSorted()).toEqual([unused, part].toSorted());
  expect((await readdir(dir)).toSorted()).toEqual([used, "something else"].toSorted());
  // It was in use until now, so it is not old when it stops being used.
  expect(await cache.sweep(() => false, limits)).toEqual([]);
  // Whoever needs it again fetches it again.
  await cache.prepare(onnx(unused), silent);
  expect(controller.requests).toHaveLength(3);
});

test("what was asked for just now is in use, also before any replica has it", async () => {
  const bundle = controller.addBundle(Buffer.from("asked for"));
  await cache.prepare(onnx(bundle), silent);
  await age(bundle);
  await cache.prepare(onnx(bundle), silent);
  const now = { ...limits, minAgeMs: 60_000, maxBytes: 0 };
  expect(await cache.sweep(() => false, now)).toEqual([]);
  expect(controller.requests).toHaveLength(1);
});

test("a removal that was cut off leaves no bundle behind, and is finished later", async () => {
  const bundle = controller.addBundle(Buffer.from("half removed"));
  const bundleDir = await cache.prepare(onnx(bundle), silent);
  await rename(bundleDir, `${bundleDir}.0123abcd.tmp`);
  await age(`${bundle}.0123abcd.tmp`);
  await cache.prepare(onnx(bundle), silent);
  expect(controller.requests).toHaveLength(2);
  await age(`${bundle}.0123abcd.tmp`);
  expect((await cache.sweep(() => false, limits)).map(({ name }) => name)).toEqual([`${bundle}.0123abcd.tmp`]);
  expect(await readdir(dir)).toEqual([bundle]);
});
