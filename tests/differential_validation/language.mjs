// SPDX-License-Identifier: MIT
// Compares what needs no database with graphql-js: tokens, syntax and its errors, printing, schema definitions, values of
// variables and literals, introspection.
//
//   node language.mjs --program FRAISEQL [--kinds lex,document,value,...] [--count 2000] [--seed 1] [--show 10]
//
// The texts go through `fraiseql check --jsonl`; verdict, messages, places and what was made of the text must be the
// same. The exit code is 0 when nothing differs, 1 when something does, 2 when the comparison could not be made.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { spawn } from 'node:child_process';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import * as g from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { specifiedSDLRules as SDL_RULES } from 'graphql/validation/specifiedRules.js';
import { validateSDL } from 'graphql/validation/validate.js';
import { randomDocument, randomSource } from './generate.mjs';
import * as make from './generate_language.mjs';
import { RULES } from './rules.mjs';
import { isWellFormed } from './text.mjs';

const AT_ONCE = 200;
const ERRORS_MAX = 100;
const OPTIONAL_RULES = [g.NoDeprecatedCustomRule, g.NoSchemaIntrospectionCustomRule, g.MaxIntrospectionDepthRule];

const placed = (e) => `${e.message} @ ${(e.locations ?? []).map((l) => `${l.line}:${l.column}`).join(' ')}`;
const attempt = (work) => {
    try {
        return { valid: true, errors: [], ...work() };
    } catch (error) {
        if (!(error instanceof g.GraphQLError)) throw error;
        return { valid: false, errors: [error] };
    }
};

// -- what graphql-js makes of it

function tokens(text) {
    const lexer = new g.Lexer(new g.Source(text)), out = [];
    for (;;) {
        const t = lexer.advance();
        out.push({ kind: t.kind, start: t.start, end: t.end, line: t.line, column: t.column, ...(t.value === undefined ? {} : { value: t.value }) });
        if (t.kind === g.TokenKind.EOF) return { tokens: out };
    }
}

const printed = (parse) => (text) => ({ printed: g.print(parse(text)) });

// A rule of the specification that graphql-js has from 17 on.
function rootsTwice(schema) {
    const uses = new Map();
    for (const operation of ['query', 'mutation', 'subscription']) {
        const type = schema.getRootType(operation);
        if (g.isObjectType(type)) uses.set(type, [...(uses.get(type) ?? []), operation]);
    }
    const node = (operation) => [schema.astNode, ...schema.extensionASTNodes].flatMap((n) => n?.operationTypes ?? []).find((o) => o.operation === operation)?.type;
    return [...uses].filter(([, operations]) => operations.length > 1).map(([type, operations]) => new g.GraphQLError(
        `All root types must be different, "${type}" type is used as ${new Intl.ListFormat('en').format(operations)} root types.`, { nodes: operations.map(node).filter((n) => n) }));
}

function schemaOf(text) {
    const document = g.parse(text);
    let errors = validateSDL(document);
    if (errors.length) return { valid: false, errors };
    const schema = g.buildASTSchema(document, { assumeValidSDL: true });
    errors = [...g.validateSchema(schema), ...rootsTwice(schema)];
    return errors.length ? { valid: false, errors } : { schema };
}

const outline = (schema) => g.printSchema(g.lexicographicSortSchema(schema));

// Defaults of custom scalars that are objects, and infinite ones, can not be printed by graphql-js.
function describe(made) {
    try {
        return described(made);
    } catch (error) {
        if (/^Cannot convert value to AST|represent non numeric value: Infinity/.test(error.message)) return {};
        throw error;
    }
}

function described(made) {
    return made.schema ? { ...made, printed: g.printSchema(made.schema), schema: undefined, outline: outline(made.schema) } : made;
}

// -- kinds of cases: each makes requests and says what to expect

// Where graphql-js itself runs out of stack or breaks off (a default of a type that is no input type), it says nothing.
const survives = (work) => {
    try {
        return work();
    } catch (error) {
        if (error instanceof RangeError || /^Unexpected input type/.test(error.message)) return null;
        throw error;
    }
};

// A oneOf type each of whose members may be another object: perhaps it has no finite value, which 16 does not see.
const endless = (schema) => Object.values(schema.getTypeMap()).some((t) => t.isOneOf && Object.values(t.getFields()).every((f) => g.isInputObjectType(g.getNullableType(f.type))));

function textCase(kind, text, parse) {
    return { request: { kind, document: text }, expect: attempt(() => parse(text)) };
}

class Cases {
    constructor(random, scratch) {
        this.random = random;
        this.scratch = scratch;
        this.files = 0;
        this.known = null;
        this.left = 0;
    }

    file(text) {
        const name = path.join(this.scratch, `${this.files++}.graphql`);
        fs.writeFileSync(name, text);
        return name;
    }

    // A valid schema, for a while the same.
    valid() {
        for (; this.left-- <= 0;) {
            const text = make.randomSchema(this.random, 0);
            const made = survives(() => attempt(() => schemaOf(text)));
            if (made?.schema && !endless(made.schema)) {
                this.known = { schema: made.schema, file: this.file(text), text };
                this.left = 20;
            }
        }
        return this.known;
    }

    lex() {
        const r = this.random;
        return textCase('lex', r.chance(0.5) ? make.randomScraps(r) : r.chance(0.7) ? make.randomStringToken(r) : make.spoilCharacters(make.randomStringToken(r) + ' a ' + make.randomStringToken(r), r), tokens);
    }

    document() {
        const r = this.random, how = r.below(4);
        let text = how === 0 ? make.randomScraps(r) : how === 1 ? randomDocument(this.valid().schema, r) : make.randomSchema(r, 0.02);
        if (how === 1 || how === 3) text = make.spoilCharacters(text, r);
        return textCase('document', text, printed(g.parse));
    }

    value() { return this.aValue('value', g.parseValue, false); }

    'const-value'() { return this.aValue('const-value', g.parseConstValue, true); }

    aValue(kind, parse, constant) {
        const text = make.randomValue(this.random, 0, constant);
        return textCase(kind, this.random.chance(0.3) ? make.spoilCharacters(text, this.random) : text, printed(parse));
    }

    type() {
        const text = make.randomType(this.random);
        return textCase('type', this.random.chance(0.2) ? make.spoilCharacters(text, this.random) : text, printed(g.parseType));
    }

    schema() {
        const r = this.random, text = make.randomSchema(r, r.pick([0, 0, 0.01, 0.03, 0.08]));
        const expect = survives(() => attempt(() => describe(schemaOf(text))));
        return { request: { kind: 'schema', schema: this.file(text), document: '' }, expect, shown: text };
    }

    // One rule alone, on a document of its own or on top of another schema.
    'sdl-rule'() {
        const r = this.random, rule = r.pick(SDL_RULES), base = r.chance(0.5) ? this.valid() : null;
        let text = make.randomSchema(r, r.pick([0.02, 0.05]));
        if (base && r.chance(0.7)) text = text.replace(/^(type|interface|union|enum|scalar) /gm, 'extend $1 ').replace(/^("""[^"]*"""|"[^"\n]*")\s*(?=extend)/gm, '');
        const request = { kind: 'sdl-rule', rule: rule.name, document: text, ...(base ? { extends: base.text } : {}) };
        const expect = survives(() => attempt(() => {
            const errors = validateSDL(g.parse(text), base?.schema, [rule]);
            return { valid: errors.length === 0, errors };
        }));
        return { request, expect, shown: `${rule.name}\n${text}\n${base ? '# on top of\n' + base.text : ''}` };
    }

    // All rules, over schemas that are random, too.
    validate() {
        const { schema, file, text } = this.valid(), document = randomDocument(schema, this.random);
        const expect = attempt(() => {
            const errors = g.validate(schema, g.parse(document), RULES, { maxErrors: Infinity });
            return { valid: errors.length === 0, errors };
        });
        return { request: { kind: 'validate', schema: file, document }, expect, shown: document + '\n' + text };
    }

    // Rules that are none of the specification's, alone.
    'optional-rule'() {
        const r = this.random, { schema, file, text } = this.valid(), rule = r.pick(OPTIONAL_RULES);
        const document = r.chance(0.4) ? make.randomIntrospection(schema, r) : randomDocument(schema, r);
        const expect = attempt(() => {
            const errors = g.validate(schema, g.parse(document), [rule], { maxErrors: Infinity });
            return { valid: errors.length === 0, errors };
        });
        return { request: { kind: 'optional-rule', rule: rule.name, schema: file, document }, expect, shown: `${rule.name}\n${document}\n${text}` };
    }

    variables() {
        const r = this.random, { schema, file } = this.valid();
        const inputs = Object.values(schema.getTypeMap()).filter((t) => g.isInputType(t) && !t.name.startsWith('__'));
        const faults = r.pick([0, 0.03, 0.15]);
        const wrap = (t) => r.chance(0.2) ? wrap(new g.GraphQLList(r.chance(0.3) ? new g.GraphQLNonNull(t) : t)) : t;
        const definitions = [], json = [];
        for (let i = 0; i <= r.below(3); i++) {
            let type = wrap(r.pick(inputs));
            if (r.chance(0.3)) type = new g.GraphQLNonNull(type);
            const initial = r.chance(0.2) ? literalOf(g.getNullableType(type), r, 0) : null;
            definitions.push(`$v${i}: ${r.chance(faults / 4) ? r.pick(['Query', 'Missing', '[Missing!]']) : type}${initial === null ? '' : ' = ' + initial}`);
            if (r.chance(0.9)) json.push(`"v${i}": ${make.jsonOf(type, r, faults)}`);
        }
        if (r.chance(0.1)) json.push('"other": 1');
        const document = `query (${definitions.join(', ')}) { __typename }`, text = `{${json.join(', ')}}`;
        return { raw: { document, schema: file, kind: 'variables' }, variables: text, expect: survives(() => variablesOf(schema, document, text)), shown: `${document}\n${text}\n${this.known.text}` };
    }

    introspection() {
        const { schema, file, text } = this.valid();
        const document = make.randomIntrospection(schema, this.random);
        const parsed = g.parse(document), found = g.validate(schema, parsed, RULES);
        const answer = found.length ? { errors: found } : g.executeSync({ schema, document: parsed });
        const expect = { valid: !answer.errors, errors: answer.errors ?? [], ...(answer.errors ? {} : { result: JSON.parse(JSON.stringify(answer)) }) };
        return { request: { kind: 'execute', schema: file, document }, expect, shown: document + '\n' + text };
    }
}

function literalOf(type, r, depth) {
    if (g.isNonNullType(type)) return literalOf(type.ofType, r, depth);
    if (depth > 12) return 'null'; // a ring of required lists
    if (r.chance(0.08)) return 'null';
    if (g.isListType(type)) return r.chance(0.3) ? literalOf(g.getNullableType(type.ofType), r, depth + 1) : `[${Array.from({ length: r.below(3) }, () => literalOf(type.ofType, r, depth + 1)).join(' ')}]`;
    if (g.isEnumType(type)) return r.pick(type.getValues()).name;
    if (g.isInputObjectType(type)) {
        const fields = type.isOneOf ? [r.pick(Object.values(type.getFields()))] : Object.values(type.getFields()).filter((f) => g.isRequiredInputField(f) || (depth < 3 && r.chance(0.4)));
        return `{${fields.map((f) => `${f.name}: ${literalOf(type.isOneOf ? g.getNullableType(f.type) : f.type, r, depth + 1)}`).join(' ')}}`;
    }
    return r.pick({ Int: ['1', '-3'], Float: ['1', '1.5', '2e3'], Boolean: ['true'], ID: ['"x"', '7'], String: ['"a"', '"""\n b\n"""'] }[type.name] ?? ['1', '"s"', '{a: [1 null]}', '[true]']);
}

// Only documents that are valid reach the variables; graphql-js is asked in the same order.
function variablesOf(schema, text, json) {
    const document = g.parse(text);
    const { errors, coerced: values } = getVariableValues(schema, document.definitions[0].variableDefinitions, JSON.parse(json), { maxErrors: 1000 });
    return errors ? { valid: false, errors } : { valid: true, errors: [], coerced: JSON.parse(JSON.stringify(values)) };
}

// The built-in types and directives are those of the September 2025 edition, and described in words of our own: graphql-js
// takes over what is described, and gives up what is of a later draft.
function adopt(introspection) {
    const describe = (list, described) => {
        for (const name of Object.keys(list)) {
            const found = described.find((d) => d.name === list[name].name);
            if (!found) delete list[name];
            else list[name].description = found.description;
        }
    };
    for (const type of [...g.specifiedScalarTypes, ...g.introspectionTypes]) {
        const found = introspection.__schema.types.find((t) => t.name === type.name);
        if (!found) continue;
        type.description = found.description;
        if (g.isObjectType(type)) {
            const fields = type.getFields();
            describe(fields, found.fields);
            for (const f of Object.values(fields)) {
                f.args = f.args.filter((a) => found.fields.find((o) => o.name === f.name).args.some((o) => o.name === a.name));
                for (const a of f.args) if (a.name === 'includeDeprecated') a.type = new g.GraphQLNonNull(g.GraphQLBoolean);
            }
        }
        if (g.isEnumType(type)) {
            for (const v of type.getValues()) v.description = found.enumValues.find((f) => f.name === v.name)?.description;
            type._values = type._values.filter((v) => found.enumValues.some((f) => f.name === v.name));
        }
    }
    for (const d of g.specifiedDirectives) {
        const found = introspection.__schema.directives.find((f) => f.name === d.name);
        if (!found) continue;
        d.description = found.description;
        d.locations = d.locations.filter((l) => found.locations.includes(l));
        describe(Object.fromEntries(d.args.map((a) => [a.name, a])), found.args);
    }
}

// -- comparison

// JavaScript has rounded long integers before they become IDs.
const rounded = (value) => JSON.parse(JSON.stringify(value).replace(/\d{16,}/g, (digits) => String(Number(digits))));

const ordered = (value) => JSON.stringify(value, (key, v) => ['types', 'locations'].includes(key) && Array.isArray(v) ? v.map((t) => JSON.stringify(t)).sort() : v);

// Numbers and values of custom scalars in a default stay as they were written; graphql-js writes what JavaScript makes of them.
const sameValues = (answer, expect) => expect.outline !== undefined && /= .*(-0|\d[.eE])|^scalar /m.test(answer.printed) && g.printSchema(g.buildSchema(answer.printed)) === expect.printed;

function difference(expect, answer) {
    if (expect === null) return '';
    if (answer.unsupported) return '';
    // What the specification asks of defaults, of oneOf types and of deprecated fields, graphql-js 16 does not; and it forgets such defaults.
    if (answer.errors.some((e) => / has invalid default value|^Invalid circular reference. The default value|cannot be provided a finite value|is not deprecated, so implementation field/.test(e.message))) return '';
    if (expect.valid !== answer.valid) return 'verdict';
    if (expect.errors.length > ERRORS_MAX) return '';
    // Where graphql-js quotes half of a surrogate pair, whole characters are quoted here.
    if (expect.errors.some((e) => !isWellFormed(e.message))) return '';
    const a = expect.errors.map(placed).sort(), b = answer.errors.map(placed).sort();
    if (!isDeepStrictEqual(a, b)) return 'message';
    // The built-in types have another place among the types, and locations have one order.
    if (expect.valid && expect.coerced && !isDeepStrictEqual(rounded(answer.coerced), rounded(expect.coerced))) return 'coerced';
    if (expect.valid && expect.result && !isDeepStrictEqual(ordered(answer.result), ordered(expect.result))) return 'result';
    for (const key of ['tokens', 'printed']) {
        if (expect.valid && expect[key] !== undefined && JSON.stringify(answer[key]) !== JSON.stringify(expect[key]) && !(key === 'printed' && sameValues(answer, expect))) return key;
    }
    if (expect.outline !== undefined && survives(() => outline(g.buildClientSchema(answer.introspection))) !== expect.outline) return 'introspection';
    return '';
}

function lineOf(id, one) {
    if (!one.raw) return JSON.stringify({ id, ...one.request });
    return JSON.stringify({ id, ...one.raw }).slice(0, -1) + `,"variables":${one.variables}}`; // numbers as they were written
}

async function main() {
    const { values: options } = parseArgs({ options: {
        program: { type: 'string' }, kinds: { type: 'string', default: 'lex,document,value,const-value,type,schema,sdl-rule,validate,optional-rule,variables,introspection' }, count: { type: 'string', default: '2000' },
        seed: { type: 'string', default: '1' }, show: { type: 'string', default: '10' },
    } });
    if (!options.program) {
        console.error('usage: node language.mjs --program FRAISEQL [--kinds K,...] [--count N] [--seed N] [--show N]');
        return 2;
    }
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'language-'));
    process.on('exit', () => fs.rmSync(scratch, { recursive: true, force: true }));
    const child = spawn(options.program, ['check', '--jsonl'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stdin.on('error', () => {});
    const plain = path.join(scratch, 'plain.graphql');
    fs.writeFileSync(plain, 'type Query { a: Int b: Float c: ID }');
    child.stdin.write(JSON.stringify({ id: 'plain', kind: 'schema', schema: plain, document: '' }) + '\n');
    adopt(JSON.parse((await lines.next()).value).introspection);
    let bad = 0;
    for (const kind of options.kinds.split(',')) {
        const cases = new Cases(randomSource(Number(options.seed)), scratch), count = Number(options.count);
        const tally = { valid: 0, invalid: 0, differ: 0 }, shown = [];
        for (let done = 0; done < count;) {
            const batch = [];
            for (; batch.length < AT_ONCE && done < count; done++) {
                const one = cases[kind]();
                if (!isWellFormed(one.request?.document ?? '')) continue;
                batch.push(one);
            }
            child.stdin.write(batch.map((one, i) => lineOf(i, one) + '\n').join(''));
            for (const one of batch) {
                const line = await lines.next();
                if (line.done) {
                    console.error(`the checker ended at\n${one.shown ?? one.request.document}`);
                    return 2;
                }
                const answer = JSON.parse(line.value), what = difference(one.expect, answer);
                tally[one.expect?.valid ? 'valid' : 'invalid']++;
                if (what) shown.push({ what, text: one.shown ?? one.request.document, theirs: one.expect, ours: answer });
            }
        }
        bad += shown.length;
        for (const d of shown.sort((a, b) => a.text.length - b.text.length).slice(0, Number(options.show))) report(d);
        console.log(`seed ${options.seed}: ${kind}: ${tally.valid} valid and ${tally.invalid} invalid for graphql-js, ${shown.length} differ`);
    }
    child.stdin.end();
    return bad ? 1 : 0;
}

function report({ what, text, theirs, ours }) {
    const errors = (list) => list.map((e) => '\n    ' + placed(e)).join('');
    const made = (a) => ['tokens', 'coerced', 'printed', 'result'].includes(what) ? '\n    ' + (typeof a[what] === 'string' ? a[what].replace(/\n/g, '\n    ') : JSON.stringify(a[what])) : '';
    const only = (a, b) => a.filter((e) => !b.some((o) => placed(o) === placed(e)));
    console.log(`${what}:\n  ${JSON.stringify(text).slice(0, 200)}\n  ${text.replace(/\n/g, '\n  ')}\n  graphql-js alone:${errors(only(theirs.errors, ours.errors))}${made(theirs)}\n  fraiseql alone:${errors(only(ours.errors, theirs.errors))}${made(ours)}\n`);
}

process.exit(await main());
