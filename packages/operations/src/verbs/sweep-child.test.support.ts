import { runOperation } from "../operation.ts";
import { fakeContext } from "./fake-context.test.support.ts";
import { sweep } from "./sweep.ts";

// A sweep in a process of its own, which a test kills; says on standard output how far it is.
const [input] = process.argv.slice(2);
const context = fakeContext();
const told = { ...context, progress: () => void process.stdout.write("step\n") };
for await (const event of runOperation(sweep, JSON.parse(input!), told)) process.stdout.write(`${JSON.stringify(event)}\n`);
