// SPDX-License-Identifier: MIT
// What every client does against the demo's schema, and what must come of it. Scripts are called with the endpoint's address.
import assert from 'node:assert/strict';

export const url = process.argv[2];

export const documents = {
  query: `query Articles($limit: Int!, $where: ArticleWhere) {
    articles(limit: $limit, where: $where, orderBy: [{ id: ASC }]) { id title status author { id name } comments(limit: 2) { id body } }
  }`,
  mutation: `mutation Make($input: JSON!) { createUser(input: $input) { id name email } }`,
  wrong: `{ articles(limit: 1) { titel } }`,
};
export const variables = { limit: 3, where: { id: { lte: 50 } } };

export function checkArticles(data) {
  assert.equal(data.articles.length, 3);
  for (const article of data.articles) {
    assert.equal(typeof article.title, 'string');
    assert.ok(['DRAFT', 'PUBLISHED', 'ARCHIVED'].includes(article.status.toUpperCase()), article.status);
    assert.ok(article.author.id > 0 && article.author.name.length > 0);
    assert.ok(article.comments.length <= 2);
  }
  assert.deepEqual(data.articles.map((a) => a.id), [1, 2, 3]);
}

let made = 0;
export const newUser = (client) => ({ name: `Made by ${client}`, email: `${client}-${process.pid}-${made++}@example.org` });

export function checkUser(data, input) {
  assert.equal(data.createUser.name, input.name);
  assert.match(data.createUser.id, /^[0-9a-f-]{36}$/);
}

export const WRONG_MESSAGE = 'Cannot query field "titel" on type "Article". Did you mean "title"?';
