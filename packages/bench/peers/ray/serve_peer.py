"""
Starts Ray Serve with the applications of the benchmark and answers commands on stdin, one JSON object a line:
{"deploy": ["noop"]}   -> {"urls": {"noop": "http://127.0.0.1:port/noop"}}
{"grow": "noop"}       -> {"ms": from asking for one more replica until it runs, "bytes": its resident memory}
{"memory": "noop"}     -> {"bytes": resident memory of the first replica}
The end of stdin ends Ray. Settings of the fastest configuration come as environment variables, before anything is imported.
"""

import argparse
import json
import sys
import time

import ray
from ray import serve
from ray.serve.config import HTTPOptions
from ray.serve.context import _get_global_client
from ray.serve.schema import LoggingConfig

import bodies
import mlp
import noop
import pipeline
import stream

MAX_ONGOING_REQUESTS = 1000
# What a new process still allocates after it says that it is ready.
SETTLE_S = 2


def deployment(target, **options):
    return serve.deployment(
        target,
        max_ongoing_requests=MAX_ONGOING_REQUESTS,
        ray_actor_options={"num_cpus": 0.1},
        **options,
    )


def build(name, arguments, replicas=1):
    if name == "noop":
        return deployment(noop.Noop, num_replicas=replicas).bind()
    if name == "bodies":
        return deployment(bodies.Bodies).bind()
    if name == "stream":
        return deployment(stream.Stream).bind()
    if name == "mlp":
        return deployment(mlp.Mlp).bind(arguments.mlp)
    if name == "pipeline":
        return deployment(pipeline.Combine).bind(
            deployment(pipeline.Preprocess).bind(),
            deployment(pipeline.Sentiment).bind(),
            deployment(pipeline.Summary).bind(),
        )
    raise ValueError(name)


def resident_bytes(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} has no VmRSS")


def running(application, deployment_name):
    states = serve.status().applications[application].deployments[deployment_name].replica_states
    return states.get("RUNNING", 0)


class Commands:
    def __init__(self, arguments):
        self.arguments = arguments
        self.replicas = 1

    def deploy(self, names):
        urls = {}
        for name in names:
            serve.run(build(name, self.arguments), name=name, route_prefix=f"/{name}", logging_config=self.logging())
            urls[name] = f"http://127.0.0.1:{self.arguments.port}/{name}"
        if self.arguments.direct:
            urls = self.direct_urls(names)
        return {"urls": urls}

    def logging(self):
        if not self.arguments.quiet:
            return None
        return LoggingConfig(log_level="WARNING", enable_access_log=False)

    def direct_urls(self, names):
        """Asks the controller which port each ingress replica listens on."""
        groups = ray.get(_get_global_client()._controller.get_target_groups.remote())
        urls = {}
        for group in groups:
            if group.app_name in names and "HTTP" in str(group.protocol).upper() and group.targets:
                urls[group.app_name] = f"http://127.0.0.1:{group.targets[0].port}/{group.app_name}"
        return urls

    def grow(self, name):
        self.replicas += 1
        asked = time.perf_counter()
        serve._run(
            build(name, self.arguments, self.replicas),
            name=name,
            route_prefix=f"/{name}",
            logging_config=self.logging(),
            _blocking=False,
        )
        while running(name, "Noop") < self.replicas:
            time.sleep(0.02)
        ms = (time.perf_counter() - asked) * 1000
        time.sleep(SETTLE_S)
        return {"ms": ms, "bytes": resident_bytes(self.pids(name)[-1])}

    def memory(self, name):
        return {"bytes": resident_bytes(self.pids(name)[0])}

    def pids(self, name):
        """Of the replicas, oldest first."""
        application = _get_global_client().get_serve_details()["applications"][name]
        ((_, details),) = application["deployments"].items()
        replicas = sorted(details["replicas"], key=lambda replica: replica["start_time_s"])
        return [replica["pid"] for replica in replicas]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mlp", default="")
    parser.add_argument("--direct", action="store_true", help="answer the addresses of the replicas themselves")
    parser.add_argument("--quiet", action="store_true", help="no access log")
    arguments = parser.parse_args()
    ray.init(include_dashboard=False, log_to_driver=False, _node_ip_address="127.0.0.1")
    serve.start(http_options=HTTPOptions(host="127.0.0.1", port=arguments.port))
    commands = Commands(arguments)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        ((command, argument),) = json.loads(line).items()
        try:
            answer = getattr(commands, command)(argument)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    # Ray itself ends at once; a graceful end of Serve would drain for half a minute.
    ray.shutdown()


if __name__ == "__main__":
    main()
