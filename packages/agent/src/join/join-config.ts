/** How this agent proves who it is: as part of the installation by the cluster secret, or as a node that joins by a token. */
import { ConfigError, isSafeAddress } from "@sluice/observability";

export interface JoinConfig {
  /** Addresses of controllers, without slashes at their ends; at least one. */
  readonly urls: readonly string[];
  /** One-time; null = it joined before. */
  readonly token: string | null;
}

/** From `--join` (several addresses with commas between them) and `--token`; null = it does not join. */
export function readJoinConfig(join: string | undefined, token: string | undefined): JoinConfig | null {
  if (join === undefined) {
    if (token === undefined) return null;
    throw new ConfigError("--token needs --join with the address of the controller.");
  }
  const urls = join
    .split(",")
    .map((url) => url.trim().replace(/\/+$/, ""))
    .filter((url) => url !== "");
  if (urls.length === 0)
    throw new ConfigError("--join needs the address of a controller, as in --join https://sluice.example.com:8267.");
  for (const url of urls) refuseUnsafe(url);
  return { urls, token: token ?? null };
}

function refuseUnsafe(url: string): void {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ConfigError(`--join ${url} is no address. Give one as in https://sluice.example.com:8267.`);
  }
  if (isSafeAddress(url)) return;
  throw new ConfigError(
    `--join ${url} would send this node's credential in clear text. Give the controller a certificate ` +
      "(SLUICE_CONTROLLER_TLS_CERT and SLUICE_CONTROLLER_TLS_KEY) and join by https, with --ca for a certificate authority of your own; " +
      "or reach it through a tunnel that ends on this machine (http://127.0.0.1:...).",
  );
}
