// SPDX-License-Identifier: MIT
// @graphql-codegen: TypeScript from the endpoint's introspection and an operation, which the TypeScript compiler then checks.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { documents, url } from './cases.mjs';

const require = createRequire(import.meta.url);
const work = process.argv[3];
const output = path.join(work, 'types.ts');
fs.writeFileSync(path.join(work, 'operations.graphql'), `${documents.query}\n${documents.mutation}\n`);
await generate({
  schema: url, documents: path.join(work, 'operations.graphql'), silent: true,
  generates: { [output]: { plugins: ['typescript', 'typescript-operations'], config: { strictScalars: false } } },
}, true);
const text = fs.readFileSync(output, 'utf8');
assert.match(text, /export type ArticleWhere = \{/);
assert.match(text, /export type ArticlesQuery = /);
fs.writeFileSync(path.join(work, 'use.ts'), `
import type { ArticlesQuery, ArticlesQueryVariables } from './types';
const variables: ArticlesQueryVariables = { limit: 3, where: { id: { lte: 50 } } };
export const titles = (data: ArticlesQuery): string[] => data.articles.map((article) => article.title + String(variables.limit));
`);
const tsc = path.join(path.dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
execFileSync(process.execPath, [tsc, '--strict', '--noEmit', '--skipLibCheck', '--target', 'es2022', '--moduleResolution', 'bundler',
  '--module', 'esnext', path.join(work, 'use.ts')], { stdio: ['ignore', 'inherit', 'inherit'] });
