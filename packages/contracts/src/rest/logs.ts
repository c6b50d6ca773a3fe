/** What replicas wrote to their standard output and error. */
import { z } from "zod";

const logStreams = ["both", "stdout", "stderr"] as const;

/** `GET /replicas/{id}/logs` */
export const LogQuery = z.object({
  /** Go on with what it writes from now on, until it has ended. */
  follow: z.stringbool("true or false.").default(false),
  /** From this time on: 2026-03-02T09:00:00Z, or a span before now as 90s, 10m, 2h, 1d. */
  since: z
    .string()
    .refine(
      (text) => /^\d{1,9}[smhd]$/.test(text) || z.iso.datetime({ offset: true }).safeParse(text).success,
      "A time as 2026-03-02T09:00:00Z, or a span as 90s, 10m, 2h, 1d.",
    )
    .optional(),
  /** At most so many bytes of the end. */
  tail: z.coerce
    .number()
    .int("A whole number of bytes.")
    .min(1, "At least 1 byte.")
    .max(256 * 1024 * 1024, "At most 256 MiB.")
    .optional(),
  /** `both`: in the order in which they were written, to within two seconds. */
  stream: z.enum(logStreams, "both, stdout or stderr.").default("both"),
  /** Which process of a replica of several. */
  rank: z.coerce.number().int().min(0, "From 0.").max(1000, "At most 1000.").default(0),
});
export type LogQuery = z.infer<typeof LogQuery>;

/** The same between the dashboard's server and the controller. */
export const ControllerLogQuery = z.object({
  follow: z.stringbool().default(false),
  since_ms: z.coerce.number().nonnegative().optional(),
  tail_bytes: z.coerce.number().int().positive().optional(),
  stream: z.enum(logStreams).default("both"),
  rank: z.coerce.number().int().nonnegative().default(0),
});
export type ControllerLogQuery = z.infer<typeof ControllerLogQuery>;
