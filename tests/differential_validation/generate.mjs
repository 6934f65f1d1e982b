// SPDX-License-Identifier: MIT
// Random documents for a schema, the same for the same seed. A document is written from the schema's types downwards; at
// each step there is a small chance to do the wrong thing on purpose (a field of another type, a value of another kind,
// a variable that nobody declared). What comes out may then be spoilt further, as a tree or as a run of tokens.
// Invariant: nothing here decides whether a document is valid; that is the judge's part alone.
import * as g from 'graphql';

// A small generator of numbers (mulberry32), so that a seed means the same everywhere.
export function randomSource(seed) {
    let state = (seed * 0x9e3779b1) >>> 0;
    const next = () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), state | 1);
        t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    return {
        below: (n) => Math.floor(next() * n),
        chance: (p) => next() < p,
        pick: (list) => list[Math.floor(next() * list.length)],
    };
}

const LITERALS = {
    Int: ['0', '1', '-7', '2147483647', '-2147483648'],
    Float: ['0', '-1.5', '2e3', '1.25E-2', '9007199254740993'],
    Boolean: ['true', 'false'],
    String: ['""', '"text"', '"caf\\u00e9 \\u{1F600}"', '"""\n  a block\n    of text\n"""', '"a \\"quote\\""'],
    ID: ['1', '"a-1"', '12345678901234567890'],
};
const OTHER_LITERALS = ['0', '"text"', '1.5', 'true', '{a: [1, null]}', '[1, "x"]'];
const ANY_LITERAL = ['null', '0', '2147483648', '-2147483649', '1.0', '1e400', '""', '"x"', '"""b"""', 'true', 'ASC', 'nonsense', '[]',
    '[null]', '[[1]]', '{}', '{a: 1}', '{a: 1, a: 2}', '$nowhere', '[$nowhere]'];

class Writer {
    constructor(schema, random, faults) {
        this.schema = schema;
        this.random = random;
        this.faults = faults;
        this.variables = [];
        this.fragments = [];
        this.budget = 3 + random.below(25);
        // graphql-js 16 has fields of a later draft in the types of introspection.
        this.named = Object.values(schema.getTypeMap()).filter((t) => !t.name.startsWith('__'));
        this.composite = this.named.filter((t) => g.isCompositeType(t));
    }

    wrong(share = 1) {
        return this.faults > 0 && this.random.chance(this.faults * share);
    }

    // -- values

    value(type, depth, constant) {
        const r = this.random;
        if (this.wrong()) return r.pick(ANY_LITERAL);
        if (!constant && r.chance(depth === 0 ? 0.25 : 0.08)) return this.variable(type);
        if (g.isNonNullType(type)) return this.nonNull(type.ofType, depth, constant);
        return r.chance(0.06) ? 'null' : this.nonNull(type, depth, constant);
    }

    nonNull(type, depth, constant) {
        const r = this.random;
        if (g.isListType(type)) {
            const single = r.chance(0.2);
            if (single) return this.nonNull(g.getNullableType(type.ofType), depth + 1, constant);
            const items = Array.from({ length: depth > 3 ? 0 : r.below(4) }, () => this.value(type.ofType, depth + 1, constant));
            return `[${items.join(r.pick([', ', ' ']))}]`;
        }
        if (g.isEnumType(type)) return r.pick(type.getValues()).name;
        if (g.isInputObjectType(type)) return this.object(type, depth, constant);
        return r.pick(LITERALS[type.name] ?? OTHER_LITERALS);
    }

    object(type, depth, constant) {
        const r = this.random;
        let fields = Object.values(type.getFields());
        const share = Math.min(0.5, 3 / fields.length);
        if (type.isOneOf && !this.wrong()) fields = [r.pick(fields)];
        else fields = fields.filter((f) => (g.isRequiredInputField(f) && !this.wrong()) || (depth < 4 && r.chance(share)));
        const written = fields.map((f) => {
            const name = this.wrong(0.5) ? this.misspelt(f.name) : f.name;
            const inner = type.isOneOf && !this.wrong() ? this.nonNull(g.getNullableType(f.type), depth + 1, constant) : this.value(f.type, depth + 1, constant);
            return `${name}: ${inner}`;
        });
        if (written.length && this.wrong(0.5)) written.push(r.pick(written));
        return `{${written.join(', ')}}`;
    }

    misspelt(name) {
        const r = this.random, at = r.below(name.length + 1);
        return r.pick([name + 's', name.slice(0, at) + 'x' + name.slice(at), name.slice(0, -1) || 'q', 'utterlyUnknown',
            name.toUpperCase(), r.pick(this.named).name]);
    }

    // -- variables

    variable(type) {
        const r = this.random;
        if (this.variables.length && r.chance(0.35)) {
            const same = this.variables.filter((v) => v.type === String(type));
            const known = this.wrong() ? this.variables : same;
            if (known.length) return '$' + r.pick(known).name;
        }
        const name = 'v' + this.variables.length;
        let text = String(type), initial = '';
        if (g.isNonNullType(type) && r.chance(0.2)) {
            text = String(type.ofType); // a default makes up for the missing "!"
            initial = this.wrong() ? '' : ' = ' + this.nonNull(type.ofType, 1, true);
        } else if (r.chance(0.15)) {
            initial = ' = ' + this.value(type, 1, true);
        } else if (r.chance(0.1) && !text.endsWith('!')) {
            text += '!';
        }
        if (this.wrong()) text = this.otherType(text);
        if (!this.wrong(0.5)) this.variables.push({ name, type: text, initial });
        return '$' + name;
    }

    otherType(text) {
        const bare = text.replace(/[[\]!]/g, '');
        return this.random.pick([bare, bare + '!', `[${bare}]`, `[${bare}!]!`, `[[${bare}]]`, 'Int', 'String', 'Boolean!', 'ID',
            'Missing', this.random.pick(this.named).name, this.misspelt(bare)]);
    }

    definitions() {
        const list = this.variables.map((v) => `$${v.name}: ${v.type}${v.initial}${this.wrong(0.3) ? this.directive() : ''}`);
        if (list.length && this.wrong(0.5)) list.push(this.random.pick(list));
        if (this.wrong(0.5)) list.push('$idle: Int');
        return list.length ? `(${list.join(this.random.pick([', ', ' ']))})` : '';
    }

    // -- directives and arguments

    directive() {
        const r = this.random;
        if (this.wrong(2)) {
            return ' ' + r.pick(['@missing', '@skip', '@include(if: 1)', '@skip(if: true, unless: false)', '@deprecated(reason: "no")',
                '@skip(if: true) @skip(if: false)', '@include(if: $nowhere)', '@skip(if: null)', '@includ(if: true)', '@specifiedBy(url: 1)',
                '@oneOf', '@made', '@made(a: 1, b: 2)', '@missing(a: $nowhere, a: 1)']);
        }
        const kind = r.pick(['skip', 'include']);
        const condition = r.chance(0.5) ? this.variable(new g.GraphQLNonNull(g.GraphQLBoolean)) : r.pick(['true', 'false']);
        return ` @${kind}(if: ${condition})`;
    }

    directives() {
        return this.random.chance(0.07) ? this.directive() : this.wrong(0.3) ? this.directive() + this.directive() : '';
    }

    arguments(field) {
        const r = this.random;
        const list = field.args.filter((a) => (g.isRequiredArgument(a) && !this.wrong()) || r.chance(0.3))
            .map((a) => `${this.wrong(0.5) ? this.misspelt(a.name) : a.name}: ${this.value(a.type, 0, false)}`);
        if (list.length && this.wrong(0.5)) list.push(r.pick(list));
        if (this.wrong(0.3)) list.push(`extra: ${r.pick(ANY_LITERAL)}`);
        return list.length ? `(${list.join(', ')})` : '';
    }

    // -- selections

    selections(type, depth) {
        const r = this.random, out = [];
        const count = 1 + r.below(5);
        for (let i = 0; i < count && (this.budget > 0 || i === 0); i++) {
            this.budget--;
            out.push(this.selection(type, depth));
        }
        return `{ ${out.join(r.pick([' ', ' ', ', ', '\n']))} }`;
    }

    selection(type, depth) {
        const r = this.random;
        const kind = r.below(100);
        if (g.isUnionType(type) || kind < 6) return this.fragment(type, depth);
        if (kind < 10) return this.alias('__typename') + '__typename' + this.directives();
        return this.field(type, depth);
    }

    alias(name) {
        const r = this.random;
        // Few names: some fields that meet under one key must be made to differ.
        const loose = this.faults > 0 ? 0.85 : 0.97;
        if (r.chance(0.35)) return r.chance(loose) ? `k${this.budget}_${r.below(1000)}: ` : r.pick(['a: ', 'b: ', 'id: ', name + ': ']);
        return '';
    }

    field(type, depth) {
        const r = this.random;
        let fields = Object.values(type.getFields());
        if (depth > 6 || this.budget <= 0) {
            const leaves = fields.filter((f) => g.isLeafType(g.getNamedType(f.type)));
            if (!leaves.length) return '__typename';
            fields = leaves;
        }
        if (this.wrong(0.5)) fields = Object.values(r.pick(this.composite.filter((t) => t.getFields)).getFields());
        const field = r.pick(fields);
        const name = this.wrong(0.5) ? this.misspelt(field.name) : field.name;
        const inner = g.getNamedType(field.type);
        const composite = g.isCompositeType(inner) !== this.wrong(0.5);
        const body = composite ? ' ' + this.selections(g.isCompositeType(inner) ? inner : r.pick(this.composite), depth + 1) : '';
        // Fields with arguments and fields with selections get keys of their own, or they would rarely merge.
        const key = field.args.length || composite ? (this.wrong() ? '' : `k${this.budget}_${r.below(10000)}: `) : this.alias(field.name);
        return key + name + this.arguments(field) + this.directives() + body;
    }

    condition(type) {
        const r = this.random;
        if (this.wrong()) return r.pick([...this.named.map((t) => t.name), 'Missing', this.misspelt(type.name)]);
        const possible = g.isAbstractType(type) ? this.schema.getPossibleTypes(type) : [];
        if (possible.length) return r.pick(possible).name;
        return type.name;
    }

    fragment(type, depth) {
        const r = this.random;
        if (!g.isAbstractType(type) && r.chance(0.3)) return `...${this.directives()} ${this.selections(type, depth + 1)}`;
        if (r.chance(0.5)) {
            const on = this.condition(type);
            return `... on ${on}${this.directives()} ${this.selections(this.inside(on, type), depth + 1)}`;
        }
        const fitting = this.fragments.filter((f) => f.text !== null && f.on === type.name);
        const again = this.wrong() ? this.fragments : fitting; // also those that are still open: a cycle
        if (again.length && r.chance(0.5)) return `...${r.pick(again).name}${this.directives()}`;
        if (this.wrong(0.5)) return '...Unknown';
        const made = { name: 'F' + this.fragments.length, on: this.condition(type), text: null };
        this.fragments.push(made);
        const body = this.selections(this.inside(made.on, type), depth + 1);
        made.text = `fragment ${made.name} on ${made.on}${this.wrong(0.3) ? this.directive() : ''} ${body}`;
        return `...${made.name}${this.directives()}`;
    }

    inside(name, otherwise) {
        const type = this.schema.getType(name);
        return type && g.isCompositeType(type) ? type : otherwise;
    }

    // -- documents

    operation(name) {
        const r = this.random;
        const roots = { query: this.schema.getQueryType(), mutation: this.schema.getMutationType(), subscription: this.schema.getSubscriptionType() };
        let kind = r.pick(['query', 'query', 'query', 'mutation', 'subscription']);
        if (!roots[kind] && !this.wrong()) kind = 'query';
        const body = r.chance(0.02) ? '{ __schema { queryType { name } } __type(name: "Int") { kind fields { name } } }'
            : this.selections(roots[kind] ?? roots.query, 0);
        const definitions = this.definitions();
        const shorthand = kind === 'query' && !definitions && !name && r.chance(0.5);
        return shorthand ? body : `${kind}${name ? ' ' + name : ''}${definitions}${this.wrong(0.3) ? this.directive() : ''} ${body}`;
    }

    document() {
        const r = this.random, parts = [];
        parts.push(this.operation(r.chance(0.6) ? 'Main' : ''));
        if (r.chance(0.06)) {
            this.variables = [];
            this.budget += 4;
            parts.push(this.operation(r.pick(['Second', 'Second', 'Main', ''])));
        }
        parts.push(...this.fragments.map((f) => f.text));
        if (this.wrong(0.5)) parts.push(r.pick(['fragment Idle on Query { __typename }', 'type Made { a: Int @missing }', 'extend type Query @oneOf { b: Int }',
            'directive @made(a: Int!) on FIELD', 'input Made { a: Missing = {x: 1, x: 2} @deprecated(reason: 1)}',
            'enum Made @skip { A @deprecated @deprecated } union Made = Missing | Query', ...this.fragments.map((f) => f.text)]));
        if (r.chance(0.1)) parts.reverse();
        return parts.join('\n');
    }
}

// -- spoiling what was written

function tokensOf(text) {
    const lexer = new g.Lexer(new g.Source(text)), tokens = [];
    try {
        for (let token; (token = lexer.advance()).kind !== g.TokenKind.EOF;) tokens.push(text.slice(token.start, token.end));
    } catch {
        return null;
    }
    return tokens;
}

const PUNCTUATION = ['{', '}', '(', ')', '[', ']', '!', '$', '@', ':', '=', '...', '|', '&', '"', '"""', 'on', 'null', 'fragment', 'query', '1', '1.', '0x', '\\', '\u00a0'];

function spoilTokens(text, random) {
    const tokens = tokensOf(text);
    if (!tokens || !tokens.length) return text;
    const at = random.below(tokens.length), other = random.below(tokens.length);
    switch (random.below(5)) {
        case 0: tokens.splice(at, 1); break;
        case 1: tokens.splice(at, 0, random.pick(PUNCTUATION)); break;
        case 2: tokens[at] = tokens[other]; break;
        case 3: [tokens[at], tokens[other]] = [tokens[other], tokens[at]]; break;
        default: tokens.splice(at, 1 + random.below(3), ...tokens.slice(other, other + 1 + random.below(3)));
    }
    return tokens.map((t) => t + random.pick([' ', ' ', ' ', ', ', '\n', ' # note\r\n', '\ufeff '])).join('');
}

// Puts one node in the place of another of a like kind: still well-formed, often no longer valid.
function spoilTree(text, random) {
    let tree;
    try {
        tree = g.parse(text, { noLocation: true });
    } catch {
        return text;
    }
    const families = [['Field', 'InlineFragment', 'FragmentSpread'], ['Argument'], ['Directive'], ['VariableDefinition'], ['NamedType'], ['ObjectField'],
        ['IntValue', 'FloatValue', 'StringValue', 'BooleanValue', 'NullValue', 'EnumValue', 'ListValue', 'ObjectValue', 'Variable']];
    const family = random.pick(families), found = [];
    const constants = new Set();
    g.visit(tree, { VariableDefinition: { enter(node) { constants.add(node.variable); if (node.defaultValue) g.visit(node.defaultValue, { enter(n) { constants.add(n); } }); } } });
    g.visit(tree, { enter(node) { if (family.includes(node.kind) && !constants.has(node)) found.push(node); } });
    if (found.length < 2) return text;
    const target = random.pick(found), source = random.pick(found), remove = random.chance(0.5);
    let done = false; // the source may hold the target
    return g.print(g.visit(tree, { enter(node, key, parent) {
        if (done || node !== target) return undefined;
        done = true;
        return remove && Array.isArray(parent) ? null : source;
    } }));
}

// One document; about a third without intended faults, a third with, a third spoilt afterwards.
export function randomDocument(schema, random) {
    const how = random.below(6);
    const faults = how < 2 ? 0 : how < 4 ? 0.02 : 0.004;
    let text = new Writer(schema, random, faults).document();
    if (how === 4) text = spoilTokens(text, random);
    if (how === 5) for (let i = 0; i <= random.below(2); i++) text = spoilTree(text, random);
    return text;
}
