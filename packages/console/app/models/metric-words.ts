import type { Text } from "../language/text.ts";

/** What a metric is called and what it means, for people. */
export interface MetricWords {
  readonly title: Text;
  /** One sentence. */
  readonly about: Text;
  readonly unit: "share" | "plain";
  readonly better: "higher" | "lower";
}

const share = (better: MetricWords["better"], en: readonly [string, string], zh: readonly [string, string]) => ({
  title: { en: en[0], zh: zh[0] },
  about: { en: en[1], zh: zh[1] },
  unit: "share" as const,
  better,
});
const plain = (...told: Parameters<typeof share>): MetricWords => ({ ...share(...told), unit: "plain" });

/** By name, or by what stands before the last "_" where the rest names a value; the order is that in which they are told. */
const words: Readonly<Record<string, MetricWords>> = {
  accuracy: share("higher", ["accuracy", "how often its answer is right"], ["准确率", "答对的比例"]),
  ap: share(
    "higher",
    ["average precision", "how well boxes are found and ranked, over all thresholds"],
    ["平均精度", "在所有阈值下，找框与排序的综合水平"],
  ),
  map50: share(
    "higher",
    ["mAP50", "mean over classes of average precision, boxes that overlap by half"],
    ["mAP50", "各类平均精度的均值，框重叠过半即算找到"],
  ),
  nme: share(
    "lower",
    ["mean point error", "distance of points as a share of the distance between the eyes"],
    ["平均点误差", "点的偏差，以两眼间距为单位"],
  ),
  ccc: plain(
    "higher",
    ["agreement (CCC)", "how well numbers agree with the labels, 1 is perfect"],
    ["一致性（CCC）", "与标注数值的一致程度，1 为完全一致"],
  ),
  macro_f1: share(
    "higher",
    ["macro F1", "mean of F1 over classes: rare ones count as much as frequent ones"],
    ["宏平均 F1", "各类 F1 的平均，少见的类与常见的类同等重要"],
  ),
  balanced_accuracy: share(
    "higher",
    ["balanced accuracy", "accuracy as if every class were equally frequent"],
    ["平衡准确率", "假设各类一样多时的准确率"],
  ),
  mean_recall: share(
    "higher",
    ["mean recall", "share found of each class, averaged"],
    ["平均召回率", "各类召回率的平均"],
  ),
  precision: share("higher", ["precision", "share of what it tells that is right"], ["精确率", "所报结果中正确的比例"]),
  recall: share(
    "higher",
    ["recall", "share of what is there that it finds"],
    ["召回率", "实际存在的目标中被找到的比例"],
  ),
  false_per_image: plain(
    "lower",
    ["false finds a picture", "how many things it finds in a picture that are none"],
    ["每图误检", "平均每张图片误报的个数"],
  ),
  false_faces_per_image: plain(
    "lower",
    ["false faces a picture", "how many faces it finds in a picture that are none"],
    ["每图误检人脸", "平均每张图片误报的人脸数"],
  ),
  mean_f1: share("higher", ["mean F1", "mean of F1 over what it tells"], ["平均 F1", "各项 F1 的平均"]),
  mean_accuracy: share(
    "higher",
    ["mean accuracy", "mean of accuracy over what it tells"],
    ["平均准确率", "各项准确率的平均"],
  ),
  mean_error: share(
    "lower",
    ["mean point error", "distance of five points as a share of the distance between the eyes"],
    ["平均点误差", "五个点的偏差，以两眼间距为单位"],
  ),
  failure_rate: share(
    "lower",
    ["failures", "share of faces whose points are off by more than a tenth"],
    ["失败率", "点偏差超过十分之一的人脸比例"],
  ),
  failure_rate_10: share(
    "lower",
    ["failures above 10%", "share of faces whose points are off by more than a tenth"],
    ["失败率（10%）", "点偏差超过十分之一的人脸比例"],
  ),
  failure_rate_8: share(
    "lower",
    ["failures above 8%", "share of faces whose points are off by more than 8%"],
    ["失败率（8%）", "点偏差超过 8% 的人脸比例"],
  ),
  auc_8: share(
    "higher",
    ["area to 8%", "area under the curve of point errors, up to 8%"],
    ["8% 内曲线面积", "点误差累积曲线在 8% 以内的面积"],
  ),
  auc_10: share(
    "higher",
    ["area to 10%", "area under the curve of point errors, up to 10%"],
    ["10% 内曲线面积", "点误差累积曲线在 10% 以内的面积"],
  ),
  five_mean_error: share(
    "lower",
    ["error of five points", "the same for eyes, nose and mouth alone"],
    ["五点误差", "只看双眼、鼻尖与嘴角的误差"],
  ),
  five_failure_rate: share(
    "lower",
    ["failures of five points", "share of faces whose five points are off by more than a tenth"],
    ["五点失败率", "五点偏差超过十分之一的人脸比例"],
  ),
  pose_accuracy: share(
    "higher",
    ["pose accuracy", "how often the head's pose is right"],
    ["姿态准确率", "头部姿态判断正确的比例"],
  ),
  pose_balanced_accuracy: share(
    "higher",
    ["pose accuracy by class", "how often each head pose is told rightly, all poses counted alike"],
    ["姿态平均召回率", "各类头部姿态判断正确比例的平均值，每类权重相同"],
  ),
  smile_accuracy: share(
    "higher",
    ["smile accuracy", "how often it is right whether a face smiles"],
    ["微笑准确率", "是否微笑判断正确的比例"],
  ),
  glasses_accuracy: share(
    "higher",
    ["glasses accuracy", "how often it is right whether a face wears glasses"],
    ["眼镜准确率", "是否戴眼镜判断正确的比例"],
  ),
  mae: plain("lower", ["mean error", "mean distance from the labels"], ["平均误差", "与标注的平均差距"]),
  rmse: plain(
    "lower",
    ["root mean square error", "like the mean error, large ones count more"],
    ["均方根误差", "与平均误差类似，大误差权重更高"],
  ),
  pearson: plain(
    "higher",
    ["correlation", "whether numbers rise and fall with the labels"],
    ["相关系数", "数值是否随标注同升同降"],
  ),
  sign_agreement: share(
    "higher",
    ["same sign", "how often it is on the right side of 0"],
    ["符号一致", "正负判断正确的比例"],
  ),
  ece: share(
    "lower",
    ["calibration error", "how far the probabilities that it tells are from how often it is right"],
    ["校准误差", "所报概率与实际正确率之间的差距"],
  ),
  nll: plain(
    "lower",
    ["log loss", "how surprised it is by the right answers; confident mistakes cost most"],
    ["对数损失", "对正确答案的“意外”程度，越自信的错误代价越大"],
  ),
  votes_nll: plain(
    "lower",
    ["log loss of votes", "how far its probabilities are from the votes of people"],
    ["投票对数损失", "所报概率与人工投票分布的差距"],
  ),
};

const order = Object.keys(words);

/** What is known of a metric, and of which of the task's values it is, if of one; undefined for one that has no words here. */
export function wordsOfMetric(metric: string): (MetricWords & { readonly part?: string }) | undefined {
  const name = baseOf(metric);
  if (name === undefined) return undefined;
  return name === metric ? words[name]! : { ...words[name]!, part: metric.slice(name.length + 1) };
}

/** The measures in the order in which people should read them; those without words last. */
export function inOrder<Told extends { readonly metric: string }>(measures: readonly Told[]): readonly Told[] {
  const rank = ({ metric }: Told) => {
    const name = baseOf(metric);
    return name === undefined ? order.length : order.indexOf(name);
  };
  return measures.toSorted((a, b) => rank(a) - rank(b));
}

function baseOf(metric: string): string | undefined {
  if (Object.hasOwn(words, metric)) return metric;
  const cuts = [...metric.matchAll(/_/g)].map(({ index }) => metric.slice(0, index));
  return cuts.toReversed().find((name) => Object.hasOwn(words, name));
}

/** A figure as people read it: 85.2%, or 0.381. */
export function figureOf(value: number, unit: MetricWords["unit"] = "plain"): string {
  if (!Number.isFinite(value)) return "–";
  if (unit === "share") return `${(100 * value).toFixed(1)}%`;
  return value !== 0 && Math.abs(value) < 0.0005 ? "< 0.001" : value.toFixed(3);
}
