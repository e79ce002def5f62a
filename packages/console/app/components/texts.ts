import type { Texts } from "../language/text.ts";

/** Texts of what asks the server, on any page. Errors by code: what is wrong, and under `CODE_help` what to do. */
export const texts = {
  key_label: { en: "Key of this server", zh: "本服务器的密钥" },
  key_use: { en: "Use it", zh: "使用" },
  key_about: {
    en: "Kept in this tab until it is closed, and sent to this server only.",
    zh: "只保存在这个标签页里，关闭即消失；只会发给本服务器。",
  },
  "console/no-server": { en: "The server does not answer.", zh: "服务器没有应答。" },
  "console/no-server_help": {
    en: "See whether it still runs (npm start), then try again.",
    zh: "请确认它还在运行（npm start），然后重试。",
  },
  "client/unreachable": { en: "The server does not answer.", zh: "服务器没有应答。" },
  "client/unreachable_help": {
    en: "See whether it still runs (npm start), then try again.",
    zh: "请确认它还在运行（npm start），然后重试。",
  },
  "console/server-failed": { en: "The server failed and did not say why.", zh: "服务器出错了，没有说明原因。" },
  "console/server-failed_help": { en: "Try again; its log says more.", zh: "请重试；服务器日志里有更多信息。" },
  "console/file-unreachable": { en: "A file could not be fetched.", zh: "有文件没能取到。" },
  "console/file-unreachable_help": {
    en: "See whether the server still runs and has it, then try again.",
    zh: "请确认服务器还在运行且有这个文件，然后重试。",
  },
  "server/key-needed": { en: "This server wants a key.", zh: "本服务器需要密钥。" },
  "server/key-needed_help": {
    en: "Give one that is valid; whoever runs the server makes it.",
    zh: "请填入有效的密钥；密钥由服务器管理者创建。",
  },
  "server/scope-needed": { en: "The key of this tab may not do this.", zh: "当前密钥没有这项权限。" },
  "server/scope-needed_help": { en: "Give one that may.", zh: "请换一个有权限的密钥。" },
  "server/too-many-requests": { en: "Too many requests in one minute.", zh: "一分钟内请求太多。" },
  "server/too-many-requests_help": { en: "Wait a moment, then try again.", zh: "稍等片刻再试。" },
  "server/stopping": { en: "The server is stopping.", zh: "服务器正在停止。" },
  "server/stopping_help": { en: "Start it again, then try again.", zh: "重新启动服务器后再试。" },
  "operations/missing-model": { en: "There is no model of this name.", zh: "没有这个名称的模型。" },
  "operations/missing-model_help": { en: "The list of models has all.", zh: "全部模型见模型列表。" },
} as const satisfies Texts;
