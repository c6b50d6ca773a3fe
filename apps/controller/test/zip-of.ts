import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

/** A bundle of one file. */
export async function zipOf(name: string, content: string): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(content), name);
  zip.end();
  return await buffer(zip.outputStream);
}
