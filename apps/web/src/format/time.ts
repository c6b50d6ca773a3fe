/** A duration between two moments: `0.9 s`, `12 s`, `3 min`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}

/** How long something took, exact to the second below an hour: `0.9 s`, `1 min 30 s`. */
export function formatTook(ms: number): string {
  const seconds = Math.round(Math.max(0, ms) / 1000);
  if (seconds < 60 || seconds >= 3600) return formatDuration(ms);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** For how long something has been so, in whole units that do not flicker: `4 s`, `3 min`. */
export function formatStanding(ms: number): string {
  return ms < 10_000 ? `${Math.max(0, Math.round(ms / 1000))} s` : formatDuration(ms);
}

/** What is left of a timer, to the second: `8 s`, `1:12`, `2:05:00`; `0 s` when it is over. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  return hours > 0 ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** How long ago, in whole units: `now`, `12 s ago`, `3 min ago`. */
export function formatAge(at: string | number | Date, nowMs: number): string {
  const age = nowMs - new Date(at).getTime();
  if (age < 2000) return "now";
  return age < 10_000 ? `${Math.round(age / 1000)} s ago` : `${formatDuration(age)} ago`;
}

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** `12:04`, or `21 Nov 12:04` when it was not today. */
export function formatClock(at: string | number | Date, nowMs?: number): string {
  const date = new Date(at);
  const time = clock.format(date);
  if (nowMs === undefined || new Date(nowMs).toDateString() === date.toDateString()) return time;
  return `${day.format(date)} ${time}`;
}

export function formatClockSeconds(at: string | number | Date): string {
  return clockSeconds.format(new Date(at));
}

/** The complete moment for titles, with the zone. */
export function formatMoment(at: string | number | Date): string {
  return new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
}

/** Tick text of a time axis: days for long ranges, minutes otherwise. */
export function formatTick(ms: number, rangeMs: number): string {
  if (rangeMs > 3 * 86_400_000) return day.format(ms);
  if (rangeMs > 86_400_000) return `${day.format(ms)} ${clock.format(ms)}`;
  return rangeMs < 3 * 60_000 ? clockSeconds.format(ms) : clock.format(ms);
}
