import { checkForeign } from "./foreign-checks.test.support.ts";

for (const name of ["FSA-Net", "face mesh", "PFLD"]) checkForeign(name);
