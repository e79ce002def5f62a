/** Family name of the font that labels are set in: Inter SemiBold 600, npm @fontsource/inter, SIL Open Font License 1.1. */
export const fontFamily = "Inter";

/** Height of a capital over the font size. Source: OS/2 table of Inter SemiBold, sCapHeight 1490 of 2048. */
export const capitalHeight = 0.7275;

// Advance widths of U+0020 to U+007E in thousandths of the font size. Source: hmtx table of Inter SemiBold (fontTools 4.38).
// biome-ignore format: a table of numbers
const advances = [
  252, 321, 523, 644, 650, 1004, 663, 326, 373, 373, 540, 673, 319, 465, 319, 379, 660, 423, 623, 636, 666, 612, 640, 576, 640,
  640, 319, 329, 673, 673, 673, 543, 999, 728, 659, 737, 722, 605, 588, 749, 746, 277, 580, 703, 565, 922, 759, 769, 645, 773,
  652, 650, 660, 736, 728, 1020, 720, 713, 652, 373, 379, 373, 481, 469, 351, 574, 624, 583, 624, 591, 389, 625, 612, 262, 262,
  569, 262, 900, 612, 609, 624, 624, 397, 549, 353, 612, 587, 839, 569, 588, 566, 455, 359, 455, 673,
];
// What is not in the table (accented letters, other scripts) is taken for as wide as the widest common letter, m.
const otherAdvance = 900;

/** Width of a line of text in units of the font size; kerning (under 2 %) is left out. */
export const textWidth = (text: string): number =>
  [...text].reduce((sum, letter) => sum + (advances[(letter.codePointAt(0) as number) - 32] ?? otherAdvance), 0) / 1000;
