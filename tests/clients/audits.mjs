// SPDX-License-Identifier: MIT
// graphql-http's audits of GraphQL over HTTP: every MUST and SHOULD; a MAY may be left.
import { serverAudits } from 'graphql-http';

const failed = [];
const audits = serverAudits({ url: process.argv[2], fetchFn: fetch });
for (const audit of audits) {
  const result = await audit.fn();
  if (result.status !== 'ok' && !/^MAY/.test(audit.name)) failed.push(`${audit.id} ${audit.name}: ${result.reason}`);
}
console.log(`${audits.length - failed.length} of ${audits.length} audits`);
if (audits.length < 50) failed.push('where are the audits?');
if (failed.length > 0) throw new Error(`failed:\n${failed.join('\n')}`);
