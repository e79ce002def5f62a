import type { Texts } from "../language/text.ts";

/** Words for errors that may reach this page, by code: those of the packages speak of files and command lines. `CODE_help` says what to do. */
export const errorTexts = {
  "vision/image-unknown-format": { en: "not a JPEG, PNG, WebP or AVIF", zh: "不是 JPEG、PNG、WebP 或 AVIF" },
  "vision/image-unsupported": {
    en: "a kind of picture that is not read here; save it as JPEG or PNG",
    zh: "不支持这种图片，请另存为 JPEG 或 PNG",
  },
  "vision/image-empty": { en: "an empty file", zh: "空文件" },
  "vision/image-truncated": { en: "cut short; copy or download it again", zh: "文件不完整，请重新复制或下载" },
  "vision/image-broken": { en: "damaged; copy or download it again", zh: "文件已损坏，请重新复制或下载" },
  "vision/image-too-large": { en: "too many pixels; make it smaller", zh: "像素太多，请先缩小" },
  "vision/image-zero-size": { en: "a picture without pixels", zh: "图片没有像素" },
  "vision/image-needs-native": {
    en: "a kind of colours that browsers do not read here; save it as RGB",
    zh: "浏览器读不了这种色彩格式，请另存为 RGB",
  },
  "vision/image-codec": {
    en: "its decoder could not be loaded; is the server still running?",
    zh: "解码器没能加载，服务器还在运行吗？",
  },
  "vision/own-data": {
    en: "The examples cannot be divided into some to learn from and some to measure on.",
    zh: "样本分不出“学习”和“检验”两部分。",
  },
  "vision/own-data_help": {
    en: "Add more pictures to each class, taken at different moments.",
    zh: "给每个类别再加一些不同时刻的图片。",
  },
  "vision/training-diverged": {
    en: "The training went astray: its numbers became too large.",
    zh: "训练跑偏了：数值变得过大。",
  },
  "vision/training-diverged_help": {
    en: "Start over. If it happens again, look for pictures that do not belong to their class.",
    zh: "重新开始。如果再次发生，检查有没有放错类别的图片。",
  },
  "vision/run-changed": {
    en: "This browser now offers another number of threads than the training was started with.",
    zh: "浏览器现在可用的线程数和训练开始时不同。",
  },
  "vision/run-changed_help": { en: "Start over; the examples are still here.", zh: "请从头开始，样本都还在。" },
  "vision/run-missing": { en: "The browser has cleared the training.", zh: "训练进度已被浏览器清除。" },
  "vision/run-missing_help": { en: "Start over; it is kept again from then on.", zh: "请从头开始，之后会重新保存。" },
  "vision/run-folder": { en: "The browser did not keep the training.", zh: "浏览器没能保存训练进度。" },
  "vision/run-folder_help": {
    en: "Free some space on this device, or leave the private window, which keeps nothing.",
    zh: "清理一些磁盘空间，或者退出无痕窗口再试。",
  },
  "vision/checkpoint-invalid": { en: "What was kept of the training is damaged.", zh: "保存的训练进度已损坏。" },
  "vision/checkpoint-invalid_help": { en: "Start over; the examples are still here.", zh: "请从头开始，样本都还在。" },
  "console/not-kept": { en: "The browser did not keep the examples.", zh: "浏览器没能保存样本。" },
  "console/not-kept_help": {
    en: "Free some space on this device, or leave the private window, which keeps nothing. They stay here until the page is closed.",
    zh: "清理一些磁盘空间，或者退出无痕窗口。关闭页面之前样本还在。",
  },
  "console/training-elsewhere": {
    en: "Another tab of this browser is training.",
    zh: "这个浏览器的另一个标签页正在训练。",
  },
  "console/training-elsewhere_help": {
    en: "Go on there, or close it and press train again.",
    zh: "去那个标签页继续，或者关掉它再开始训练。",
  },
  "console/picture-lost": { en: "The browser has cleared some of the pictures.", zh: "浏览器清除了部分图片。" },
  "console/picture-lost_help": {
    en: "Reload the page, then add what is missing.",
    zh: "刷新页面，再把缺的图片加回来。",
  },
  "console/job-cancelled": { en: "The training was cancelled on the server.", zh: "训练在服务器上被取消了。" },
  "console/job-cancelled_help": {
    en: "Start it again, or train in this page.",
    zh: "可以重新开始，或者改在本页训练。",
  },
  "client/unreachable": { en: "The server does not answer.", zh: "服务器没有响应。" },
  "client/unreachable_help": {
    en: "See whether it still runs, then go on; a training there does not stop.",
    zh: "看看服务器还在不在运行，然后继续；那边的训练不会停。",
  },
  "client/events-lost": { en: "The connection to the server was lost.", zh: "和服务器的连接断了。" },
  "client/events-lost_help": {
    en: "Go on when it is back; a training there does not stop.",
    zh: "连上之后点继续；那边的训练不会停。",
  },
  "server/key-needed": { en: "The server wants a key to train.", zh: "在服务器上训练需要密钥。" },
  "server/key-needed_help": { en: "Enter one, or train in this page.", zh: "请输入密钥，或者改在本页训练。" },
  "server/scope-needed": { en: "This key may not train.", zh: "这个密钥没有训练权限。" },
  "server/scope-needed_help": { en: "Enter another one, or train in this page.", zh: "换一个密钥，或者改在本页训练。" },
  "server/bad-name": {
    en: "A class has a name that no folder on the server may have.",
    zh: "有个类别的名字在服务器上不能用作文件夹名。",
  },
  "server/bad-name_help": {
    en: "Leave out signs such as / : * ? and names such as train or test, or train in this page.",
    zh: "去掉 / : * ? 等符号，也不要用 train、test 这类名字，或者改在本页训练。",
  },
  "server/queue-full": { en: "The server has too many trainings waiting.", zh: "服务器上排队的训练太多了。" },
  "server/queue-full_help": { en: "Try again later, or train in this page.", zh: "稍后再试，或者改在本页训练。" },
  "fovea/unexpected": { en: "Something failed that should not: {detail}", zh: "出了意料之外的问题：{detail}" },
  "fovea/unexpected_help": {
    en: "Reload the page; what is here is kept. If it happens again, it is a defect of Fovea.",
    zh: "刷新页面即可，内容都还在。如果反复出现，那就是 Fovea 的缺陷。",
  },
} as const satisfies Texts;
