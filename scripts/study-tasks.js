// The tasks of the study, and how each is measured.

/** The data sets that label each task: the first of them is what an epoch passes over. */
export const setsOf = {
  expression: ["fer2013"],
  affect: ["fer2013"],
  landmarks: ["mtfl", "landmarks68"],
  smile: ["mtfl"],
  glasses: ["mtfl"],
  head_pose: ["mtfl"],
  mask: ["face_mask"],
  eye: ["eyes_open_closed"],
};
export const tasks = Object.keys(setsOf);

/** Tasks whose heads read the picture as a whole, so that they can be fitted on frozen features. */
export const pooled = tasks.filter((task) => task !== "landmarks");

/** Main metric of each task: the names of which it is the mean, what it is called, and whether less is better. */
export const mainMetrics = {
  expression: { names: ["accuracy"], text: "accuracy, %", scale: 100 },
  affect: { names: ["ccc_valence", "ccc_arousal"], text: "concordance, mean of both", scale: 1 },
  landmarks: { names: ["nme"], text: "NME, % (less is better)", scale: 100, isError: true },
  smile: { names: ["accuracy"], text: "accuracy, %", scale: 100 },
  glasses: { names: ["accuracy"], text: "accuracy, %", scale: 100 },
  head_pose: { names: ["accuracy"], text: "accuracy, %", scale: 100 },
  mask: { names: ["accuracy"], text: "accuracy, %", scale: 100 },
  eye: { names: ["accuracy"], text: "accuracy, %", scale: 100 },
};

/** A task's main metric out of measures named TASK/METRIC; `prefix` stands before METRIC. */
export function mainValue(measures, task, prefix = "") {
  const values = mainMetrics[task].names.map((name) => measures[`${task}/${prefix}${name}`]);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
