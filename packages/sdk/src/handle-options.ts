/** Options of the calls of a handle. Laid over those the handle already has. */
export interface HandleOptions<Stream extends boolean | undefined = boolean | undefined> {
  /**
   * True: the call answers an async iterable, of one item when the method does not stream. False: a promise, of all
   * items when it does. Default: as the method is.
   */
  readonly stream?: Stream;
  /**
   * Seconds until the call is given up with a `TimeoutError` (code `gateway/deadline`) and cancelled at the far side. The
   * request's own deadline holds as well.
   */
  readonly timeoutS?: number;
  /** Model for a deployment that uses `multiplexed()`. Default: that of the current request. */
  readonly multiplexedModelId?: string;
  /** Cancels the calls when it aborts; they reject with its reason. */
  readonly signal?: AbortSignal;
}

const known: ReadonlySet<string> = new Set(["stream", "timeoutS", "multiplexedModelId", "signal", "methodName"]);
const longestTimeoutS = 2 ** 31 / 1_000;

/** Options and the method name as they were given, checked. Throws a TypeError that says what is wrong. */
export function checkHandleOptions(given: unknown): HandleOptions & { readonly methodName?: string } {
  if (typeof given !== "object" || given === null) throw wrong("are an object", given);
  const options = given as Record<string, unknown>;
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new TypeError(`A handle has no option "${name}". It has: ${[...known].join(", ")}.`);
  }
  const { stream, timeoutS, multiplexedModelId, signal, methodName } = options;
  if (stream !== undefined && typeof stream !== "boolean") throw wrong("stream is true or false", stream);
  if (timeoutS !== undefined && !(typeof timeoutS === "number" && timeoutS > 0 && timeoutS <= longestTimeoutS)) {
    throw wrong(`timeoutS is a number of seconds above 0, at most ${Math.floor(longestTimeoutS)}`, timeoutS);
  }
  if (multiplexedModelId !== undefined && (typeof multiplexedModelId !== "string" || multiplexedModelId === "")) {
    throw wrong("multiplexedModelId is the id of a model, not empty", multiplexedModelId);
  }
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw wrong("signal is an AbortSignal", signal);
  if (methodName !== undefined && (typeof methodName !== "string" || methodName === "")) {
    throw wrong("methodName is the name of a method", methodName);
  }
  return options;
}

function wrong(rule: string, given: unknown): TypeError {
  const shown = typeof given === "string" || typeof given === "number" ? JSON.stringify(given) : typeof given;
  return new TypeError(`Options of a handle: ${rule}, not ${shown}.`);
}
