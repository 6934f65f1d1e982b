// SPDX-License-Identifier: MIT
// graphql-js, kept warm, measured on demand: reads `WORK MILLISECONDS` lines, answers each with the best microseconds of
// a run. WORK is a line of `subjects` below.
//
//   node reference.mjs SCHEMA.graphql DOCUMENT.graphql
import fs from 'node:fs';
import readline from 'node:readline';
import * as g from 'graphql';

const [sdl, text] = process.argv.slice(2).map((file) => fs.readFileSync(file, 'utf8'));
const schema = g.buildSchema(sdl), document = g.parse(text);
const question = g.getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true });
const asked = g.parse(question);
const subjects = {
    parse: () => g.parse(text), // with places, as errors need them, and as ours
    'parse-schema': () => g.parse(sdl),
    validate: () => { if (g.validate(schema, document).length) throw new Error('invalid'); },
    introspection: () => JSON.stringify(g.executeSync({ schema, document: asked })),
};

// The best of slices of about 5 ms: what was disturbed does not count.
function best(work, milliseconds) {
    let runs = 1, least = Infinity;
    const end = performance.now() + milliseconds;
    do {
        const start = performance.now();
        for (let i = 0; i < runs; i++) work();
        const took = performance.now() - start;
        least = Math.min(least, took / runs);
        if (took < 4) runs *= 2;
    } while (performance.now() < end);
    return least * 1000;
}

for (const work of Object.values(subjects)) best(work, 700); // warm
console.log(JSON.stringify({ version: g.version, node: process.version, question }));
for await (const line of readline.createInterface({ input: process.stdin })) {
    const [name, milliseconds] = line.split(' ');
    console.log(best(subjects[name], Number(milliseconds)));
}
