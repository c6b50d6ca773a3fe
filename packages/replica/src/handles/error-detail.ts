import { isSluiceError } from "@sluice/contracts";

/** An error in plain data: what another process needs to make one that looks the same. */
export interface ErrorDetail {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** A code that is a string, as Node's errors have; "" without. */
  readonly code: string;
  /** Built-in class it is an instance of, when that is not `Error` itself and not what `name` says. */
  readonly base?: string;
  /** Own enumerable properties that survive JSON. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly cause?: ErrorDetail;
  /** Of an AggregateError. */
  readonly errors?: readonly ErrorDetail[];
}

const maxDepth = 4;
const maxErrors = 16;
const maxFieldsLength = 16 * 1024;
const maxMessageLength = 16 * 1024;
const maxStackLength = 16 * 1024;

type ErrorConstructorOf = new (message: string) => Error;

const builtIn = new Map<string, ErrorConstructorOf>([
  ["TypeError", TypeError],
  ["RangeError", RangeError],
  ["SyntaxError", SyntaxError],
  ["ReferenceError", ReferenceError],
  ["EvalError", EvalError],
  ["URIError", URIError],
]);

const standardFields = new Set(["name", "message", "stack", "cause", "code", "errors"]);

/** Takes any thrown value apart. What is no Error becomes one whose message tells the value. */
export function detailOfError(error: unknown, depth = 0): ErrorDetail {
  if (!(error instanceof Error)) return { name: "Error", message: textOf(error), stack: "", code: "" };
  const base = baseOf(error);
  const fields = fieldsOf(error);
  const { cause } = error;
  const isDeep = depth >= maxDepth;
  return {
    name: error.name,
    message: error.message.slice(0, maxMessageLength),
    stack: (error.stack ?? "").slice(0, maxStackLength),
    code: codeOf(error),
    ...(base === undefined || base === error.name ? {} : { base }),
    ...(fields === undefined ? {} : { fields }),
    ...(cause === undefined || isDeep ? {} : { cause: detailOfError(cause, depth + 1) }),
    ...(error instanceof AggregateError && !isDeep
      ? { errors: error.errors.slice(0, maxErrors).map((one) => detailOfError(one, depth + 1)) }
      : {}),
  };
}

/** An error as it was, as far as data can tell: `instanceof` holds for built-in classes, `name` for all. */
export function errorOfDetail(detail: ErrorDetail): Error {
  const error = makeError(detail);
  if (error.name !== detail.name) define(error, "name", detail.name);
  if (detail.stack !== "") define(error, "stack", detail.stack);
  if (detail.cause !== undefined) define(error, "cause", errorOfDetail(detail.cause));
  const extra: Record<string, unknown> = { ...detail.fields };
  if (detail.code !== "" && !(error instanceof DOMException)) extra["code"] = detail.code;
  // What a standard property is called stays standard.
  for (const key of Object.keys(extra)) if (key !== "code" && standardFields.has(key)) delete extra[key];
  delete extra["__proto__"];
  return Object.assign(error, extra);
}

function makeError({ name, base, message, errors }: ErrorDetail): Error {
  if (errors !== undefined) return new AggregateError(errors.map(errorOfDetail), message);
  if (base === "DOMException") return new DOMException(message, name);
  const Constructor = builtIn.get(base ?? name) ?? Error;
  return new Constructor(message);
}

function baseOf(error: Error): string | undefined {
  if (error instanceof DOMException) return "DOMException";
  for (const [name, Constructor] of builtIn) if (error instanceof Constructor) return name;
  return undefined;
}

function codeOf(error: Error): string {
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" ? code : "";
}

/** Undefined without any, and when they are too long or no data. */
function fieldsOf(error: Error): Record<string, unknown> | undefined {
  if (isSluiceError(error)) return undefined;
  // A numeric code is a field like others; the standard one is text.
  const isNumericCode = typeof (error as { code?: unknown }).code === "number";
  const names = Object.keys(error).filter((name) => !standardFields.has(name) || (name === "code" && isNumericCode));
  if (names.length === 0) return undefined;
  try {
    const text = JSON.stringify(Object.fromEntries(names.map((name) => [name, (error as never)[name]])));
    return text.length > maxFieldsLength ? undefined : (JSON.parse(text) as Record<string, unknown>);
  } catch {
    // Cyclic or not data: the error itself matters more than what was hung on it.
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value.slice(0, maxMessageLength);
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, maxMessageLength);
  } catch {
    return String(value);
  }
}

function define(error: Error, name: string, value: unknown): void {
  Object.defineProperty(error, name, { value, configurable: true, writable: true, enumerable: false });
}
