// SPDX-License-Identifier: MIT
// Apollo Client: cache, variables, errors, and automatic persisted queries by POST and by GET.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { checkArticles, checkUser, documents, newUser, url, variables, WRONG_MESSAGE } from './cases.mjs';

const require = createRequire(import.meta.url);
const { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } = require('@apollo/client/core');
const { createPersistedQueryLink } = require('@apollo/client/link/persisted-queries');

const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache() });
checkArticles((await client.query({ query: gql(documents.query), variables })).data);
const cached = client.readQuery({ query: gql(documents.query), variables });
checkArticles(cached);
assert.equal(cached.articles[0].__typename, 'Article');

const input = newUser('apollo');
checkUser((await client.mutate({ mutation: gql(documents.mutation), variables: { input } })).data, input);

await assert.rejects(client.query({ query: gql(documents.wrong) }), (error) => {
  const told = error.graphQLErrors?.[0] ?? error.networkError?.result?.errors?.[0];
  assert.equal(told.message, WRONG_MESSAGE);
  assert.equal(told.extensions.code, 'GRAPHQL_VALIDATION_FAILED');
  return true;
});

for (const useGETForHashedQueries of [false, true]) {
  const requests = [];
  const spy = async (address, options) => {
    requests.push({ method: options.method ?? 'GET', query: options.body ? 'query' in JSON.parse(options.body) : /[?&]query=/.test(address) });
    return fetch(address, options);
  };
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const persisted = new ApolloClient({
    link: ApolloLink.from([createPersistedQueryLink({ sha256, useGETForHashedQueries }), new HttpLink({ uri: url, fetch: spy })]),
    cache: new InMemoryCache(),
  });
  const query = gql(documents.query.replace('Articles', `Persisted${useGETForHashedQueries}`));
  const ask = () => persisted.query({ query, variables, fetchPolicy: 'no-cache' });
  checkArticles((await ask()).data);
  checkArticles((await ask()).data);
  const method = useGETForHashedQueries ? 'GET' : 'POST';
  assert.deepEqual(requests.map((r) => r.query), [false, true, false], JSON.stringify(requests));
  assert.equal(requests[0].method, method);
  assert.equal(requests[2].method, method);
}
client.stop();
