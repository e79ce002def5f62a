import type { Language, Text, Texts } from "../language/text.ts";

/** Names of readings and of their labels, as the shipped reader has them. */
export const readingTexts = {
  neutral: { en: "neutral", zh: "中性" },
  happiness: { en: "happiness", zh: "高兴" },
  surprise: { en: "surprise", zh: "惊讶" },
  sadness: { en: "sadness", zh: "难过" },
  anger: { en: "anger", zh: "生气" },
  disgust: { en: "disgust", zh: "厌恶" },
  fear: { en: "fear", zh: "害怕" },
  contempt: { en: "contempt", zh: "轻蔑" },
  head_pose: { en: "head", zh: "头部朝向" },
  smile: { en: "smile", zh: "微笑" },
  glasses: { en: "glasses", zh: "眼镜" },
  mask: { en: "mask", zh: "口罩" },
  left_profile: { en: "far to the left", zh: "完全朝左" },
  left: { en: "to the left", zh: "朝左" },
  frontal: { en: "straight ahead", zh: "正面" },
  right: { en: "to the right", zh: "朝右" },
  right_profile: { en: "far to the right", zh: "完全朝右" },
  yes: { en: "yes", zh: "有" },
  no: { en: "no", zh: "没有" },
  open: { en: "open", zh: "睁开" },
  closed: { en: "closed", zh: "闭着" },
} as const satisfies Texts;

/** A name of a reader in words; one that is not known, as of a reader of one's own, as it stands. */
export function readingText(name: string, language: Language): string {
  const known = (readingTexts as Readonly<Record<string, Text>>)[name];
  return known ? known[language] : name.replaceAll("_", " ");
}
