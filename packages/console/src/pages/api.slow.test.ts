import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import {
  assertAccessible,
  type ConsoleServer,
  cannotRun,
  openBrowser,
  startServer,
  type TestBrowser,
} from "../browser.test.support.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const skip = cannotRun();
const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;
const wait = { timeout: 60_000 };
const settings = "data_folder: .\nlimits: { requests_per_minute: 6000 }";
const languages = ["curl", "TypeScript", "Python"] as const;
type SnippetLanguage = (typeof languages)[number];

/** How the text of a snippet is run, in Fovea's folder: as the page says. */
const programs: Readonly<Record<SnippetLanguage, readonly string[]>> = {
  curl: ["sh", "-c"],
  TypeScript: [process.execPath, "--input-type=module", "--eval"],
  Python: ["python3", "-c"],
};
const missing: Readonly<Record<SnippetLanguage, string | false>> = {
  curl: !has("curl") && "there is no curl",
  TypeScript: false,
  Python: !has("python3") && "there is no python3",
};

let server: ConsoleServer;
let browser: TestBrowser;

before(async () => {
  if (skip) return;
  server = await startServer({ settings });
  browser = await openBrowser(server.url, { permissions: ["clipboard-read", "clipboard-write"] });
});

after(async () => {
  if (skip) return;
  await browser.close();
  await server.stop();
});

async function openApi(of = browser): Promise<Page> {
  const page = await of.open("#/api");
  await page.getByRole("tab", { name: "curl" }).waitFor(wait);
  return page;
}

/** The text of a snippet as the page shows it. */
async function snippet(page: Page, language: SnippetLanguage, call: string): Promise<string> {
  await page.getByRole("tab", { name: language }).click();
  return (await page.locator(`[data-snippet="${language.toLowerCase()} ${call}"] pre`).textContent())!;
}

/** What a snippet prints; it must not fail. */
async function run(language: SnippetLanguage, text: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const [program, ...flags] = programs[language];
  const child = spawn(program!, [...flags, text], { cwd: root, env: { ...process.env, ...env } });
  let [printed, complained] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    printed += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    complained += part;
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(status, 0, `${language}: ${complained}\n${text}`);
  return printed;
}

/** What each snippet has to print, in whatever form its language prints it. */
const answers: Readonly<Record<string, RegExp>> = {
  analyze: /astronaut\.jpg|"file": "body"/,
  predict: /"kind": ?"detection"/,
  infer: /expression/,
  events: /end.*failed/s,
};

test("there is a link to the reference, the document and the health, and each is there", { skip }, async () => {
  const page = await openApi();
  for (const name of ["Reference", "OpenAPI document", "Health"]) {
    const href = await page.getByRole("link", { name }).getAttribute("href");
    assert.equal((await fetch(new URL(href!, server.url))).status, 200, name);
  }
  await assertAccessible(page);
});

test("before the first training the snippets say that there is none", { skip }, async () => {
  const page = await openApi();
  for (const language of languages) {
    if (missing[language]) continue;
    assert.equal((await run(language, await snippet(page, language, "events"))).trim(), "no training yet", language);
  }
});

for (const language of languages) {
  test(`${language}: each snippet runs as it stands`, { skip: skip || missing[language] }, async () => {
    // a recipe that fails at once is a training with events and an end
    const recipe = { recipe: "name: nothing\n" };
    const headers = { "content-type": "application/json" };
    const made = await fetch(`${server.url}/v1/train`, { method: "POST", headers, body: JSON.stringify(recipe) });
    assert.equal(made.status, 202);
    const page = await openApi();
    for (const [call, answer] of Object.entries(answers)) {
      const printed = await run(language, await snippet(page, language, call));
      assert.match(printed, answer, `${language} ${call}: ${printed.slice(0, 500)}`);
      if (call === "analyze") assert.match(printed, /happiness/);
    }
    await assertAccessible(page);
  });
}

test("a snippet is copied as it is shown", { skip }, async () => {
  const page = await openApi();
  const shown = await snippet(page, "Python", "analyze");
  await page.locator('[data-snippet="python analyze"]').getByRole("button", { name: "Copy" }).click();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), shown);
});

test("requests that only read are answered in the page", { skip }, async () => {
  const page = await openApi();
  const paths = await page.locator("main li code").allTextContents();
  assert.ok(paths.length >= 5);
  for (const path of paths) {
    const row = page.locator("li", { hasText: path }).filter({ has: page.getByRole("button") });
    await row.first().getByRole("button").first().click();
    await row.first().locator("pre").waitFor(wait);
    assert.match((await row.first().textContent())!, /200, \d+ ms/, path);
  }
  await assertAccessible(page);
});

test("keys are made, shown once, used, listed and revoked", { skip }, async () => {
  const own = await startServer({ settings });
  const visitor = await openBrowser(own.url);
  const asks = (key: string | undefined) =>
    fetch(`${own.url}/v1/models`, key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } });
  try {
    const page = await openApi(visitor);
    assert.match((await page.locator("main").textContent())!, /asks for no key/);
    assert.equal((await asks(undefined)).status, 200);

    // the first key: one that may make others, kept by this tab
    await page.getByRole("button", { name: "Make the first key" }).click();
    await page.getByLabel("What it is for").fill("the office");
    await page.getByRole("checkbox", { name: "all everything" }).uncheck();
    await page.getByRole("checkbox", { name: /^models/ }).check();
    assert.match((await page.locator("form").textContent())!, /needs “keys” or “all”/);
    assert.equal(await page.locator("form").getByRole("button", { name: "Make the first key" }).isDisabled(), true);
    await page.getByRole("checkbox", { name: "all everything" }).check();
    await assertAccessible(page);
    await page.locator("form").getByRole("button", { name: "Make the first key" }).click();
    const first = await shownKey(page);
    assert.equal((await asks(undefined)).status, 401);
    assert.equal((await asks(first)).status, 200);
    await page.getByText("Every request to this server needs a key.").waitFor(wait);
    await page.getByRole("button", { name: "I have kept it" }).click();
    assert.ok(
      !(await page.locator("section").first().textContent())!.includes(first),
      "the whole key is shown no more",
    );

    // a second one by keyboard, that may do less
    await page.getByRole("button", { name: "Make a key" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("shop window");
    await page.getByLabel("Until when").selectOption("30");
    await page.getByRole("checkbox", { name: /^models/ }).focus();
    await page.keyboard.press("Space");
    await page.getByLabel("What it is for").focus();
    await page.keyboard.press("Enter");
    const second = await shownKey(page);
    assert.notEqual(second, first);
    assert.equal((await asks(second)).status, 403);
    const listed = (await (
      await fetch(`${own.url}/v1/keys`, { headers: { authorization: `Bearer ${first}` } })
    ).json()) as {
      keys: readonly { name: string; scopes: readonly string[]; expires: string | null }[];
    };
    assert.deepEqual(
      listed.keys.map(({ name, scopes, expires }) => [name, [...scopes].toSorted(), expires !== null]),
      [
        ["the office", ["all", "models"], false],
        ["shop window", ["analyze", "predict"], true],
      ],
    );

    // snippets have the key of this tab in them
    for (const language of languages) {
      if (missing[language]) continue;
      const text = await snippet(page, language, "analyze");
      assert.ok(text.includes(first), language);
      assert.match(await run(language, text), /happiness/, language);
    }

    // revoked: refused at once, and told in the list
    await page.getByRole("button", { name: "I have kept it" }).click();
    const row = page.getByRole("listitem").filter({ hasText: "shop window" });
    await row.getByRole("button", { name: /^Revoke.*shop window$/ }).click();
    await row.getByRole("button", { name: "Keep" }).click();
    await row.getByRole("button", { name: /^Revoke.*shop window$/ }).click();
    await row.getByRole("button", { name: "Revoke for good" }).click();
    await row.getByText(/^revoked/).waitFor(wait);
    assert.equal((await asks(second)).status, 401);
    await assertAccessible(page);

    // without its key the tab asks for one, here and for the models
    await page.getByRole("button", { name: "Forget it" }).click();
    await page.getByLabel("Key of this server").waitFor(wait);
    for (const language of languages) {
      if (missing[language]) continue;
      const text = await snippet(page, language, "predict");
      assert.match(text, /FOVEA_KEY/, language);
      assert.match(await run(language, text, { FOVEA_KEY: first }), /detection/, language);
    }
    await page.getByRole("link", { name: "Models" }).first().click();
    await page.getByLabel("Key of this server").fill(first);
    await page.getByRole("button", { name: "Use it" }).click();
    await page.getByRole("link", { name: "face-detector" }).waitFor(wait);
    assert.deepEqual(visitor.faults([/status of 401/]), []);
  } finally {
    await visitor.close();
    await own.stop();
  }
});

async function shownKey(page: Page): Promise<string> {
  const key = page.getByRole("status").locator("pre");
  await key.waitFor(wait);
  const text = (await key.textContent())!;
  assert.match(text, /^fovea_[\w-]{43}$/);
  return text;
}

test("in Chinese, in the dark, on a phone: nothing is cut off, axe is content", { skip }, async () => {
  const phone = await openBrowser(server.url, {
    locale: "zh-CN",
    colorScheme: "dark",
    viewport: { width: 390, height: 844 },
  });
  try {
    const page = await openApi(phone);
    await page.getByRole("button", { name: "创建第一个密钥" }).click();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    await assertAccessible(page);
    assert.deepEqual(phone.faults(), []);
  } finally {
    await phone.close();
  }
});

test("a server that has gone is told, and asked again when it is back", { skip }, async () => {
  const visitor = await openBrowser(server.url);
  try {
    const page = await openApi(visitor);
    await visitor.context.setOffline(true);
    const row = page.locator("li", { hasText: "GET /v2" });
    await row.getByRole("button", { name: /Run/ }).click();
    await row.getByRole("alert").waitFor(wait);
    assert.match((await row.textContent())!, /does not answer.*console\/no-server/s);
    await visitor.context.setOffline(false);
    await row.getByRole("button", { name: /Run/ }).click();
    await row.locator("pre").waitFor(wait);
    assert.deepEqual(visitor.faults([/ERR_INTERNET_DISCONNECTED/]), []);
  } finally {
    await visitor.close();
  }
});

test("no page threw, complained or asked another host", { skip }, () => {
  assert.deepEqual(browser.faults(), []);
});
