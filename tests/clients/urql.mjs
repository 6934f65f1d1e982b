// SPDX-License-Identifier: MIT
// urql: queries (by GET where short enough, its default), mutations, errors.
import assert from 'node:assert/strict';
import { cacheExchange, Client, fetchExchange } from '@urql/core';
import { checkArticles, checkUser, documents, newUser, url, variables, WRONG_MESSAGE } from './cases.mjs';

for (const preferGetMethod of [true, false]) {
  const client = new Client({ url, exchanges: [cacheExchange, fetchExchange], preferGetMethod });
  const answer = await client.query(documents.query, variables).toPromise();
  assert.equal(answer.error, undefined);
  checkArticles(answer.data);
  const input = newUser('urql');
  const made = await client.mutation(documents.mutation, { input }).toPromise();
  assert.equal(made.error, undefined);
  checkUser(made.data, input);
  const wrong = await client.query(documents.wrong, {}).toPromise();
  assert.equal(wrong.error.graphQLErrors[0].message, WRONG_MESSAGE);
  assert.equal(wrong.data, undefined);
}
