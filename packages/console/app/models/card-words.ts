import type { Language } from "../language/text.ts";

/** Sentences of the shipped models' cards in Chinese; cards are written in English. */
const chinese: Readonly<Record<string, string>> = {
  "Finds faces with their boxes, scores and five points, in photographs of up to 640 pixels on the longer side.":
    "在长边不超过 640 像素的照片中找出人脸，给出外框、置信度和五个关键点。",
  "Displayed expression of a face (eight classes), from a grey crop of 48x48 pixels cut out by five points.":
    "读取一张人脸所显露的表情（八类）。输入是按五个关键点裁出的 48×48 灰度图。",
  "Reads one face from a grey crop of 48x48 pixels: displayed expression (eight classes), valence and arousal derived from it, 68 landmarks, smile, glasses, head pose in five classes, mask; from the crop of one eye, whether it is open.":
    "从 48×48 的灰度人脸图中读取：面部表情（八类）、由表情推算的效价与唤醒度、68 个关键点、是否微笑、是否戴眼镜、头部朝向（五类）、是否戴口罩；再从单眼的裁图判断眼睛是否睁开。",
  "Faces below some 16 pixels, turned by more than 45 degrees in the plane, in deep blur or mostly covered are often missed. It finds faces; it does not tell whose they are.":
    "小于约 16 像素、在画面内旋转超过 45 度、严重模糊或大部分被遮挡的人脸常会漏检。它只找人脸，不辨认是谁。",
  "Tells the expression that a face displays, not what a person feels. Trained on pictures from a web search with known label noise; disgust and contempt are rare there and are seldom told. Inferring emotions at work and in education is prohibited in the EU (AI Act, Art. 5(1)(f)).":
    "它说的是脸上显露的表情，不是人的内心感受。训练图片来自网络搜索，标注有已知的噪声；其中厌恶和轻蔑很少，因此也很少被判出。欧盟禁止在工作和教育场合推断情绪（《人工智能法》第 5 条第 1 款 (f) 项）。",
  "Tells the expression that a face displays, not what a person feels; disgust and contempt are rare in the data and are seldom told. Valence and arousal are worked out from votes on expressions by a table, nobody measured them. Faces with masks are mostly East Asian and those without are mostly not, in the data: the background may have been learned. Inferring emotions at work and in education is prohibited in the EU (AI Act, Art. 5(1)(f)).":
    "它说的是脸上显露的表情，不是人的内心感受；数据里厌恶和轻蔑很少，因此也很少被判出。效价与唤醒度由表情投票查表推算，并非实际测量。数据中戴口罩的多为东亚人，不戴的多半不是，模型可能学到了这种背景差异。欧盟禁止在工作和教育场合推断情绪（《人工智能法》第 5 条第 1 款 (f) 项）。",
  "the votes on displayed expressions, by the circumplex coordinates of each (Russell and Mehrabian 1977)":
    "由表情投票按各表情的环形模型坐标算出（Russell 与 Mehrabian，1977）",
  "Apache-2.0 for the file; see sources for the terms of the pictures that it was trained on, most of them for research only":
    "文件本身为 Apache-2.0；训练图片的使用条款见数据来源，其中多数仅限研究",
  "Apache-2.0 for the file; most pictures it was trained on are not cleared for publication (see sources)":
    "文件本身为 Apache-2.0；训练图片多数未获公开授权（见数据来源）",
  "Apache-2.0 for the file; the pictures it was trained on have no licence from their photographers (see sources)":
    "文件本身为 Apache-2.0；训练图片未获摄影者授权（见数据来源）",
  "Apache-2.0 for the file; see its card for the terms of the pictures":
    "文件本身为 Apache-2.0；训练图片的条款见其模型卡",
  "pictures: none from the photographers, research use only; FER+ votes: MIT":
    "图片：未获摄影者授权，仅限研究；FER+ 投票：MIT",
  "CUHK Multimedia Laboratory: non-commercial research only": "香港中文大学多媒体实验室：仅限非商业研究",
  "iBUG annotations: non-commercial research only; pictures from Flickr, rights with the photographers":
    "iBUG 标注：仅限非商业研究；图片来自 Flickr，权利归摄影者",
  "labels: MIT; pictures: from Bing, Kaggle and RMFD, not cleared with the photographers":
    "标注：MIT；图片来自 Bing、Kaggle 和 RMFD，未获摄影者授权",
  "none stated": "未说明",
  "news, stock and Flickr photographs, not cleared; FDDB: research only":
    "新闻、图库与 Flickr 照片，未获授权；FDDB：仅限研究",
  "COCO annotations: CC BY 4.0; pictures: Creative Commons, different for each":
    "COCO 标注：CC BY 4.0；图片：知识共享协议，各图不同",
};

/** A sentence of a card, and the language that it is in: Chinese where it is asked for and known, else as the card has it. */
export function cardText(text: string, language: Language): { readonly text: string; readonly lang: "en" | "zh-CN" } {
  const translated = language === "zh" && Object.hasOwn(chinese, text) ? chinese[text] : undefined;
  return translated === undefined ? { text, lang: "en" } : { text: translated, lang: "zh-CN" };
}
