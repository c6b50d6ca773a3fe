import { findExample, readExampleFile } from "../../../example-files.ts";

/** One file of an example, as the catalogue names it. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ id: string; file: string }> },
): Promise<Response> {
  const { id, file } = await params;
  const example = findExample(id);
  const content = example === undefined ? undefined : await readExampleFile(example, file);
  if (content === undefined) return new Response("No such file in the examples.", { status: 404 });
  const type = file.endsWith(".json") ? "application/json" : "application/octet-stream";
  return new Response(new Uint8Array(content), {
    headers: { "content-type": type, "cache-control": "private, max-age=60" },
  });
}
