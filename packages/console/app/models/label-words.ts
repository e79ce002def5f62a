import { readingText, readingTexts } from "../analyze/reading-texts.ts";
import type { Language, Text } from "../language/text.ts";

/** Names of the shipped models' tasks, as headings. */
const tasks: Readonly<Record<string, Text>> = {
  expression: { en: "Displayed expression", zh: "表情（外显）" },
  affect: { en: "Valence and arousal", zh: "效价与唤醒度" },
  valence: { en: "Valence", zh: "效价" },
  arousal: { en: "Arousal", zh: "唤醒度" },
  landmarks: { en: "Landmarks", zh: "关键点" },
  smile: { en: "Smile", zh: "微笑" },
  glasses: { en: "Glasses", zh: "眼镜" },
  head_pose: { en: "Head pose", zh: "头部朝向" },
  mask: { en: "Mask", zh: "口罩" },
  eye: { en: "Eyes", zh: "眼睛" },
  faces: { en: "Faces", zh: "人脸" },
  class: { en: "Class", zh: "类别" },
};

/** Several of them in one line. */
export const namesOf = (names: readonly string[], language: Language): string =>
  names.map((name) => nameOf(name, language)).join(language === "zh" ? "、" : ", ");

/** What a task, label or value is called in a language: its words where they are known, else its name. */
export const nameOf = (name: string, language: Language): string =>
  Object.hasOwn(tasks, name)
    ? tasks[name]![language]
    : Object.hasOwn(readingTexts, name)
      ? readingText(name, language)
      : name.replaceAll("_", " ");
