import { readFile } from "node:fs/promises";
import type { ZodType } from "zod";

/** Content of a JSON file that fits the schema; undefined when it is absent, cut off or of another time. */
export async function readJsonFile<Value>(path: string, schema: ZodType<Value>): Promise<Value | undefined> {
  try {
    return schema.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
