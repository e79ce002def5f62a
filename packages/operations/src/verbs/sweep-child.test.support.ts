import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { sweep } from "./sweep.ts";

// A sweep in a process of its own, which kills itself at a step, without warning, where a number of steps is given.
const [input, killAt] = process.argv.slice(2);
let steps = 0;
const progress = () => {
  steps++;
  if (steps === Number(killAt)) process.kill(process.pid, "SIGKILL");
};
for await (const event of runOperation(sweep, JSON.parse(input!), { ...fakeContext(), progress })) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
