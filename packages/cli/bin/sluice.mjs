#!/usr/bin/env node
// The command runs from its TypeScript sources, so it needs no build step.
import { register } from "tsx/esm/api";

register();
await import("../src/main.ts");
