import { clsx } from "clsx";
import type { ClassValue } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

// Our own text sizes, so that `text-title` and `text-dim` are not taken for two answers to one question.
const merge = extendTailwindMerge({
  extend: {
    classGroups: { "font-size": [{ text: ["2xs", "title", "key"] }], rounded: [{ rounded: ["card", "control"] }] },
  },
});

/** Joins class names; of two that conflict the later one wins. */
export function cn(...classes: ClassValue[]): string {
  return merge(clsx(classes));
}
