// SPDX-License-Identifier: MIT
// An HTTP/2 client for tests: node h2.mjs MODE ADDRESS QUERY. Prints one line of JSON; its modes are the functions below.
import http2 from 'node:http2';

const [mode, address, query] = process.argv.slice(2);
const session = http2.connect(address, { rejectUnauthorized: false });
session.on('error', () => {});

function open(text) {
  const stream = session.request({ ':method': 'POST', ':path': '/graphql', 'content-type': 'application/json' });
  stream.end(JSON.stringify({ query: text }));
  return stream;
}

// The whole of an answer, or how it ended.
function ask(text) {
  return new Promise((resolve) => {
    const stream = open(text);
    let status = 0;
    let body = '';
    stream.on('response', (headers) => { status = headers[':status']; });
    stream.on('data', (chunk) => { body += chunk; });
    stream.on('error', () => {});
    stream.on('close', () => resolve({ status, reset: stream.rstCode, length: body.length, body: body.slice(0, 1000) }));
  });
}

const line = () => new Promise((resolve) => process.stdin.once('data', resolve));

const modes = {
  // One answer.
  one: () => ask(query),
  // Many at once, on one connection.
  many: async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(query)));
    return { good: answers.filter((a) => a.status === 200 && a.reset === 0).length };
  },
  // Opens a stream, resets it when told to by a line of input, then asks for something else on the same connection.
  cancel: async () => {
    const stream = open(query);
    stream.on('error', () => {});
    await line();
    stream.close(http2.constants.NGHTTP2_CANCEL);
    return ask('{ __typename }');
  },
};
console.log(JSON.stringify(await modes[mode]()));
session.destroy();
process.stdin.unref?.();
process.exit(0);
