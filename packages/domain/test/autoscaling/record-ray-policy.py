"""Records what Ray Serve 2.58's own autoscaler decides, as the fixture ray-policy.jsonl beside this file.

Re-record: needs a Python with ray[serve]==2.58 (no cluster is started):
    python record-ray-policy.py > ray-policy.jsonl

Ray's DeploymentAutoscalingState.get_decision_num_replicas is called itself (default policy, cold start, factors, delays,
bounds, target capacity); only the measured load, the number of running replicas and the clock are given to it.
One line is one sequence of ticks. Each tick's target is the next tick's current target, as in Ray's control loop.
  {"c": [min, max, target_ongoing, up_factor, down_factor, up_delay_s, down_delay_s, to_zero_delay_s | null], "g": first target,
   "t": [[ms since the tick before, requests, running replicas, decided target, decision counter, ms since its timestamp | -1], ..]}
`min` and `max` are Ray's own capacity-adjusted bounds.
"""
import json
import logging
import random
import sys
from types import SimpleNamespace

logging.disable(logging.CRITICAL)

from ray.serve import autoscaling_policy  # noqa: E402
from ray.serve._private import autoscaling_state  # noqa: E402
from ray.serve._private.common import DeploymentID, TargetCapacityDirection  # noqa: E402
from ray.serve._private.constants import (  # noqa: E402
    SERVE_AUTOSCALING_DECISION_COUNTERS_KEY as COUNTER,
    SERVE_AUTOSCALING_DECISION_TIMESTAMP_KEY as TIMESTAMP,
)
from ray.serve.config import AutoscalingConfig  # noqa: E402

SEED = 258
SEQUENCES = 2400
START_MS = 1_700_000_000_000


class Clock:
    now_ms = START_MS

    def time(self):
        return self.now_ms / 1000


class Silent:
    """A gauge that records nowhere: no Ray runtime is needed."""

    def __init__(self, *args, **kwargs):
        pass

    def set(self, *args, **kwargs):
        pass


class State(autoscaling_state.DeploymentAutoscalingState):
    requests = 0.0

    def get_total_num_requests(self):
        return self.requests

    def set_running(self, count):
        self._running_replicas = [None] * count


clock = Clock()
autoscaling_policy.time = clock
autoscaling_state.time = clock
autoscaling_state.metrics = SimpleNamespace(Gauge=Silent)


def draw_config(rng):
    low = rng.choice([0, 0, 0, 1, 1, 1, 2, 3, 5])
    high = max(1, low + rng.choice([0, 1, 2, 4, 8, 20, 100]))
    delays = [0, 0, 0.1, 0.25, 0.3, 1, 2, 7.5, 30, 600]
    options = {
        "min_replicas": low,
        "max_replicas": high,
        "target_ongoing_requests": rng.choice([0.1, 0.3, 0.7, 1, 1.5, 2, 2, 3, 5, 7, 20, 100]),
        "upscale_delay_s": rng.choice(delays),
        "downscale_delay_s": rng.choice(delays),
        "downscale_to_zero_delay_s": rng.choice([None, None] + delays),
        "initial_replicas": rng.choice([None, None, rng.randint(low, high)]),
    }
    for name in ("smoothing_factor", "upscale_smoothing_factor", "downscale_smoothing_factor", "upscaling_factor", "downscaling_factor"):
        if rng.random() < 0.25:
            options[name] = rng.choice([0.1, 0.2, 0.3, 0.5, 0.6, 1.0, 1.3, 2.0, 3.7])
    return AutoscalingConfig(**options)


def draw_requests(rng, config, replicas):
    """Idle, on the edge of a formula, about right, far too much."""
    per = config.get_target_ongoing_requests()
    kind = rng.random()
    if kind < 0.25:
        return 0.0
    if kind < 0.45:
        return float(per * rng.randint(0, 12))
    if kind < 0.75:
        return round(per * max(1, replicas) * rng.uniform(0, 2.5), 3)
    if kind < 0.9:
        return float(rng.randint(0, 40))
    return round(rng.uniform(0, 2000), 2)


def draw_step_ms(rng, config):
    delay_s = rng.choice([config.upscale_delay_s, config.downscale_delay_s, config.downscale_to_zero_delay_s or 0])
    ms = round(delay_s * 1000)
    return rng.choice([0, 1, 100, 100, 100, 250, 1000, 5000, max(0, ms - 1), ms, ms + 1, ms // 2, ms // 3, -50])


def draw_capacity(rng):
    """Ray's cluster-wide target_capacity: it moves both bounds."""
    if rng.random() < 0.85:
        return None, None
    return rng.choice([0.0, 10.0, 33.0, 50.0, 62.5, 100.0]), rng.choice(list(TargetCapacityDirection))


def record(rng):
    config = draw_config(rng)
    capacity, direction = draw_capacity(rng)
    state = State(DeploymentID(name="d", app_name="a"))
    info = SimpleNamespace(
        deployment_config=SimpleNamespace(autoscaling_config=config, gang_scheduling_config=None),
        target_capacity=capacity,
        target_capacity_direction=direction,
        config_changed=lambda other: True,
    )
    low = config.min_replicas
    target = state.register(info, rng.randint(low, max(low, min(config.max_replicas, low + 6))))
    line = {
        "c": [
            state.get_num_replicas_lower_bound(),
            state.get_num_replicas_upper_bound(),
            config.get_target_ongoing_requests(),
            config.get_upscaling_factor(),
            config.get_downscaling_factor(),
            config.upscale_delay_s,
            config.downscale_delay_s,
            config.downscale_to_zero_delay_s,
        ],
        "g": target,
        "t": [],
    }
    clock.now_ms = START_MS + rng.randint(0, 10_000_000)
    running = rng.choice([0, target, target, rng.randint(0, target + 1)])
    holds = draw_requests(rng, config, running)
    for _ in range(rng.randint(1, 14)):
        step_ms = draw_step_ms(rng, config)
        clock.now_ms += step_ms
        if rng.random() < 0.4:
            holds = draw_requests(rng, config, running)
        state.requests = holds
        state.set_running(running)
        target = state.get_decision_num_replicas(target)
        counter = state._policy_state.get(COUNTER, 0)
        since = state._policy_state.get(TIMESTAMP, None)
        age_ms = -1 if since is None else round(clock.now_ms - since * 1000)
        load = int(holds) if holds == int(holds) else holds
        line["t"].append([step_ms, load, running, target, counter, age_ms])
        # Replicas follow the target at once, by one, not at all, or die.
        move = rng.random()
        if move < 0.5:
            running = target
        elif move < 0.75:
            running += (target > running) - (target < running)
        elif move < 0.8:
            running = 0
    return line


def main():
    rng = random.Random(SEED)
    for _ in range(SEQUENCES):
        sys.stdout.write(json.dumps(record(rng), separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
