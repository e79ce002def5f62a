#!/usr/bin/env node
import { createNodeContext } from "@foveajs/operations";
import { runProcess } from "./process.ts";

await runProcess({ createContext: createNodeContext });
