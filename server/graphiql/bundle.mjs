// SPDX-License-Identifier: MIT
// node bundle.mjs SOURCE OUTPUT.c: GraphiQL from npm's packages (pinned by package-lock.json), bundled by esbuild, compressed,
// and written as C that embeds the files. The files lie in OUTPUT's folder under graphiql/, for whoever serves them otherwise.
//
// A build never fails for want of npm or the network: then an empty list is written, the program serves a page that says so,
// and the next build tries again. A finished bundle is kept in the user's cache folder, by a hash of all that goes into it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const SOURCES = ['package.json', 'package-lock.json', 'main.jsx', 'page.css', 'index.html', 'bundle.mjs'];
const [source, output] = process.argv.slice(2).map((p) => path.resolve(p));
const folder = path.join(path.dirname(output), 'graphiql');
const short = (data) => createHash('sha256').update(data).digest('hex').slice(0, 16);
const key = short(Buffer.concat(SOURCES.map((name) => fs.readFileSync(path.join(source, name)))));
const cacheRoot = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
const cached = path.join(cacheRoot, 'fraiseql', `graphiql-${key}`);

function run(command, args, cwd) {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 300_000 });
  if (done.error) throw done.error;
  if (done.status !== 0) throw new Error(`${path.basename(command)} ended with ${done.status}\n${done.stderr.trim()}`);
}

// Installs and bundles in a folder of its own, which is removed again.
function bundle(into) {
  const work = fs.mkdtempSync(path.join(path.dirname(output), 'graphiql-npm-'));
  try {
    for (const name of SOURCES) fs.copyFileSync(path.join(source, name), path.join(work, name));
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-timeout=60000'], work);
    run(path.join(work, 'node_modules', '.bin', 'esbuild'), ['main.jsx', '--bundle', '--minify', '--jsx=automatic', '--target=es2020',
      '--define:process.env.NODE_ENV="production"', '--legal-comments=eof', '--outfile=out/graphiql.js', '--log-level=error'], work);
    // The system's fonts do: half of the style sheet would be fonts.
    const css = fs.readFileSync(path.join(work, 'out', 'graphiql.css'), 'utf8').replace(/@font-face\s*{[^}]*}/g, '') +
      fs.readFileSync(path.join(work, 'page.css'), 'utf8');
    const js = fs.readFileSync(path.join(work, 'out', 'graphiql.js'));
    // Names that hold the content's hash can be cached for ever.
    const names = { 'graphiql.js': `graphiql-${short(js)}.js`, 'graphiql.css': `graphiql-${short(css)}.css` };
    let html = fs.readFileSync(path.join(work, 'index.html'), 'utf8');
    for (const [plain, hashed] of Object.entries(names)) html = html.replace(plain, hashed);
    fs.mkdirSync(into, { recursive: true });
    fs.writeFileSync(path.join(into, 'index.html'), html);
    fs.writeFileSync(path.join(into, names['graphiql.js']), js);
    fs.writeFileSync(path.join(into, names['graphiql.css']), css);
    for (const name of fs.readdirSync(into)) {
      const data = fs.readFileSync(path.join(into, name));
      fs.writeFileSync(path.join(into, `${name}.gz`), gzipSync(data, { level: 9 }));
      fs.writeFileSync(path.join(into, `${name}.br`), brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    }
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

function copy(from, to) {
  fs.rmSync(to, { recursive: true, force: true });
  fs.cpSync(from, to, { recursive: true });
}

function obtain() {
  if (fs.existsSync(path.join(cached, 'index.html.br'))) return copy(cached, folder);
  fs.rmSync(folder, { recursive: true, force: true });
  bundle(folder);
  try {
    // Whole or not at all, whoever else builds at the same time.
    const fresh = `${cached}.${process.pid}`;
    copy(folder, fresh);
    fs.renameSync(fresh, cached);
  } catch {
    // The cache is a convenience.
  }
}

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8' };

function writeC(names) {
  const labels = [];
  const entries = names.map((name, i) => {
    const variants = ['', '.br', '.gz'].map((suffix, j) => {
      const label = `graphiql_file_${i}_${j}`;
      labels.push(label);
      const file = path.join(folder, name + suffix).replace(/[\\"]/g, '\\$&');
      return { label, text: `__asm__(".section .rodata\\n${label}: .incbin \\"${file}\\"\\n${label}_end: .byte 0\\n.previous");` };
    });
    const declared = variants.map((v) => `${v.text}\nextern const char ${v.label}[], ${v.label}_end[];`).join('\n');
    const members = variants.map((v) => `${v.label}, ${v.label}_end`).join(', ');
    const tag = short(fs.readFileSync(path.join(folder, name)));
    return { declared, row: `    {"${name}", "${TYPES[path.extname(name)]}", "\\"${tag}\\"", ${members}},` };
  });
  const text = `/* Written by bundle.mjs. */\n#include "pages.h"\n\n${entries.map((e) => e.declared).join('\n')}\n\n` +
    `const page_file page_files[] = {\n${entries.map((e) => e.row).join('\n')}\n    {0},\n};\n`;
  fs.writeFileSync(output, text);
}

try {
  obtain();
  writeC(fs.readdirSync(folder).filter((name) => TYPES[path.extname(name)]).sort());
} catch (error) {
  console.log(`GraphiQL is left out, its page will say so: ${error.message}`);
  fs.rmSync(folder, { recursive: true, force: true });
  writeC([]);
  fs.utimesSync(output, 0, 0); // older than its sources: the next build tries again
}
