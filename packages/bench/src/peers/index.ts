import { bareNode } from "./bare-node.ts";
import type { Peer } from "./peer.ts";
import { haproxy, nginx } from "./proxies.ts";
import { rawOnnx } from "./raw-onnx.ts";
import { rayDefault, rayFastest } from "./ray-serve.ts";
import { sluice } from "./sluice.ts";

export const allPeers: readonly Peer[] = [sluice, bareNode, nginx, haproxy, rawOnnx, rayDefault, rayFastest];
