import { describeNetwork } from "./network.js";

const picture = { channels: 3, size: 64 }; // pixels, square
const width = 192;
const heads = 3;
const depth = 6;

/**
 * Work vit: a small vision transformer on colour pictures, 2.8 million weights (Dosovitskiy et al. 2020, arXiv:2010.11929, with
 * the mean of all tokens in place of a class token). Patches of 8x8, learned positions, blocks that normalise first, GELU.
 * Loss: mean cross-entropy.
 */
export const workVit = {
  name: "vit",
  ...picture,
  classes: 10,
  batch: 64,
  optimizer: { kind: "adamw", rate: 0.0005, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.05 },
  network: describeNetwork(picture, (net) => {
    let x = net.linear(net.patches(net.image, { side: 8 }), "patch", { features: width });
    x = net.positions(x, "positions");
    for (let block = 0; block < depth; block++) {
      const name = `block${block}`;
      const projections = net.linear(net.layerNormalization(x, `${name}.norm1`), `${name}.qkv`, {
        features: 3 * width,
      });
      const mixed = net.linear(net.attention(projections, { heads }), `${name}.mixed`, { features: width });
      x = net.add(x, mixed);
      const wide = net.linear(net.layerNormalization(x, `${name}.norm2`), `${name}.wide`, { features: 4 * width });
      x = net.add(x, net.linear(net.gelu(wide), `${name}.narrow`, { features: width }));
    }
    net.linear(net.mean(net.layerNormalization(x, "norm")), "head", { features: 10 });
  }),
};
