/** Variables that the runtime, the loader or a library reads once, when the process starts: given later they would be ignored. */
const readAtStart = /^(NODE_|LD_|DYLD_|UV_|V8_|ICU_|MALLOC_|GLIBC_|OPENSSL_|SSL_|LANG$|LANGUAGE$|LC_|TZ$)/;

/** Whether a host that already runs can become this replica, and if not, why. */
export type WarmStart = { readonly isPossible: true } | { readonly isPossible: false; readonly reason: string };

/** `env` is the replica's environment, `inherited` the part of it that every host of this node has had from its start. */
export function planWarmStart(
  env: Readonly<Record<string, string>>,
  inherited: Readonly<Record<string, string>>,
): WarmStart {
  const late = Object.keys(env).find((name) => readAtStart.test(name) && env[name] !== inherited[name]);
  return late === undefined
    ? { isPossible: true }
    : { isPossible: false, reason: `${late} is read when a process starts` };
}
