import { describe, expect, it } from "vitest";
import { ApplicationSpec } from "@sluice/contracts";
import { draftOfSpec, draftOfUpload, specOfDraft } from "./draft.ts";
import type { DraftSource } from "./draft.ts";
import { gallery } from "./gallery.ts";
import { filesAre, takeFilesAs } from "./program-draft.ts";

const sha256 = "a".repeat(64);
const source: DraftSource = {
  sha256,
  name: "server.zip",
  kind: "zip",
  sizeBytes: 10,
  description: null,
  describeError: null,
};

describe("a bundle whose files are a program", () => {
  it("can be deployed as the form first shows it", () => {
    const { spec, issues } = specOfDraft(takeFilesAs(draftOfUpload(source), "program"));
    expect(issues).toEqual([]);
    const parsed = ApplicationSpec.parse(spec);
    expect(parsed).toMatchObject({
      name: "server",
      runtime_env: { working_dir: `bundle:${sha256}` },
      deployments: [{ runtime: "process", process: { command: ["python3", "server.py", "--port", "{port}"] } }],
    });
    expect(parsed).not.toHaveProperty("import_path");
  });

  it("becomes code again with what was typed about the application", () => {
    const program = takeFilesAs({ ...draftOfUpload(source), route: "/own", envVars: '{"A":"1"}' }, "program");
    const code = takeFilesAs(program, "code");
    expect([filesAre(program), filesAre(code)]).toEqual(["program", "code"]);
    expect(code).toMatchObject({ route: "/own", envVars: '{"A":"1"}', importPath: "app:app", deployments: [] });
  });

  it("comes out of the form as the gallery's spec went in", () => {
    const entry = gallery.find(({ id }) => id === "python-stdlib");
    const wanted = entry?.specOf(sha256);
    if (wanted === undefined) throw new Error("the gallery lacks python-stdlib");
    const { spec, issues } = specOfDraft(draftOfSpec(wanted, source));
    expect(issues).toEqual([]);
    expect(ApplicationSpec.parse(spec)).toEqual(ApplicationSpec.parse(wanted));
    expect(entry?.needs).toEqual(["python3"]);
  });
});
