/** How much of the world a new leader has seen. */
export type Coverage =
  /** Nothing may be told: an application that is not known yet would be taken for one that does not exist. */
  | "none"
  /** Every application was looked at, some without success: what is known may be told, but not that it is all. */
  | "partial"
  /** The slices of all applications are known. */
  | "full";

/** Keeps account of the first look at every application. One that cannot be read never takes routes from the gateways. */
export class FirstPass {
  readonly #onChange: (coverage: Coverage) => void;
  readonly #untried = new Set<string>();
  readonly #failed = new Set<string>();
  #hasBegun = false;
  #coverage: Coverage = "none";

  constructor(onChange: (coverage: Coverage) => void) {
    this.#onChange = onChange;
  }

  get coverage(): Coverage {
    return this.#coverage;
  }

  begin(applicationIds: readonly string[]): void {
    for (const applicationId of applicationIds) this.#untried.add(applicationId);
    this.#hasBegun = true;
    this.#update();
  }

  note(applicationId: string, isDone: boolean): void {
    const wasUntried = this.#untried.delete(applicationId);
    if (isDone) this.#failed.delete(applicationId);
    else if (wasUntried) this.#failed.add(applicationId);
    this.#update();
  }

  #update(): void {
    const coverage = this.#judge();
    if (coverage === this.#coverage) return;
    this.#coverage = coverage;
    this.#onChange(coverage);
  }

  #judge(): Coverage {
    if (!this.#hasBegun || this.#untried.size > 0) return "none";
    return this.#failed.size > 0 ? "partial" : "full";
  }
}
