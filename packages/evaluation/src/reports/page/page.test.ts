// Expected numbers by hand from sample-report.test.support.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { embedPictures, pictureKey, picturesOf } from "../pictures.ts";
import { sampleReport, sampleThumbnail } from "../sample-report.test.support.ts";
import { lonelySections } from "../sections/table.ts";
import { makeReport, reportPage } from "./page.ts";

const page = await makeReport(sampleReport, { thumbnail: sampleThumbnail });
const section = (title: string): string => {
  const found = page.split("<section").find((part) => part.includes(`>${title}</h3>`));
  assert.ok(found, title);
  return found.replaceAll("\u00a0", " ");
};

test("one file that names nothing outside of itself, and text from labels is no markup", () => {
  assert.doesNotMatch(page.replaceAll(/data:image[^"]*/g, ""), /(src|href)="(?!#)(?!")[^"]*:|url\(|@import|https?:/);
  assert.match(page, /<title>Evaluation of &#60;model&#62;<\/title>/);
  assert.doesNotMatch(page, /<model>|NaN|undefined/);
});

test("every id is there once, and everything that is referred to has its id", () => {
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
  assert.equal(new Set(ids).size, ids.length);
  const referred = [
    ...page.matchAll(/(?:popovertarget|aria-labelledby|for|data-thresholds)="([^"]+)"|href="#([^"]+)"/g),
  ];
  assert.ok(referred.length > 10);
  for (const [text, id, anchor] of referred) assert.ok(ids.includes(id ?? anchor!), text);
});

test("the same input gives the same text", async () => {
  assert.equal(await makeReport(sampleReport, { thumbnail: sampleThumbnail }), page);
});

test("each picture is asked for once, those beside others too; one that is not at hand is said so", async () => {
  const keys = picturesOf(sampleReport).map(pictureKey);
  assert.deepEqual(keys, ["c1", "c2", "m1", "lost", "d1", "scene\n10 20 40 40", "points\n10 20 40 40", "p1", "p2"]);
  const asked: string[] = [];
  const embedded = await embedPictures(sampleReport, async (wish) => {
    asked.push(pictureKey(wish));
    return sampleThumbnail(wish);
  });
  assert.deepEqual(asked, keys);
  assert.equal(embedded.size, keys.length - 1);
  assert.match(embedded.get("c1")!.uri, /^data:image\/png;base64,iVBORw0KGgo[A-Za-z0-9+/]+=*$/);
  assert.equal(page.match(/picture not at hand/g)?.length, 1);
  assert.equal(reportPage(sampleReport, new Map()).match(/picture not at hand/g)?.length, keys.length + 1);
});

test("headline, metrics and their intervals; what is undefined says why", () => {
  assert.match(
    page.replaceAll("\u00a0", " "),
    /headline-value">75.0 %<\/p>\s*<p class="headline-interval"><span>95 % interval<\/span> 60.0 to 90.0 %/,
  );
  const metrics = section("All metrics");
  assert.match(metrics, /<dt>nll<\/dt>\s*<dd class="metric-value">– .*\s*<dd class="metric-interval">no probabilities/);
  assert.match(metrics, /Other &#38; Co<\/th><td class="number">70.0 %/);
});

test("cells of the matrix: counts, strength by the share of the row, buttons only where there are pictures", () => {
  const matrix = section("Confusion matrix");
  // 7 of 9 right: 78 %; 2 of 9 wrong: sqrt(2 / 9) = 47 %; 1 of 3 missed: sqrt(1 / 3) = 58 %
  assert.match(
    matrix,
    /class="right" style="--strength:78%"><button [^>]*aria-label="7, true cat, answer cat: 7 of 9, 77.8 %; show pictures"/,
  );
  assert.match(matrix, /class="wrong" style="--strength:47%"><button/);
  assert.match(matrix, /class="wrong" style="--strength:58%"><span title="true dog, answer missed: 1 of 3, 33.3 %">1</);
  assert.equal(matrix.match(/<td class="empty">/g)?.length, 2);
  assert.match(matrix, /2 of 7 pictures, the least sure first/);
  assert.match(matrix, /all 2 pictures, the surest first/);
});

test("a subgroup that is too small shows no value", () => {
  const groups = section("By class");
  assert.match(
    groups,
    /<th scope="row">cat<\/th><td class="number">9<\/td><td class="number strong">77.8 %<\/td><td class="number">45.0 to 94.0 %/,
  );
  assert.match(
    groups,
    /<th scope="row">dog<\/th><td class="number">3<\/td><td class="small" colspan="3">not enough data \(fewer than 5\)/,
  );
  assert.doesNotMatch(groups, /66.7/);
});

test("the thresholds start at the one in use: two of three hits, one false, in two pictures", () => {
  const thresholds = section("Choose a threshold");
  const shown = [...thresholds.matchAll(/data-reading="\d"><dt>([^<]*)<\/dt><dd>([^<]*)/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  assert.deepEqual(shown, [
    ["precision", "66.7 %"],
    ["recall", "50.0 %"],
    ["right answers", "2 of 4"],
    ["false positives", "1"],
    ["false ones per picture", "0.500"],
  ]);
  assert.match(thresholds, /data-part="threshold">0.5</);
  const data = JSON.parse(/<script type="application\/json"[^>]*>(.*?)<\/script>/.exec(thresholds)![1]!);
  assert.deepEqual(data[1].names.at(-1), "false positive rate");
  assert.deepEqual(data[1].values[data[1].start], ["50.0 %", "100.0 %", "1 of 1", "1", "50.0 %"]);
});

test("marks are drawn in the pixels of the picture, points without a label are not", () => {
  const mistakes = section("Worst mistakes");
  assert.match(mistakes, /4 of 30 are shown/);
  assert.match(
    mistakes,
    /viewBox="10 20 40 40".*?<rect class="mark answer subject" x="20" y="30" width="10" height="10"\/>/s,
  );
  // one labelled point, two answered; one line, as the other point has no label
  assert.equal(mistakes.match(/<circle/g)?.length, 3);
  assert.match(mistakes, /class="point-errors" d="M20 30L22 30"/);
  assert.match(mistakes, /<div class="pair">/);
});

test("a heat map: sign by colour, strength by size up to the limit, marks, guide, and words for each cell", () => {
  const map = section("Gap");
  const cells = [...map.matchAll(/<td class="([a-z ]+)" style="--strength:(\d+)%" title="([^"]*)">/g)];
  assert.deepEqual(
    cells.map(([, side, strength, words]) => [side, strength, words]),
    [
      ["below", "25", "head pose, epoch 1: -25 %"],
      ["above", "50", "head pose, epoch 2: +50 %"],
      ["none guide", "0", "head pose, epoch 3: not validated"],
      ["below", "0", "smile, epoch 1: 0 %"],
      ["above", "100", "smile, epoch 2: +200 %"],
      ["above guide", "10", "smile, epoch 3: +10 %"],
    ],
  );
  assert.equal(map.match(/<span class="dot"/g)?.length, 1);
  assert.match(map, /title="head pose, epoch 2: [^"]*">.{0,80}<span class="dot"/s);
  assert.match(map, /own best<\/span>.*best for all<\/span>/s);
});

test("figures, rows and a scatter say what they were given", () => {
  assert.match(
    section("How it stands"),
    /<dt>state<\/dt><dd class="metric-value">stopped<\/dd>\s*<dd [^>]*>at step 3 of 9/,
  );
  const rows = section("Gains");
  assert.match(rows, /<th scope="row">head pose<\/th><td class="number good">\+0.02<\/td>/);
  assert.match(rows, /<td class="number bad">-0.01<\/td>/);
  // two of the same place are one mark, the darker; what is not known is none
  const marks = [...section("Valence").matchAll(/<circle [^>]*fill-opacity="([\d.]+)"/g)].map(([, opacity]) => opacity);
  assert.deepEqual(marks, ["1", "0.25"]);
});

test("what has no headline shows none, and facts may have another title", () => {
  const [{ headline: _, ...run }] = sampleReport.runs as readonly [(typeof sampleReport.runs)[0]];
  const other = reportPage({ ...sampleReport, runs: [run], titles: { facts: "The run", notes: "How" } }, new Map());
  assert.doesNotMatch(other, /class="headline"|What was scored|Rules of the protocol/);
  assert.match(other, /<h2 id="facts-title">The run<.*<h3>How<\/h3>/s);
});

test("sections of half the width stand in pairs; the last of an odd number in a row stands alone", () => {
  const [metrics, confusion, , reliability, thresholds, curve] = sampleReport.runs[0]!.sections;
  const lonely = [reliability!, thresholds!, curve!, metrics!, curve!, confusion!, curve!, curve!];
  assert.deepEqual([...lonelySections(lonely)], [2, 4]);
});
