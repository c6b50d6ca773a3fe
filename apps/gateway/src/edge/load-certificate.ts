import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import { ConfigError } from "@sluice/observability";
import type { Certificate } from "./edge-server.ts";

/** Reads a certificate and its key; the error names the setting whose file is missing, broken or does not match the other. */
export async function loadCertificate(
  files: { readonly cert: string; readonly key: string } | null,
): Promise<Certificate | null> {
  if (files === null) return null;
  const [cert, key] = await Promise.all([
    read(files.cert, "SLUICE_GATEWAY_TLS_CERT_FILE"),
    read(files.key, "SLUICE_GATEWAY_TLS_KEY_FILE"),
  ]);
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return { cert, key };
  } catch (cause) {
    throw new ConfigError(`The certificate ${files.cert} or its key ${files.key} is not valid PEM.`, { cause });
  }
  throw new ConfigError(`The key ${files.key} does not belong to the certificate ${files.cert}.`);
}

async function read(path: string, setting: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`The file ${path} cannot be read (${setting}).`, { cause });
  }
}
