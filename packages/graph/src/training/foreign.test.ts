import { checkForeign } from "./foreign-checks.test.support.ts";

for (const name of ["YuNet", "mini-XCEPTION"]) checkForeign(name);
