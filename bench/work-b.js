import { describeNetwork } from "./network.js";

const picture = { channels: 3, size: 112 }; // pixels, square

/** Expansion, channels, blocks, stride of the first block: Sandler et al. 2018, arXiv:1801.04381, table 2. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

/** Work B: MobileNetV2 on colour pictures, 2.24 million weights. Loss: mean cross-entropy. */
export const workB = {
  name: "B",
  ...picture,
  classes: 10,
  batch: 32,
  optimizer: { kind: "sgd", rate: 0.01, momentum: 0.9 },
  network: describeNetwork(picture, (net) => {
    const convolution = (x, name, settings) => net.batchNormalization(net.convolution(x, name, settings), name);
    let x = net.relu6(convolution(net.image, "stem", { filters: 32, kernel: 3, stride: 2 }));
    stages.forEach(([expansion, filters, count, firstStride], stage) => {
      for (let block = 0; block < count; block++) {
        const name = `stage${stage}.${block}`;
        const stride = block === 0 ? firstStride : 1;
        const inputs = net.shapeOf(x)[0];
        const wide = inputs * expansion;
        let inner = x;
        if (expansion > 1) inner = net.relu6(convolution(inner, `${name}.expand`, { filters: wide, kernel: 1 }));
        inner = net.relu6(convolution(inner, `${name}.depth`, { filters: wide, kernel: 3, stride, groups: wide }));
        const narrow = convolution(inner, `${name}.project`, { filters, kernel: 1 });
        x = stride === 1 && inputs === filters ? net.add(x, narrow) : narrow;
      }
    });
    x = net.relu6(convolution(x, "last", { filters: 1280, kernel: 1 }));
    net.linear(net.mean(x), "head", { features: 10 });
  }),
};
