import { checkForeign } from "./foreign-checks.test.support.ts";

for (const name of ["face mesh", "PFLD"]) checkForeign(name);
