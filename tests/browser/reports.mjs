// SPDX-License-Identifier: Apache-2.0
// Opens each example's report from disk in Chromium: nothing leaves, nothing is said on the console, nothing is cut
// off in light, dark, print and on a narrow screen, and every figure in the text is the JSON's at its rounding.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [cradle, root, out] = process.argv.slice(2).map((path) => resolve(path));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const failures = [];
const fail = (where, what) => failures.push(`${where}: ${what}`);
const units = { g: 1e-3, kg: 1, t: 1e3, kt: 1e6, Wh: 1e-3, kWh: 1, MWh: 1e3, GWh: 1e6, L: 1e-3, m3: 1, h: 1, USD: 1, FLOP: 1 };

/** Half of the last printed place, in the figure's own unit. */
function rounding(text) {
  const plain = text.replaceAll(',', '');
  const decimals = plain.includes('.') ? plain.length - plain.indexOf('.') - 1 : -(/0*$/.exec(plain)[0].length);
  return 0.5 * 10 ** -decimals;
}

function checkFigure(where, id, text, unitText, json) {
  const words = { zero: '0', not_applicable: 'not applicable', not_estimated: 'not estimated', below_cutoff: 'below cut-off', withheld: 'withheld' };
  if (json.status in words) {
    if (text !== words[json.status]) fail(where, `${id} reads '${text}', the JSON says ${json.status}`);
    return;
  }
  const scale = units[unitText.split(/[ /]/)[0]];
  if (!scale) return fail(where, `${id} has the unit '${unitText}'`);
  const expected = json.status === 'range' ? [json.low, json.high] : [json.value];
  const printed = json.status === 'range' ? text.split(' to ') : [text];
  printed.forEach((one, i) => {
    const value = Number(one.replaceAll(',', '')) * scale;
    if (!(Math.abs(value - expected[i]) <= rounding(one) * scale * (1 + 1e-9))) fail(where, `${id} reads '${one} ${unitText}', the JSON says ${expected[i]}`);
  });
}

/** Runs in the page: whatever sticks out of the window, of its svg, or has no name. */
function inspect() {
  const found = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > window.innerWidth + 1) found.push(`the page is ${wide} px wide in a window of ${window.innerWidth}`);
  for (const svg of document.querySelectorAll('svg')) {
    const frame = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll('text')) {
      const box = text.getBoundingClientRect();
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 1 || box.bottom > frame.bottom + 1) found.push(`'${text.textContent}' is cut off in its chart`);
    }
    if (svg.getAttribute('role') !== 'img' || !svg.querySelector('title')) found.push('a chart has no name');
  }
  const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length) found.push(`ids are used twice: ${twice}`);
  let level = 1;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) found.push(`heading '${heading.textContent}' skips a level`);
    level = own;
  }
  if (document.querySelectorAll('h1').length !== 1) found.push('there is not exactly one h1');
  return found;
}

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
mkdirSync(out, { recursive: true });
for (const example of ['examples/bert-strubell-2019/study', 'examples/bloom-176b/study', 'examples/bloom-176b/cradle-to-grave', 'examples/llama-3.1-405b/study', 'examples/fine-tune-from-logs/study', 'tests/studies/odd-names', 'tests/studies/scenario', 'tests/studies/service']) {
  const name = example.split('/').slice(1).join('-');
  const html = join(out, `${name}.html`), json = join(out, `${name}.json`);
  execFileSync(cradle, ['report', join(root, `${example}.yaml`), '--quiet', '-o', html, '-o', json]);
  const result = JSON.parse(readFileSync(json, 'utf8'));
  for (const [look, settings] of Object.entries({ light: { colorScheme: 'light' }, dark: { colorScheme: 'dark' }, narrow: { colorScheme: 'light', viewport: { width: 320, height: 700 } }, print: { colorScheme: 'dark', viewport: { width: 658, height: 986 } } })) {
    const where = `${name} ${look}`;
    const page = await (await browser.newContext({ viewport: { width: 1100, height: 900 }, ...settings })).newPage();
    page.on('console', (message) => fail(where, `console: ${message.text()}`));
    page.on('pageerror', (error) => fail(where, `error: ${error}`));
    page.on('request', (request) => { if (!request.url().startsWith('file:')) fail(where, `asks for ${request.url()}`); });
    page.on('requestfailed', (request) => fail(where, `fails to load ${request.url()}`));
    if (look === 'print') await page.emulateMedia({ media: 'print' });
    await page.goto(pathToFileURL(html).href);
    if (look !== 'print') await page.$$eval('details', (all) => all.forEach((one) => { one.open = true; }));  // what is folded must hold too
    for (const problem of await page.evaluate(inspect)) fail(where, problem);
    await page.screenshot({ path: join(out, `${name}-${look}.png`), fullPage: true });
    if (look === 'print') {
      const pdf = await page.pdf({ path: join(out, `${name}.pdf`), preferCSSPageSize: true });
      const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g).length;
      if (pages > 8) fail(where, `prints on ${pages} pages`);  // a normal study
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      if (ground !== 'rgb(255, 255, 255)') fail(where, `prints on ${ground}`);
    }
    if (look === 'light') {
      const cells = await page.$$eval('[data-figure]', (all) => all.map((cell) => [cell.dataset.figure, cell.textContent, cell.nextElementSibling.textContent]));
      if (cells.length !== Object.keys(result.figures).length) fail(where, `${cells.length} figures of ${Object.keys(result.figures).length}`);
      for (const [id, text, unit] of cells) checkFigure(where, id, text, unit, result.figures[id]);
      const headline = await page.$eval('#headline', (element) => element.textContent);
      const [, value, unit] = /^(.*?) (\S+ CO2e)$/.exec(headline);
      checkFigure(where, 'headline', value, unit, result.figures['ghg.total']);
      const embedded = await page.$eval('#ledger', (element) => element.textContent);
      if (JSON.stringify(JSON.parse(embedded)) !== JSON.stringify(result)) fail(where, 'the embedded ledger is not the JSON report');
    }
    if (look === 'light' || look === 'dark') {
      // The page's own policy forbids scripts, so the accessibility checker runs in an isolated world over CDP.
      const session = await page.context().newCDPSession(page);
      const { frameTree } = await session.send('Page.getFrameTree');
      const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
      await session.send('Runtime.evaluate', { expression: axe, contextId: executionContextId });
      const { result: found, exceptionDetails } = await session.send('Runtime.evaluate', {
        expression: "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']}).then((r) => r.violations.map((v) => v.id + ': ' + v.help + ' (' + v.nodes.slice(0, 3).map((n) => n.target + ' ' + (n.any[0] || {}).message).join('; ') + ')'))",
        contextId: executionContextId, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) fail(where, `the accessibility check did not run: ${exceptionDetails.text}`);
      else for (const violation of found.value) fail(where, violation);
    }
    await page.context().close();
  }
}
await browser.close();
console.log(failures.join('\n') || 'every report opens as it should');
process.exit(failures.length ? 1 : 0);
