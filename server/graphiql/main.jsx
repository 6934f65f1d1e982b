// SPDX-License-Identifier: MIT
// GraphiQL on the endpoint that has served this page, wherever that is mounted.
import { createRoot } from 'react-dom/client';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import 'graphiql/graphiql.css';

const fetcher = createGraphiQLFetcher({ url: window.location.pathname });
const welcome = `# Write a query and press Ctrl-Enter. Ctrl-Space completes; the book at the left shows the schema.

{
  __typename
}
`;

createRoot(document.getElementById('graphiql')).render(<GraphiQL fetcher={fetcher} defaultQuery={welcome} />);
