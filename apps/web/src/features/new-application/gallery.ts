/** What the first step shows of the catalogue of examples. */
import { catalogue } from "@sluice/examples";
import type { ApplicationSpecInput } from "@sluice/contracts";

export interface GalleryEntry {
  readonly id: string;
  readonly title: string;
  readonly sentence: string;
  readonly shows: string;
  readonly bundleName: string;
  /** Programs that every node needs besides Sluice. */
  readonly needs: readonly string[];
  readonly specOf: (sha256: string) => ApplicationSpecInput;
}

export const gallery: readonly GalleryEntry[] = catalogue.map((example) => ({
  id: example.id,
  title: example.title,
  sentence: example.sentence,
  shows: example.shows,
  bundleName: example.bundleKind === "onnx" ? (example.files[0] ?? `${example.id}.onnx`) : `${example.id}.zip`,
  needs: example.needs ?? [],
  specOf: example.spec,
}));
