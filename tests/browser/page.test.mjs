// The page as people use it: in a real browser, by mouse, by keyboard, without script, on a phone,
// in two languages. Screenshots go to LIANCHENG_SHOTS.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const base = process.env.LIANCHENG_URL;
const shots = process.env.LIANCHENG_SHOTS;
const axe = await readFile(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
let browser;

before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.LIANCHENG_CHROMIUM,
    args: [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ],
  });
});
after(() => browser?.close());

// Opens an address in a browser of its own; whatever the page complains of fails the test.
async function open(path, options = {}) {
  const context = await browser.newContext({
    locale: "zh-CN", viewport: { width: 1280, height: 900 }, ...options,
  });
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") page.complaints.push(message.text());
  });
  await page.goto(base + encodeURI(path));
  return page;
}

async function close(page) {
  assert.deepEqual(page.complaints, []);
  await page.context().close();
}

const total = async (page) => Number((await page.locator(".total").innerText()).replace(/[^\d].*$/s, "").replace(/,/g, ""));
const shoot = (page, name) => page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });

// axe: nothing serious or critical.
async function accessible(page) {
  // The policy of the page forbids scripts of others; the tester's comes in past it.
  const client = await page.context().newCDPSession(page);
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await client.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    assert.equal(exceptionDetails, undefined);
    return result.value;
  };
  await evaluate(axe + ";0");
  const found = await evaluate("axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }).then(r => JSON.stringify(r.violations))");
  const serious = JSON.parse(found)
    .filter((violation) => ["serious", "critical"].includes(violation.impact))
    .map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html + " " + node.failureSummary).slice(0, 3).join(" | ")}`);
  assert.deepEqual(serious, []);
}

test("搜得到，有高亮和事实", async () => {
  const page = await open("/");
  await page.fill("#q", "佛山 人才飞地");
  await page.press("#q", "Enter");
  await page.waitForURL(/q=/);
  assert.ok((await total(page)) > 0);
  assert.ok((await page.locator(".hit mark").count()) > 0);
  assert.match(await page.locator(".hit").first().innerText(), /\d{4}-\d{2}-\d{2}/);
  await shoot(page, "results");
  await close(page);
});

test("边输边提示：拼音、首字母、错字", async () => {
  const page = await open("/");
  for (const [typed, meant] of [["rencaifei", "人才飞地"], ["rcfd", "人才飞地"], ["fosh", "佛山"]]) {
    await page.fill("#q", "");
    await page.type("#q", typed);
    await page.locator("#suggestions li", { hasText: meant }).first().waitFor();
  }
  await shoot(page, "suggestions");
  // Arrows choose, Escape takes back, Enter searches.
  await page.fill("#q", "");
  await page.type("#q", "fosha");
  await page.locator("#suggestions li").first().waitFor();
  await page.press("#q", "ArrowDown");
  assert.equal(await page.getAttribute("#suggestions li", "aria-selected"), "true");
  assert.notEqual(await page.inputValue("#q"), "fosha");
  await page.press("#q", "Escape");
  assert.equal(await page.inputValue("#q"), "fosha");
  assert.equal(await page.isVisible("#suggestions"), false);
  await page.press("#q", "Enter");
  await page.locator(".meant a", { hasText: "佛山" }).waitFor();
  await page.click(".meant a");
  await page.waitForURL(/%E4%BD%9B%E5%B1%B1/);
  assert.ok((await total(page)) > 0);
  await close(page);
});

test("筛选可加可去，后退可回", async () => {
  const page = await open("/?q=合作");
  const all = await total(page);
  await page.locator(".facet.province a").first().click();
  await page.locator(".chips").waitFor();
  const some = await total(page);
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  assert.equal(await page.locator(".facet.province a[aria-current]").count(), 1);
  await page.locator(".facet.city a").first().click();
  await page.waitForURL(/city=/);
  assert.ok((await total(page)) <= some);
  assert.ok((await page.locator(".facet.county a").count()) > 0, "在市下面列出区县");
  await shoot(page, "filtered");
  await page.goBack();
  assert.equal(await total(page), some);
  await page.locator(".facet.province a[aria-current]").click();
  await page.waitForURL((url) => !url.searchParams.has("region"));
  assert.equal(await total(page), all);
  await close(page);
});

test("时间线可点、可拖", async () => {
  const page = await open("/?q=合作");
  const all = await total(page);
  const link = page.locator("figure.line svg a").first();
  await link.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/since=/);
  assert.ok((await total(page)) < all);
  await page.goBack();
  const frame = await page.locator("figure.line svg").boundingBox();
  const y = frame.y + frame.height / 2;
  await page.mouse.move(frame.x + frame.width * 0.6, y);
  await page.mouse.down();
  await page.mouse.move(frame.x + frame.width * 0.8, y, { steps: 6 });
  assert.equal(await page.locator(".brushed").count(), 1);
  await page.mouse.up();
  await page.waitForURL(/since=.*until=/);
  const { searchParams } = new URL(page.url());
  assert.ok(searchParams.get("since") < searchParams.get("until"));
  await shoot(page, "brushed");
  await page.locator(".chips a").first().click();
  await page.waitForURL((url) => !url.searchParams.has("since"));
  assert.equal(await total(page), all);
  await close(page);
});

test("合作网络点得动", async () => {
  const page = await open("/?q=合作&view=network");
  await shoot(page, "network");
  assert.ok((await page.locator("svg.network .node").count()) > 3);
  await accessible(page);
  await page.locator("svg.network a:has(.node)").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/partners=/);
  assert.equal(await page.locator(".chips li").count(), 1);
  await page.locator("table.pairs th a").first().click();
  await page.waitForURL((url) => !url.searchParams.has("view"));
  assert.ok((await total(page)) > 0);
  await close(page);
});

test("走势有图有表", async () => {
  const page = await open("/?q=合作&view=trend", { colorScheme: "dark" });
  assert.ok((await page.locator("table.counts tbody tr").count()) > 1);
  assert.match(await page.locator("table.counts").innerText(), /%/);
  await shoot(page, "trend-dark");
  await accessible(page);
  await close(page);
});

test("文章页：高亮、地名、依据", async () => {
  const page = await open("/?partners=佛山,茂名&q=人才");
  await page.locator(".hit h2 a").first().click();
  await page.waitForURL(/articles/);
  assert.ok((await page.locator("article .place").count()) > 0);
  assert.ok((await page.locator("article .said").count()) > 0);
  await page.locator(".told blockquote a").first().click();
  assert.match(page.url(), /#fact-\d+$/);
  await shoot(page, "article");
  await accessible(page);
  await page.goBack();
  await page.goBack();
  await page.locator(".hit").first().waitFor();
  await close(page);
});

test("地址就是全部状态", async () => {
  const page = await open("/?q=合作&region=广东省&since=2023&sort=newest&page=1");
  await page.locator(".facet.kind a").first().click();
  await page.waitForURL(/kind=/);
  const [address, shown] = [page.url(), await page.locator("main").innerText()];
  const other = await open("/");
  await other.goto(address);
  const timeless = (text) => text.replace(/[\d.]+ ms/, "");
  assert.equal(timeless(await other.locator("main").innerText()), timeless(shown));
  await close(other);
  await close(page);
});

test("只用键盘", async () => {
  const page = await open("/");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
  await page.keyboard.type("佛山");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  const first = await page.locator(".hit h2 a").first().getAttribute("href");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), first);
  await page.keyboard.press("Enter");
  await page.waitForURL(/articles/);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await close(page);
});

test("没有脚本也能用", async () => {
  const page = await open("/", { javaScriptEnabled: false });
  await page.fill("#q", "人材飞地");
  await page.press("#q", "Enter");
  await page.waitForURL(/q=/);
  await page.locator(".meant a").click();
  assert.ok((await total(page)) > 0);
  await page.locator(".facet a").first().click();
  assert.equal(await page.locator(".chips li").count(), 1);
  await page.locator("figure.line svg a").first().click();
  await page.waitForURL(/since=/);
  await page.locator(".views a").nth(1).click();
  await page.waitForURL(/view=network/);
  await close(page);
});

test("什么也没找到时说清楚", async () => {
  const page = await open("/?q=“人才飞地”&city=昆明市");
  assert.equal(await total(page), 0);
  const remark = page.locator(".remarks a", { hasText: "去掉「城市」条件" });
  await shoot(page, "nothing");
  await accessible(page);
  await remark.click();
  await page.waitForURL((url) => !url.searchParams.has("city"));
  assert.ok((await total(page)) > 0);
  await close(page);
});

test("三百六十像素宽", async () => {
  for (const path of ["/", "/?q=合作", "/?q=合作&view=network", "/?q=合作&view=trend"]) {
    const page = await open(path, { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    const { wide, room } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth, room: document.documentElement.clientWidth,
    }));
    assert.ok(wide <= room, `${path}: ${wide} > ${room}`);
    await shoot(page, `phone${path.replace(/\W+/g, "-").slice(0, 30)}`);
    await accessible(page);
    if (path === "/?q=合作") {
      assert.equal(await page.isVisible(".facets"), false);
      await page.locator(".toggler").click();
      await page.locator(".facet a").first().click();
      await page.locator(".chips").waitFor();
    }
    await close(page);
  }
});

test("中文和英文", async () => {
  const chinese = await open("/?q=合作");
  assert.equal(await chinese.getAttribute("html", "lang"), "zh-CN");
  assert.match(await chinese.locator(".total").innerText(), /篇/);
  await accessible(chinese);
  await chinese.locator("footer a", { hasText: "English" }).click();
  await chinese.waitForURL(/lang=en/);
  assert.match(await chinese.locator(".total").innerText(), /articles/);
  await close(chinese);
  const english = await open("/?q=合作", { locale: "en-GB" });
  assert.equal(await english.getAttribute("html", "lang"), "en");
  assert.match(await english.locator("main").innerText(), /Newest/);
  await shoot(english, "english");
  await accessible(english);
  await close(english);
  const home = await open("/", { locale: "en-GB", colorScheme: "dark" });
  await shoot(home, "home-dark");
  await accessible(home);
  await close(home);
});

test("页面轻，画得快", async () => {
  const page = await open("/");
  for (const path of ["/", "/?q=合作", "/?q=合作&view=network", "/?q=合作&view=trend"]) {
    // What has no body of its own (a redirection, what the browser kept) weighs nothing.
    const sizes = [];
    const weigh = (response) => { sizes.push(response.body().then((body) => body.length, () => 0)); };
    page.on("response", weigh);
    await page.goto(base + encodeURI(path), { waitUntil: "networkidle" });
    page.off("response", weigh);
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    assert.ok(bytes > 0 && bytes < 150_000, `${path}: ${bytes} bytes`);
    const painted = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
    assert.ok(painted < 2000, `${path}: ${painted} ms`);
  }
  await close(page);
});

test("别人的话不会变成脚本", async () => {
  const page = await open('/?q="><script>document.title="破"</script>');
  assert.doesNotMatch(await page.title(), /^破$/);
  assert.equal(await page.locator("main script").count(), 0);
  await close(page);
});
