import { findExample, readExampleFile, readPackageFiles } from "../../example-files.ts";
import { packFiles } from "../../pack-files.ts";
import type { PackedFile } from "../../pack-files.ts";

/** What a person would upload for an example: its one model file, or a zip of its sources. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const example = findExample((await params).id);
  if (example === undefined) return new Response("No such example.", { status: 404 });
  const entries: PackedFile[] = [];
  for (const file of example.files) {
    const content = await readExampleFile(example, file);
    if (content === undefined) return new Response(`The file ${file} of this example is missing.`, { status: 404 });
    entries.push({ path: file, content });
  }
  entries.push(...(await readPackageFiles(example)));
  const [only] = entries;
  const bytes = example.bundleKind === "onnx" && only !== undefined ? only.content : await packFiles(entries);
  return new Response(new Uint8Array(bytes), {
    headers: { "content-type": "application/octet-stream", "cache-control": "no-store" },
  });
}
