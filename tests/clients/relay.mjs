// SPDX-License-Identifier: MIT
// Relay: its compiler over the schema that the endpoint publishes, and its runtime with what the compiler made.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { checkArticles, checkUser, newUser, url, variables } from './cases.mjs';

const require = createRequire(import.meta.url);
const { Environment, Network, RecordSource, Store, commitMutation, fetchQuery } = require('relay-runtime');

const work = process.argv[3];
const source = path.join(work, 'src');
fs.mkdirSync(source, { recursive: true });
const sdl = await (await fetch(new URL('/schema.graphql', url))).text();
fs.writeFileSync(path.join(work, 'schema.graphql'), sdl);
fs.writeFileSync(path.join(source, 'app.js'), `
import { graphql } from 'relay-runtime';
graphql\`
  fragment app_author on Author { id name }
\`;
graphql\`
  query appArticlesQuery($limit: Int!, $where: ArticleWhere) {
    articles(limit: $limit, where: $where, orderBy: [{ id: ASC }]) {
      id title status author { ...app_author @relay(mask: false) } comments(limit: 2) { id body }
    }
  }
\`;
graphql\`
  mutation appMakeMutation($input: JSON!) { createUser(input: $input) { id name email } }
\`;
`);
fs.writeFileSync(path.join(work, 'relay.config.json'), JSON.stringify({
  src: './src', schema: './schema.graphql', language: 'javascript', noFutureProofEnums: true,
}));
const binary = path.join(path.dirname(require.resolve('relay-compiler/package.json')), 'linux-x64', 'relay');
execFileSync(binary, ['relay.config.json'], { cwd: work, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });

const generated = path.join(source, '__generated__');
const artifact = async (name) => {
  const file = path.join(generated, `${name}.graphql.js`);
  const module = file.replace(/js$/, 'mjs');
  fs.renameSync(file, module);
  return (await import(module)).default;
};
const network = Network.create(async (parameters, given) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json, application/json' },
    body: JSON.stringify({ query: parameters.text, variables: given, operationName: parameters.name }),
  });
  return response.json();
});
// Keys are unique within their type only.
const getDataID = (fields, type) => (fields.id == null ? null : `${type}:${fields.id}`);
const environment = new Environment({ network, getDataID, store: new Store(new RecordSource()) });
checkArticles(await fetchQuery(environment, await artifact('appArticlesQuery'), variables).toPromise());
assert.ok(environment.getStore().getSource().getRecordIDs().includes('Article:1'));

const input = newUser('relay');
const mutation = await artifact('appMakeMutation');
const data = await new Promise((resolve, reject) => commitMutation(environment, {
  mutation,
  variables: { input },
  onCompleted: (result, errors) => (errors ? reject(new Error(errors[0].message)) : resolve(result)),
  onError: reject,
}));
checkUser(data, input);
