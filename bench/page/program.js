// What runs in the page of `bench -- train --page`: one engine on one work; page/place.js calls these functions.
import { createFovea } from "../engines/fovea.js";
import { works } from "../works.js";

/** The engines by the word `opener` of page/table.js; libraries are loaded by the page that needs them. */
const openers = {
  fovea: (options) => createFovea({ ...options, assets: "/ort/" }),
  jax: async (options) => (await import("../rivals/jax-train.js")).createJax(options),
  tensorflow: async (options) =>
    (await import("../rivals/tfjs-page.js")).createTensorflowInPage({ ...options, assets: "/tfjs/" }),
};

let engine;

/** What a call gives, or `{ error }`: the message as the library wrote it. */
const answering = (call) => async (argument) => {
  try {
    return await call(argument);
  } catch (error) {
    return { error: error.message ?? String(error) };
  }
};

globalThis.openEngine = answering(async ({ opener, work, ...options }) => {
  engine = await openers[opener]({ work: works[work], ...options });
  return { version: engine.version };
});

/** Milliseconds a step and all losses. */
globalThis.runSteps = answering(async (count) => {
  const losses = [];
  const start = performance.now();
  for (let step = 0; step < count; step += 1) losses.push(await engine.step());
  return { wallMs: (performance.now() - start) / count, losses };
});

/** What WebGPU runs on here, in words; null where there is nothing. */
globalThis.nameAdapter = async () => {
  const adapter = await globalThis.navigator.gpu?.requestAdapter();
  if (!adapter) return null;
  const { vendor, architecture, description } = adapter.info;
  return [vendor, architecture, description].filter(Boolean).join(" ");
};
