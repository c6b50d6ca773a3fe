import { get } from "../load/wrk.ts";
import type { Point, Workload } from "../measurement.ts";
import { wrkPoint } from "./over-wrk.ts";

const megabyte = 1_000_000;
const connections = 4;

/** Large bodies up (the answer is their size) and down. */
export const bodies: Workload = {
  id: "bodies",
  title: "Large bodies, one replica",
  method: `${String(connections)} connections, closed loop by wrk; an upload answers the number of its bytes, counted as they come`,
  points: [1, 10].flatMap((megabytes) => [uploadPoint(megabytes), downloadPoint(megabytes)]),
};

function uploadPoint(megabytes: number): Point {
  const body = new Uint8Array(megabytes * megabyte).fill(120);
  return wrkPoint({
    id: `bodies/up-${String(megabytes)}`,
    label: `${String(megabytes)} MB up`,
    connections,
    request: ({ endpoints }) =>
      endpoints.upload === undefined
        ? undefined
        : {
            url: endpoints.upload,
            method: "POST",
            headers: { "content-type": "application/octet-stream" },
            body,
          },
  });
}

function downloadPoint(megabytes: number): Point {
  return wrkPoint({
    id: `bodies/down-${String(megabytes)}`,
    label: `${String(megabytes)} MB down`,
    connections,
    request: ({ endpoints }) =>
      endpoints.download === undefined ? undefined : get(`${endpoints.download}?bytes=${String(megabytes * megabyte)}`),
  });
}
