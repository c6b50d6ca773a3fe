import { readdir } from "node:fs/promises";
import path from "node:path";

/** The model file of a bundle: the named one, else the only `.onnx` file, else the only file. */
export async function findModelFile(bundleDir: string, importPath: string): Promise<string> {
  const root = path.resolve(bundleDir);
  if (importPath !== "") {
    const file = path.resolve(root, importPath);
    if (!file.startsWith(root + path.sep)) throw new Error(`The model path ${importPath} leaves the bundle.`);
    return file;
  }
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const models = files.filter((file) => file.endsWith(".onnx"));
  const [only, ...others] = models.length > 0 ? models : files;
  if (only === undefined) throw new Error("The bundle holds no .onnx file.");
  if (others.length > 0) {
    const names = [only, ...others].map((file) => path.relative(root, file)).sort();
    throw new Error(`The bundle holds several files; name one of them as the model: ${names.join(", ")}.`);
  }
  return only;
}

/** A deployment name made of a file name: what names do not allow becomes `-`. */
export function deploymentNameOf(file: string): string {
  const base = path.basename(file, path.extname(file));
  const name = base
    .replace(/[^a-zA-Z0-9_.-]+/g, "-")
    .replace(/^[^a-zA-Z0-9]+/, "")
    .slice(0, 63)
    .replace(/[^a-zA-Z0-9]+$/, "");
  return name === "" ? "model" : name;
}
