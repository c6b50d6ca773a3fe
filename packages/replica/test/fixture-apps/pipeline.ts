import { deployment } from "@sluice/sdk";
import type { DeploymentHandle } from "@sluice/sdk";

class Doubler {
  double(value: number): number {
    if (value < 0) throw new RangeError("negative");
    return value * 2;
  }
}

class Front {
  readonly doublers: readonly DeploymentHandle<Doubler>[];
  constructor(doublers: readonly DeploymentHandle<Doubler>[]) {
    this.doublers = doublers;
  }
  async call(value: number): Promise<{ result: number | string }> {
    try {
      const doubled = await Promise.all(this.doublers.map(async (doubler) => doubler.double(value)));
      return { result: doubled.reduce((sum, one) => sum + one, 0) };
    } catch (error) {
      return { result: error instanceof Error ? `${error.name}: ${error.message}` : "?" };
    }
  }
}

export const app = deployment(Front).bind([deployment(Doubler).bind()]);
