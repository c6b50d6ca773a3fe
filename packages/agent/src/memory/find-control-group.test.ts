import { expect, test } from "vitest";
import { findControlGroup } from "./find-control-group.ts";

const unified = "31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate";
const tmp = "40 31 0:40 / /tmp rw - tmpfs tmpfs rw";

test.each([
  [
    "a service of systemd",
    `${tmp}\n${unified}\n`,
    "0::/system.slice/agent.service\n",
    "/sys/fs/cgroup/system.slice/agent.service",
  ],
  ["a container with a hierarchy of its own", unified, "0::/\n", "/sys/fs/cgroup"],
  [
    "a container that sees a part of its host's",
    "31 23 0:27 /docker/ab12 /sys/fs/cgroup ro - cgroup2 cgroup ro",
    "0::/docker/ab12/inner\n",
    "/sys/fs/cgroup/inner",
  ],
  [
    "both versions side by side",
    "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
    "4:memory:/x\n0::/\n",
    "/sys/fs/cgroup/unified",
  ],
  ["version 1 only", "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", "4:memory:/x\n", null],
  ["none mounted", tmp, "0::/\n", null],
])("%s", (_, mountinfo, self, wanted) => {
  expect(findControlGroup(mountinfo, self)).toBe(wanted);
});
