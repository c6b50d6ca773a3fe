/** The hosts run as processes of their own (`build-entries.json`); this door only names what others may need to know. */
export { deploymentNameOf } from "./onnx/model-file.ts";
export { parseImportPath } from "./node/load-export.ts";
