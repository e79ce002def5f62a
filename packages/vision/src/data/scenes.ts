import type { Random } from "../augment/random.ts";
import { errors } from "../errors.ts";
import type { Box, Point } from "../image/image.ts";
import { composeScene, type FaceCutout, logUniform, pickWeighted } from "./compose.ts";
import type { FalseFinds } from "./false-finds.ts";
import { proceduralBackground } from "./procedural.ts";
import { degradeScene, pastedDamage, photographDamage } from "./scene-degrade.ts";
import { assemble, pickBySize, type Span, spanAround, tilesOf } from "./scene-layout.ts";
import { createLevels, facesOf, falseFindsOf, type PoolFace, type PoolPicture, picturesOf } from "./scene-pool.ts";
import { cutTile } from "./scene-tile.ts";
import type { Scene } from "./scene-types.ts";
import type { Dataset, Split } from "./types.ts";

/** What scenes are made of. Only samples of one part are used. */
export interface SceneSources {
  /** Photographs with boxes of task `faces`; those without any box are backgrounds too. */
  readonly photographs: Dataset;
  /** More pictures without a face, each set with its share of the backgrounds; the photographs' own have the rest. */
  readonly backgrounds: readonly { readonly dataset: Dataset; readonly share: number }[];
  /** One face a picture, with `landmarks5`. */
  readonly cutouts: readonly Dataset[];
  /** Places where a detector saw a face that is none, in pictures of these sets. */
  readonly falseFinds?: readonly { readonly dataset: Dataset; readonly finds: FalseFinds["finds"][string] }[];
}

export interface SceneOptions {
  /** Width and height of a scene in pixels. */
  readonly size?: number;
  readonly split?: Split;
  /** Shares of the kinds of scenes; the rest is made around faces of the photographs. */
  readonly shares?: { readonly faceless: number; readonly pasted: number; readonly falseFinds?: number };
  /** Range of the sizes (square root of width times height) that faces are brought to, log-uniform over all, in pixels. */
  readonly faceSizes?: readonly [smallest: number, largest: number];
  /** Bound of the decoded pictures kept in memory, in bytes. */
  readonly maximumBytes?: number;
}

/** Faces below this size are neither asked for nor forbidden, in pixels. */
const minimumFace = 8;
/** Photographs are enlarged by at most this factor: blur must not come to mean "large". */
const maximumEnlargement = 1.6;
/** And a face is shrunk by at most this one where there is a choice, so that most of a tile is photograph. */
const maximumReduction = 6;
/** Share of made backgrounds under pasted faces. */
const proceduralShare = 0.14;
/** In a scene of several tiles: shares of those around no face in particular and of those without any. */
const elsewhereShare = 0.15;
const facelessTileShare = 0.1;
/** A place of a false find is shown at its own scale, times or divided by up to this factor: at another it may deceive nobody. */
const falseFindZoom = 1.4;
/** In a scene of several tiles around a false find: the share of tiles around other ones; the rest is of faces. */
const falseFindTileShare = 0.6;

/**
 * Training pictures for a face detector. `draw(random)` depends on its random numbers alone: the same numbers give the
 * same scene. Scenes around faces bring a random face to a log-uniform size; where the photograph becomes too small to
 * fill the scene, 4 to 16 tiles of different photographs do.
 */
export function createScenes(sources: SceneSources, options: SceneOptions = {}) {
  const { size = 256, split = "train", faceSizes = [12, 200], maximumBytes = 1.5 * 2 ** 30 } = options;
  const { shares = { faceless: 0.2, pasted: 0.2 } } = options;
  const [smallest, largest] = [faceSizes[0], Math.min(faceSizes[1], 0.9 * size)];
  const photographs = picturesOf(sources.photographs, split);
  const faces = facesOf(photographs);
  const backgrounds = backgroundsOf(sources, photographs, split);
  const cutouts = sources.cutouts.flatMap((dataset) => cutoutsOf(dataset, split));
  if (faces.length === 0) throw errors["data-empty"]({ where: "faces of the photographs" });
  if (backgrounds.length === 0) throw errors["data-empty"]({ where: "pictures without a face" });
  if (cutouts.length === 0 && shares.pasted > 0) throw errors["data-empty"]({ where: "cut-out faces" });
  const falseFinds = (sources.falseFinds ?? [])
    .flatMap((mined) => falseFindsOf(mined, split))
    .sort((a, b) => a.size - b.size);
  const falseFindShare = shares.falseFinds ?? 0;
  if (falseFinds.length === 0 && falseFindShare > 0) throw errors["data-empty"]({ where: "false finds" });
  const levels = createLevels({ maximumBytes });

  const pickBackground = (random: Random): PoolPicture =>
    random.pick(
      backgrounds[
        pickWeighted(
          random,
          backgrounds.map(({ share }) => share),
        )
      ]!.pictures,
    );
  const compose = {
    background: async (random: Random) => (await levels.load(pickBackground(random), 1)).image,
    face: async (random: Random): Promise<FaceCutout> => {
      const { picture, points } = random.pick(cutouts);
      return { image: (await levels.load(picture, 1)).image, points };
    },
  };

  /** A tile around this face, shown at this size. */
  async function faceTile({ picture, box, size: faceSize }: PoolFace, target: number, tile: Box, random: Random) {
    const wanted = Math.min(target / faceSize, maximumEnlargement);
    const { image, boxes, scale } = await levels.load(picture, wanted);
    const zoom = wanted / scale;
    const horizontal = { start: box.x * scale, length: box.width * scale };
    const vertical = { start: box.y * scale, length: box.height * scale };
    const x = spanAround(tile.width / zoom, image.width, horizontal, random);
    const y = spanAround(tile.height / zoom, image.height, vertical, random);
    return cutTile(image, boxes, { ...tileOf(x, y, tile), flip: random.chance(0.5), minimumFace });
  }

  /** A tile out of any place of a picture, which covers it. */
  async function anyTile(picture: PoolPicture, tile: Box, random: Random) {
    const whole = await levels.load(picture, 1);
    const cover = Math.max(tile.width / whole.image.width, tile.height / whole.image.height);
    const wanted = logUniform(random, cover, Math.max(cover, maximumEnlargement));
    const { image, boxes, scale } = await levels.load(picture, wanted);
    const zoom = wanted / scale;
    // No face to keep to: a point anywhere in the picture.
    const x = spanAround(tile.width / zoom, image.width, { start: random.uniform(0, image.width), length: 0 }, random);
    const y = spanAround(
      tile.height / zoom,
      image.height,
      { start: random.uniform(0, image.height), length: 0 },
      random,
    );
    return cutTile(image, boxes, { ...tileOf(x, y, tile), flip: random.chance(0.5), minimumFace });
  }

  const pickFace = (target: number, random: Random): PoolFace =>
    pickBySize(faces, target / maximumEnlargement, target * maximumReduction, random);

  async function photographScene(random: Random): Promise<Scene> {
    // A square root, since a scene of small faces holds many more: over all faces sizes are then about log-uniform.
    const target = smallest * (largest / smallest) ** Math.sqrt(random.uniform());
    return tiledScene(pickFace(target, random), target, random, (tile) => otherTile(target, tile, random));
  }

  /** A scene with this place at this size; where its picture is too small to fill it, `other` makes the other tiles. */
  async function tiledScene(
    chosen: PoolFace,
    target: number,
    random: Random,
    other: (tile: Box) => Promise<Scene>,
  ): Promise<Scene> {
    const { image, scale } = await levels.load(chosen.picture, target / chosen.size);
    const shown = (Math.min(image.width, image.height) * target) / chosen.size / scale;
    const perSide = [1, 2, 3].find((count) => shown >= (0.8 * size) / count) ?? 4;
    const tiles = tilesOf(size, perSide, random);
    const own = random.integer(tiles.length);
    return assemble(size, tiles, (tile, i) => (i === own ? faceTile(chosen, target, tile, random) : other(tile)));
  }

  /** A tile beside one around a face of this size. */
  function otherTile(target: number, tile: Box, random: Random): Promise<Scene> {
    const kind = random.uniform();
    if (kind < facelessTileShare) return anyTile(pickBackground(random), tile, random);
    if (kind < facelessTileShare + elsewhereShare) return anyTile(random.pick(photographs), tile, random);
    const next = Math.min(largest, target * Math.exp(random.uniform(-0.4, 0.4)));
    return faceTile(pickFace(next, random), next, tile, random);
  }

  function falseFindScene(random: Random): Promise<Scene> {
    const sizeOf = (find: PoolFace) =>
      Math.min(largest, Math.max(smallest, logUniform(random, find.size / falseFindZoom, find.size * falseFindZoom)));
    const chosen = random.pick(falseFinds);
    const target = sizeOf(chosen);
    return tiledScene(chosen, target, random, (tile) => {
      if (!random.chance(falseFindTileShare)) return otherTile(target, tile, random);
      const next = pickBySize(falseFinds, target / 2, target * 2, random);
      return faceTile(next, sizeOf(next), tile, random);
    });
  }

  const facelessScene = (random: Random): Promise<Scene> =>
    assemble(size, tilesOf(size, 1 + pickWeighted(random, [0.6, 0.3, 0.1]), random), (tile) =>
      anyTile(pickBackground(random), tile, random),
    );

  async function pastedScene(random: Random): Promise<Scene> {
    const ground = random.chance(proceduralShare)
      ? { image: proceduralBackground(size, random), faces: [], ignore: [] }
      : await anyTile(pickBackground(random), { x: 0, y: 0, width: size, height: size }, random);
    return composeScene(ground, compose, random);
  }

  // the first kind is left out where its share is 0: the others are then drawn as if it were not there
  const kinds = [
    { make: falseFindScene, damage: photographDamage },
    { make: facelessScene, damage: photographDamage },
    { make: pastedScene, damage: pastedDamage },
    { make: photographScene, damage: photographDamage },
  ];
  const weights = [
    falseFindShare,
    shares.faceless,
    shares.pasted,
    1 - shares.faceless - shares.pasted - falseFindShare,
  ];
  return {
    /** One scene, `size` x `size`, RGB. */
    async draw(random: Random): Promise<Scene> {
      const { make, damage } = kinds[pickWeighted(random, weights)]!;
      const scene = await make(random);
      return { ...scene, image: degradeScene(scene.image, random, damage) };
    },
  };
}

const tileOf = (x: Span, y: Span, { width, height }: Box) => ({
  from: { x: x.start, y: y.start, width: x.length, height: y.length },
  width,
  height,
});

/** Sets of pictures without a face with their shares; the photographs' own faceless ones take what the others leave. */
function backgroundsOf({ backgrounds }: SceneSources, photographs: readonly PoolPicture[], split: Split) {
  const rest = 1 - backgrounds.reduce((sum, { share }) => sum + share, 0);
  const faceless = photographs.filter(({ boxes }) => boxes.length === 0);
  return [
    ...backgrounds.map(({ dataset, share }) => ({ share, pictures: backgroundPictures(dataset, split) })),
    { share: rest, pictures: faceless },
  ].filter(({ share, pictures }) => share > 0 && pictures.length > 0);
}

/** All pictures of a set that the caller says is without faces, whatever it is labelled for. */
const backgroundPictures = (dataset: Dataset, split: Split): PoolPicture[] =>
  dataset.samples.filter((sample) => sample.split === split).map((sample) => ({ dataset, sample, boxes: [] }));

function cutoutsOf(dataset: Dataset, split: Split): { picture: PoolPicture; points: readonly Point[] }[] {
  return dataset.samples.flatMap((sample) => {
    const label = sample.labels.landmarks5;
    if (sample.split !== split || label?.kind !== "points") return [];
    return [{ picture: { dataset, sample, boxes: [] }, points: label.points }];
  });
}
