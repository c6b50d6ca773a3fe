/** Time and chance, given from outside so that tests rule them. */
export interface RouterPorts {
  /** Milliseconds; only differences and comparisons with deadlines matter. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void;
}
