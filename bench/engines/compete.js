import { interleave, summarize } from "../harness.js";
import { multiplyAddsOf } from "../network.js";
import { engines } from "./table.js";

/** First losses that are further apart are not those of one network. */
const SAME_LOSS = 1e-3;

/** Flops of a step: a multiply-add counts two, the way back costs two forward passes. */
const FLOPS_PER_MULTIPLY_ADD = 6;

/**
 * All named engines on one work, in turn: rows for people and for JSON, in the order of names, and the ratios of fovea's speed to the
 * others' (above 1: fovea is faster), medians of the pairs of a round. An engine that fails is a row `{ engine, cannot }`.
 * `start(name, { work, batch })` resolves to a contestant (engines/start.js).
 */
export async function compete({ work, names, batch, rounds, steps, warmup, start, table = engines, onRound }) {
  const contestants = [];
  const failures = new Map();
  try {
    for (const name of names) {
      const reason = table[name].cannot?.(work);
      const made = reason === undefined ? await prepare(name) : { cannot: reason };
      if (made.cannot === undefined) contestants.push(made);
      else failures.set(name, made.cannot);
    }
    const times = await interleave(contestants, { warmup, rounds, repeats: steps, onRound });
    const losses = await ownLosses(contestants, (size) => start("fovea", { work, batch: size }));
    const rows = new Map();
    for (const contestant of contestants)
      rows.set(contestant.name, await rowOf(contestant, { work, times, ownLoss: losses.get(contestant.batch) }));
    return {
      rows: names.map((name) => rows.get(name) ?? { engine: name, cannot: failures.get(name) }),
      ...(rows.has("fovea") ? ratiosOf(times) : {}),
    };
  } finally {
    for (const { dispose } of contestants) dispose();
  }

  /** A contestant after its first step, or why there is none. */
  async function prepare(name) {
    const { slow } = table[name];
    const size = Math.min(batch, slow?.batch ?? batch);
    let contestant;
    try {
      contestant = await start(name, { work, batch: size });
      const first = perSample(await contestant.measure(1), size);
      const limits = slow && { warmup: 0, repeats: 1, rounds: slow.rounds };
      const measure = async (repeats) => perSample(await contestant.measure(repeats), size);
      return { ...contestant, limits, once: slow?.once, measure: slow?.once ? async () => first : measure };
    } catch (error) {
      contestant?.dispose();
      return { cannot: error.message.split("\n")[0] }; // some libraries add a stack
    }
  }
}

/** Batches differ, so times are those of one sample. */
const perSample = ({ wallMs, cpuMs }, batch) => ({ wallMs: wallMs / batch, cpuMs: cpuMs / batch });

/** Fovea's first loss at every batch that occurs, for the comparison with the others'. */
async function ownLosses(contestants, startFovea) {
  const losses = new Map(
    contestants.filter(({ name }) => name === "fovea").map(({ batch, firstLoss }) => [batch, firstLoss()]),
  );
  for (const batch of new Set(contestants.map((contestant) => contestant.batch))) {
    if (losses.has(batch)) continue;
    const fovea = await startFovea(batch);
    await fovea.measure(1);
    losses.set(batch, fovea.firstLoss());
    fovea.dispose();
  }
  return losses;
}

async function rowOf(contestant, { work, times, ownLoss }) {
  const [{ wallMs, cpuMs }] = summarize({ [contestant.name]: times[contestant.name] }, contestant.name);
  const difference = Math.abs(contestant.firstLoss() - ownLoss) / Math.abs(ownLoss);
  return {
    engine: contestant.name,
    images_per_second: 1000 / wallMs,
    gflops: (FLOPS_PER_MULTIPLY_ADD * multiplyAddsOf(work.network)) / (wallMs * 1e6),
    peak_memory_mb: await contestant.peakMegabytes(),
    milliseconds: wallMs * contestant.batch,
    cpu_milliseconds: cpuMs * contestant.batch,
    batch: contestant.batch,
    rounds: times[contestant.name].length,
    ...(contestant.once && { first_step: true }), // without warm-up
    version: contestant.version,
    first_loss: contestant.firstLoss(),
    first_loss_difference: difference,
    same_first_loss: difference <= SAME_LOSS,
  };
}

/** The other's time over fovea's in the same round: wall, and CPU where it is known. */
function ratiosOf(times) {
  const others = summarize(times, "fovea").filter(({ name }) => name !== "fovea");
  const by = (key) => Object.fromEntries(others.map((row) => [row.name, row[key]]));
  const isKnown = others.some(({ cpuSpeedup }) => Number.isFinite(cpuSpeedup));
  return { ratios: by("speedup"), ...(isKnown && { ratios_of_cpu_time: by("cpuSpeedup") }) };
}
