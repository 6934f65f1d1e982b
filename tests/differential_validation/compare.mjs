// SPDX-License-Identifier: MIT
// Compares validation with graphql-js: verdict, messages and places of random documents.
//
//   node compare.mjs --program FRAISEQL --schema SDL [--count 2000] [--seed 1] [--show 10] [--own-schema]
//
// The documents go through `fraiseql check --jsonl`. By default the checker validates as the server does, with the two
// documented extensions of the language; errors that graphql-js alone has about a bare value in the place of a filter
// are then left out. With --own-schema each line names the schema, which switches the extensions off. The exit code is
// 0 when nothing differs, 1 when something does, 2 when the comparison could not be made.
import fs from 'node:fs';
import readline from 'node:readline';
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import * as g from 'graphql';
import { randomDocument, randomSource } from './generate.mjs';
import { RULES } from './rules.mjs';
import { isWellFormed } from './text.mjs';

const AT_ONCE = 200;
const ERRORS_MAX = 100;

const placed = (e) => `${e.message} @ ${(e.locations ?? []).map((l) => `${l.line}:${l.column}`).join(' ')}`;

function judge(schema, text) {
    try {
        return g.validate(schema, g.parse(text), RULES, { maxErrors: Infinity });
    } catch (error) {
        return [error];
    }
}

// A scalar where a filter is expected: valid here, see docs/language.md.
const isShorthand = (e) => /^Expected value of type "\w+Filter!?", found (?![{[])/.test(e.message);

function difference(errors, answer, ownSchema) {
    let theirs = errors, ours = answer.errors;
    if (!ownSchema) {
        const places = new Set(errors.filter(isShorthand).map((e) => placed({ ...e, message: '', locations: e.locations })));
        theirs = errors.filter((e) => !isShorthand(e));
        // What a filter's shorthand says of its value instead stands at the same place.
        ours = ours.filter((e) => !places.has(placed({ message: '', locations: e.locations })));
    }
    if ((theirs.length > 0) !== (ours.length > 0)) return 'verdict';
    if (theirs.length > ERRORS_MAX) return ''; // the checker's own limit
    const a = theirs.map(placed).sort(), b = ours.map(placed).sort();
    return a.length === b.length && a.every((line, i) => line === b[i]) ? '' : 'message';
}

function startChecker(options) {
    const child = spawn(options.program, ['check', '--jsonl', ...(options['own-schema'] ? [] : ['--schema', options.schema])],
        { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.on('error', () => {});
    return { child, lines };
}

async function main() {
    const { values: options } = parseArgs({ options: {
        program: { type: 'string' }, schema: { type: 'string' }, count: { type: 'string', default: '2000' }, seed: { type: 'string', default: '1' },
        show: { type: 'string', default: '10' }, 'own-schema': { type: 'boolean', default: false },
    } });
    if (!options.program || !options.schema) {
        console.error('usage: node compare.mjs --program FRAISEQL --schema SDL [--count N] [--seed N] [--show N] [--own-schema]');
        return 2;
    }
    const schema = g.buildSchema(fs.readFileSync(options.schema, 'utf8'));
    const random = randomSource(Number(options.seed)), count = Number(options.count);
    const { child, lines } = startChecker(options);
    const tally = { valid: 0, invalid: 0, verdict: 0, message: 0 };
    const shown = [];
    for (let done = 0; done < count;) {
        const batch = [];
        for (; batch.length < AT_ONCE && done < count;) {
            const document = randomDocument(schema, random);
            if (!isWellFormed(document)) continue;
            batch.push({ id: done++, document });
        }
        child.stdin.write(batch.map(({ id, document }) => JSON.stringify({ id, kind: 'validate', document, ...(options['own-schema'] ? { schema: options.schema } : {}) }) + '\n').join(''));
        for (const { id, document } of batch) {
            const errors = judge(schema, document);
            const line = await lines.next();
            if (line.done) {
                console.error(`the checker ended at document ${id}:\n${document}`);
                return 2;
            }
            const answer = JSON.parse(line.value);
            tally[errors.length ? 'invalid' : 'valid']++;
            const what = answer.id === id ? difference(errors, answer, options['own-schema']) : 'verdict';
            if (what) {
                tally[what]++;
                shown.push({ what, document, theirs: errors.map(placed), ours: answer.errors.map(placed) });
            }
        }
    }
    child.stdin.end();
    for (const d of shown.sort((a, b) => a.document.length - b.document.length).slice(0, Number(options.show))) {
        const only = (list, other) => list.filter((x) => !other.includes(x)).map((x) => '    ' + x).join('\n') || '    nothing else';
        console.log(`${d.what}:\n  ${d.document.replace(/\n/g, '\n  ')}\n  graphql-js alone:\n${only(d.theirs, d.ours)}\n  fraiseql alone:\n${only(d.ours, d.theirs)}\n`);
    }
    console.log(`seed ${options.seed}: ${count} documents, ${tally.valid} valid and ${tally.invalid} invalid for graphql-js: `
        + `${tally.verdict} other verdicts, ${tally.message} other messages or places`);
    return tally.verdict + tally.message > 0 ? 1 : 0;
}

process.exit(await main());
