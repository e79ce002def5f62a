import type { Value } from "../ir/builder.ts";
import type { Build } from "../ops/build.ts";
import { extents, type GradientRule } from "./rule.ts";

/** Blocks of channels as blocks of pixels: dx = dy with its pixels put back among the channels, in the order of the mode. */
export const depthToSpace: GradientRule = ({ build, attributes, inputs: [x], dy }) => {
  const isDepthFirst = attributes.string("mode", "DCR") === "DCR";
  return [pixelsToChannels(build, dy, extents(x!), attributes.int("blocksize", 1), isDepthFirst)];
};

/** Blocks of pixels as blocks of channels: dx = dy with its channels put back among the pixels. */
export const spaceToDepth: GradientRule = ({ build, attributes, dy }) => [
  build.depthToSpace(dy, { block: attributes.int("blocksize", 1) }),
];

/**
 * [N, C, H b, W b] as [N, C b^2, H, W]; places within a block come before the channels (DCR) or behind them (CRD).
 * Written out, since SpaceToDepth knows one order only and the WebGPU provider has it not.
 */
function pixelsToChannels(
  build: Build,
  value: Value,
  shape: readonly number[],
  block: number,
  isDepthFirst: boolean,
): Value {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const blocks = build.reshape(value, [batch, channels / block ** 2, height, block, width, block]);
  return build.reshape(build.transpose(blocks, isDepthFirst ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4]), shape);
}
