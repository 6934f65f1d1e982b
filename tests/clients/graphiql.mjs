// SPDX-License-Identifier: MIT
// GraphiQL in headless Chromium: it opens without the network, runs a query, shows its answer, and its explorer shows a type.
import assert from 'node:assert/strict';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { url } from './cases.mjs';

const work = process.argv[3];

// Looks again until it is so. Playwright's own waitForFunction evaluates text in the page, which the page's policy forbids.
async function until(page, condition) {
  const end = Date.now() + 60000;
  while (!await page.evaluate(condition)) {
    assert.ok(Date.now() < end, `never came true: ${condition}`);
    await page.waitForTimeout(50);
  }
}

const browser = await chromium.launch({
  executablePath: process.argv[4],
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const complaints = [];
  const origin = new URL(url).origin;
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  await page.waitForSelector('.graphiql-query-editor .CodeMirror');
  await page.evaluate(() => document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror
    .setValue('{ articles(limit: 2, orderBy: [{ id: ASC }]) { id title author { name } } }'));
  await page.click('.graphiql-execute-button');
  await until(page, () => document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue().includes('"articles"'));
  const answer = JSON.parse(await page.evaluate(() => document.querySelector('.result-window .CodeMirror').CodeMirror.getValue()));
  assert.deepEqual(answer.data.articles.map((a) => a.id), [1, 2]);

  await page.click('button[aria-label="Show Documentation Explorer"]');
  await page.click('.graphiql-doc-explorer a:text-is("Query")');
  await page.click('.graphiql-doc-explorer a:text-is("Article") >> nth=0');
  await until(page, () => document.querySelector('.graphiql-doc-explorer')?.textContent.includes('publishedAt'));
  await page.screenshot({ path: path.join(work, 'graphiql.png') });
  assert.deepEqual(complaints, []);
} finally {
  await browser.close();
}
