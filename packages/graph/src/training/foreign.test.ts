import { checkForeign } from "./foreign-checks.test.support.ts";

for (const name of ["YuNet", "FSA-Net", "mini-XCEPTION"]) checkForeign(name);
