import { createFovea } from "./engines/fovea.js";
import { describeNetwork } from "./network.js";

const widths = [32, 64, 128, 256];
const blocksOfStage = 2;
const picture = { channels: 1, size: 48 }; // pixels, square

/**
 * Work A: a residual network on grey pictures, 2.8 million weights. Stem: 3x3 stride 2 to 32 channels, batch norm, ReLU; four
 * stages of two basic blocks (two 3x3 convolutions with batch norm), the first block of stages 2 to 4 with stride 2 and a 1x1
 * shortcut with batch norm; mean over the map; linear layer. Loss: mean cross-entropy.
 */
export const workA = {
  name: "A",
  ...picture,
  classes: 10,
  batch: 64,
  optimizer: { kind: "sgd", rate: 0.01, momentum: 0.9 },
  network: describeNetwork(picture, (net) => {
    const convolution = (x, name, settings) => net.batchNormalization(net.convolution(x, name, settings), name);
    let x = net.relu(convolution(net.image, "stem", { filters: 32, kernel: 3, stride: 2 }));
    widths.forEach((filters, stage) => {
      for (let block = 0; block < blocksOfStage; block++) {
        const name = `stage${stage}.${block}`;
        const stride = stage > 0 && block === 0 ? 2 : 1;
        const inner = net.relu(convolution(x, `${name}.a`, { filters, kernel: 3, stride }));
        const outer = convolution(inner, `${name}.b`, { filters, kernel: 3 });
        const changes = stride !== 1 || net.shapeOf(x)[0] !== filters;
        const shortcut = changes ? convolution(x, `${name}.skip`, { filters, kernel: 1, stride }) : x;
        x = net.relu(net.add(outer, shortcut));
      }
    });
    net.linear(net.mean(x), "head", { features: 10 });
  }),
};

/** Our side of Work A; see `createFovea`. */
export const createStep = (options) => createFovea({ work: workA, ...options });
