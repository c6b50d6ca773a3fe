import { deployment } from "@sluice/sdk";

console.log("printed while importing");

class App {
  readonly greeting: string;
  constructor(greeting: string) {
    this.greeting = greeting;
  }
  call(name: string): string {
    return `${this.greeting}, ${name}`;
  }
}

export function app(args: Readonly<Record<string, string>>) {
  return deployment(App, { numReplicas: 2, rayActorOptions: { numCpus: 0.2 } }).bind(args["greeting"] ?? "Hello");
}
