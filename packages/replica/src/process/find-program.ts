import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";

/**
 * Absolute path of a program, as a shell would find it: a name in PATH, anything with a slash from the folder the program
 * starts in. Rejects with what a person can do about it.
 */
export async function findProgram(program: string, workingDir: string, path: string, node: string): Promise<string> {
  const where = node === "" ? "this node" : `node ${node}`;
  const folder = await stat(workingDir).catch(() => null);
  if (folder?.isDirectory() !== true)
    throw new Error(`The bundle has no folder for \`process.working_dir\`: ${workingDir}`);
  if (program.includes("/"))
    return checkFile(isAbsolute(program) ? program : resolve(workingDir, program), program, where);
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    const candidate = join(directory, program);
    if (await isExecutable(candidate)) return candidate;
  }
  const hint = (await isFile(join(workingDir, program)))
    ? `The bundle has a file of that name: write \`./${program}\`.`
    : "Install it there, or give its full path in `process.command`.";
  throw new Error(`${program} was not found on ${where} (PATH is ${path}). ${hint}`);
}

async function checkFile(file: string, program: string, where: string): Promise<string> {
  if (await isExecutable(file)) return file;
  throw new Error(
    (await isFile(file))
      ? `${program} may not be executed. Set its x bit before it is bundled, or start it by its interpreter, for example [python3, ${program}].`
      : `${program} was not found on ${where}: there is no ${file}.`,
  );
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}

async function isExecutable(path: string): Promise<boolean> {
  if (!(await isFile(path))) return false;
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
