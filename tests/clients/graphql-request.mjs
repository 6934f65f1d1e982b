// SPDX-License-Identifier: MIT
// graphql-request: one request, several in one body, errors.
import assert from 'node:assert/strict';
import { batchRequests, GraphQLClient } from 'graphql-request';
import { checkArticles, checkUser, documents, newUser, url, variables } from './cases.mjs';

const client = new GraphQLClient(url);
checkArticles(await client.request(documents.query, variables));
const input = newUser('graphql-request');
checkUser(await client.request(documents.mutation, { input }), input);

const answers = await batchRequests(url, [{ document: documents.query, variables }, { document: '{ __typename }' }]);
checkArticles(answers[0].data);
assert.deepEqual(answers[1].data, { __typename: 'Query' });

await assert.rejects(client.request(documents.wrong), (error) => {
  assert.equal(error.response.status, 400); // this version reads no body of an answer that is not 2xx
  return true;
});
