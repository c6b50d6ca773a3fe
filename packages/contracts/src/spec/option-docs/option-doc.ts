import type { OptionClass } from "@sluice/domain";

/** What a change does to running replicas. */
export type UpdateClass = OptionClass;

export interface OptionDoc {
  /** As written in the spec; options inside a block carry its name: `ray_actor_options.num_cpus`. */
  readonly name: string;
  readonly title: string;
  readonly meaning: string;
  /** As text; "" = none. */
  readonly default: string;
  readonly range: string;
  readonly updateClass: UpdateClass;
  readonly example: string;
}

export function option(
  name: string,
  title: string,
  updateClass: UpdateClass,
  texts: { meaning: string; default: string; range: string; example: string },
): OptionDoc {
  return { name, title, updateClass, ...texts };
}
