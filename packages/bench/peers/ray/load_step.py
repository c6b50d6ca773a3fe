"""
The application of `apps/step` on Ray Serve, with the same options. Says {"url": ...} when it runs; the end of stdin ends Ray.
"""

import argparse
import asyncio
import json
import os
import sys

import ray
from ray import serve
from ray.serve.config import HTTPOptions


@serve.deployment(
    max_ongoing_requests=16,
    ray_actor_options={"num_cpus": 0.1},
    autoscaling_config={
        "min_replicas": 1,
        "max_replicas": 4,
        "target_ongoing_requests": 8,
        "upscale_delay_s": 0,
        "downscale_delay_s": 0,
        "look_back_period_s": 10,
    },
)
class Step:
    async def __call__(self, request):
        await asyncio.sleep(0.5)
        return str(os.getpid())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    ray.init(include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
    serve.start(http_options=HTTPOptions(host="127.0.0.1", port=port))
    serve.run(Step.bind(), name="step", route_prefix="/step")
    print(json.dumps({"url": f"http://127.0.0.1:{port}/step"}), flush=True)
    sys.stdin.read()
    # Ray itself ends at once; a graceful end of Serve would drain for half a minute.
    ray.shutdown()


if __name__ == "__main__":
    main()
