/**
 * A first look at a model file, before it is stored: is it a protobuf message whose fields are those of ONNX's ModelProto?
 * Only what is plainly something else is refused; whether the model loads is the runtime's to say. Pure.
 */

/** Field number -> wire type, of ModelProto (onnx.proto3): 0 = varint, 2 = length-delimited. */
const modelProtoFields: Readonly<Record<number, number>> = {
  1: 0, // ir_version
  2: 2, // producer_name
  3: 2, // producer_version
  4: 2, // domain
  5: 0, // model_version
  6: 2, // doc_string
  7: 2, // graph
  8: 2, // opset_import
  14: 2, // metadata_props
  20: 2, // training_info
  25: 2, // functions
  26: 2, // configuration
};

/** Says why the beginning of a file cannot be that of an ONNX model, or null. 64 bytes are enough. */
export function judgeOnnx(head: Uint8Array): string | null {
  if (head.byteLength === 0) return "the file is empty";
  const tag = readVarint(head, 0);
  if (tag === null) return "it does not begin like a protobuf message";
  const field = Math.floor(tag.value / 8);
  const wireType = tag.value % 8;
  if (modelProtoFields[field] === undefined || modelProtoFields[field] !== wireType) {
    return "it does not begin with a field of an ONNX model";
  }
  return null;
}

function readVarint(bytes: Uint8Array, offset: number): { readonly value: number; readonly next: number } | null {
  let value = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = bytes[offset + index];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: offset + index + 1 };
  }
  return null;
}
