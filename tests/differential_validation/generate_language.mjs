// SPDX-License-Identifier: MIT
// Random material for the parts of the language that no schema of a database reaches: characters and tokens, values,
// schema definitions with their extensions, JSON for variables, questions about the schema. The same for the same seed;
// a small chance at each step does the wrong thing on purpose. Nothing here decides whether a text is valid.
import * as g from 'graphql';

// -- characters and tokens

const SCRAPS = ['{', '}', '(', ')', '[', ']', '!', '$', '&', '@', ':', '=', '|', '...', '..', '.', ',', ' ', '\t', '\n', '\r', '\r\n', '\ufeff', '#', '# c\n',
    '"', '""', '"""', '\\"""', '\\', '\\n', '\\u0041', '\\u004', '\\uD83D\\uDE00', '\\uD83D', '\\uDE00', '\\u{1F600}', '\\u{110000}', '\\u{}', '\\u{D800}', '\\uD83D\\u{DE00}',
    '\\x', '\\/', '\\\'', '\\"', '0', '00', '01', '-', '-0', '-1', '1', '1.', '.5', '1.5', '1e', '1e5', '1E+5', '1e-', '0x1', '1a', '1.2.3', '1_', '-a', '12345678901234567890', '1.5e400',
    'a', '_', 'on', 'true', 'false', 'null', 'query', 'mutation', 'subscription', 'fragment', 'type', 'extend', 'schema', 'scalar', 'interface', 'union', 'enum', 'input', 'directive',
    'implements', 'repeatable', 'FIELD', 'QUERY', 'é', '\u00a0', '\v', '\f', '\u0000', '\u0007', '\u007f', '\u{1F600}', '😀', '\'', ';', '?', '*', '/', '%', '^', '`', '~', '<', '>', '-->', '"a"', '"""b"""'];

export function randomScraps(random) {
    return Array.from({ length: 1 + random.below(9) }, () => random.pick(SCRAPS) + (random.chance(0.4) ? ' ' : '')).join('');
}

// Strings and block strings, most of them whole: escapes, indentation, line ends.
export function randomStringToken(random) {
    const pieces = ['a', 'b c', ' ', '  ', '\t', '\\n', '\\t', '\\\\', '\\"', '\\/', '\\u00e9', '\\u{e9}', '\\uD83D\\uDE00', 'é', '😀', '\'', '#', '{', '\u0001', '\u007f', '\u0085'];
    const bad = ['\\x', '\\u12', '\\u{', '\\u{}', '\\u{110000}', '\\uD83D', '\\uDE00', '\\uD83D\\u0041', '\n', '\r', '\\', '"', '\u{0}'];
    if (random.chance(0.5)) {
        const body = Array.from({ length: random.below(7) }, () => random.pick(random.chance(0.06) ? bad : pieces)).join('');
        return `"${body}"${random.chance(0.05) ? '"' : ''}`;
    }
    const lines = Array.from({ length: 1 + random.below(6) }, () => ' '.repeat(random.below(5)) + random.pick(['', '', 'a', 'b  c', '\tx', '\\"""', '"q"', '\\n', 'é😀', '""', '\u00a0y', 'end ', '\\']));
    return `"""${lines.join(random.pick(['\n', '\n', '\r\n', '\r']))}${random.chance(0.95) ? '"""' : ''}`;
}

// Cuts, doubles and replaces characters of a text that was whole.
export function spoilCharacters(text, random) {
    let points = [...text];
    for (let i = 0; i <= random.below(3); i++) {
        const at = random.below(points.length + 1);
        switch (random.below(4)) {
            case 0: points.splice(at, 1 + random.below(3)); break;
            case 1: points.splice(at, 0, random.pick(SCRAPS)); break;
            case 2: points = points.slice(0, at); break;
            default: points.splice(at, 1, random.pick(SCRAPS));
        }
    }
    return points.join('');
}

// -- values and types, without a schema

export function randomValue(random, depth, constant) {
    const kind = random.below(depth > 3 ? 8 : 12);
    switch (kind) {
        case 0: return random.pick(['0', '-1', '42', '2147483648', '-0']);
        case 1: return random.pick(['1.5', '1e3', '-0.0', '2E-3', '1e400']);
        case 2: case 3: return randomStringToken(random);
        case 4: return random.pick(['true', 'false', 'null']);
        case 5: return random.pick(['RED', 'on', 'type', 'query', 'input', '_']);
        case 6: return constant && !random.chance(0.05) ? '7' : '$' + random.pick(['a', 'on', 'true', '1', '']);
        case 7: return random.pick(['[]', '{}', '""']);
        case 8: case 9: return `[${Array.from({ length: random.below(4) }, () => randomValue(random, depth + 1, constant)).join(random.pick([' ', ', ', ',\n']))}]`;
        default: return `{${Array.from({ length: random.below(4) }, () => `${random.pick(['a', 'b', 'on', 'null', 'true'])}: ${randomValue(random, depth + 1, constant)}`).join(' ')}}`;
    }
}

export function randomType(random) {
    let text = random.pick(['Int', 'on', 'null', '_A', 'T1']);
    for (let i = 0; i < random.below(4); i++) text = random.pick([text + '!', `[${text}]`, `[ ${text} ]`, `[${text}`, text + '!!', text + ']']);
    return text;
}

// -- schema definitions

const SCALARS = ['Int', 'Float', 'String', 'Boolean', 'ID'];
const LOCATIONS = ['QUERY', 'MUTATION', 'SUBSCRIPTION', 'FIELD', 'FRAGMENT_DEFINITION', 'FRAGMENT_SPREAD', 'INLINE_FRAGMENT', 'VARIABLE_DEFINITION', 'SCHEMA', 'SCALAR', 'OBJECT',
    'FIELD_DEFINITION', 'ARGUMENT_DEFINITION', 'INTERFACE', 'UNION', 'ENUM', 'ENUM_VALUE', 'INPUT_OBJECT', 'INPUT_FIELD_DEFINITION'];
const TEXTS = ['"one line"', '"""one line"""', '"""\n  two\n    lines\n  """', '""', '""""""', '"""  led by blanks"""', '"""ends with \\"""', '"quote \\" and \\\\"', '"\\u00e9 \\u{1F600}"', '"a\\nb"', '"tab\\there"', '"""\nA\n\n  B\n"""', '"trailing "', '"""\n\n  x\n\n"""'];

class SchemaWriter {
    constructor(random, faults) {
        this.random = random;
        this.faults = faults;
        const count = (n) => random.below(n);
        const names = (prefix, n) => Array.from({ length: n }, (_, i) => prefix + i);
        this.names = { object: ['Query', ...names('O', 1 + count(3))], interface: names('N', count(3)), union: names('U', count(2)), enum: names('E', count(2)), scalar: names('S', count(2)), input: names('In', count(4)) };
        this.directives = names('d', count(3));
        // What an interface has, everybody who implements it has too.
        this.shared = this.names.interface.map((n, i) => ({ name: n, fields: [`f${i}: ${random.pick(['Int', 'String!', '[Int]'])}`, `g${i}(a: Int): ${random.pick(['Int', 'ID'])}`].slice(0, 1 + count(2)) }));
        // N1 may implement N0.
        if (this.shared.length > 1) this.shared[1].parents = random.chance(0.5) ? [this.shared[0]] : [];
        this.values = Object.fromEntries(this.names.enum.map((n) => [n, ['RED', 'GREEN', 'on', 'type'].slice(0, 1 + count(4))]));
    }

    wrong(share = 1) { return this.faults > 0 && this.random.chance(this.faults * share); }

    text(share = 0.15) { return this.random.chance(share) ? this.random.pick(TEXTS) + this.random.pick([' ', '\n']) : ''; }

    any() { return this.random.pick([...SCALARS, ...Object.values(this.names).flat(), 'Missing', 'Quer', 'string', '__Type']); }

    outputType() {
        const { object, interface: i, union, enum: e, scalar } = this.names;
        const name = this.wrong() ? this.any() : this.random.pick([...SCALARS, ...object, ...i, ...union, ...e, ...scalar]);
        return this.wrap(name);
    }

    inputName() {
        const { input, enum: e, scalar } = this.names;
        return this.wrong() ? this.any() : this.random.pick([...SCALARS, ...input, ...e, ...scalar]);
    }

    wrap(name) {
        let text = name;
        if (this.random.chance(0.25)) text += '!';
        if (this.random.chance(0.25)) text = `[${text}]${this.random.chance(0.3) ? '!' : ''}`;
        return text;
    }

    initial(type) {
        const r = this.random, name = type.replace(/[[\]!]/g, '');
        if (this.wrong()) return randomValue(r, 2, true);
        if (/!$/.test(type) === false && r.chance(0.15)) return 'null';
        if (type.startsWith('[')) return r.pick([`[${this.initial(name + '!')}]`, '[]', this.initial(name + '!')]);
        if (this.values[name]) return r.pick(this.values[name]);
        return { Int: r.pick(['0', '-3', '2147483647']), Float: r.pick(['1', '1.5', '-2.25', '1e+21', '1e-7']), String: r.pick(['"a"', '"""b\nc"""', '""', '"\\u{1F600} \\" \\\\"']),
            Boolean: 'true', ID: r.pick(['"x"', '7', '"7"', '"007"', '-0', '"-0"', '"-5"', '12345678901234567890']) }[name] ?? (this.names.scalar.includes(name) ? r.pick(['1', '"s"', '{a: [1, "x", null]}', '1.5', 'true']) : this.faults > 0 ? '{}' : null);
    }

    applied(location) {
        const r = this.random, out = [];
        if (r.chance(0.12)) {
            const simple = { FIELD_DEFINITION: ['@deprecated', '@deprecated(reason: "old")', '@deprecated(reason: """a\n b""")', '@deprecated(reason: "No longer supported")', '@deprecated(reason: "")'], ENUM_VALUE: ['@deprecated', '@deprecated(reason: "x")'],
                ARGUMENT_DEFINITION: ['@deprecated'], INPUT_FIELD_DEFINITION: ['@deprecated(reason: "r")'], SCALAR: ['@specifiedBy(url: "https://example.com/s")', '@specifiedBy(url: "")'], INPUT_OBJECT: ['@oneOf'] }[location];
            if (simple) out.push(r.pick(simple));
        }
        if (this.directives.length && r.chance(0.05)) out.push('@' + r.pick(this.directives));
        if (this.wrong()) out.push(r.pick(['@deprecated', '@skip(if: true)', '@missing', '@specifiedBy', '@specifiedBy(url: 1)', '@oneOf', '@deprecated(reason: 1)', '@deprecated(reson: "x")', '@deprecated(reason: null)', '@d0(a: 1)', '@d0 @d0', '@deprecated @deprecated']));
        return out.map((d) => ' ' + d).join('');
    }

    argument(location, name, extend) {
        const type = this.wrap(this.inputName());
        const initial = this.random.chance(0.3) ? this.initial(type) : null;
        const shown = initial === null || /null\b/.test(initial) && initial !== 'null' && !this.faults ? '' : ' = ' + initial;
        return `${this.text(0.08)}${name}: ${type}${shown}${extend ? '' : this.applied(location)}`;
    }

    arguments() {
        if (!this.random.chance(0.3)) return '';
        const list = Array.from({ length: 1 + this.random.below(3) }, (_, i) => this.argument('ARGUMENT_DEFINITION', (this.wrong() ? '__' : '') + 'abc'[this.wrong() ? 0 : i]));
        return `(${list.join(this.random.pick([', ', ' ', '\n']))})`;
    }

    field(name) { return `${this.text()}${this.wrong(0.5) ? '__' : ''}${name}${this.arguments()}: ${this.outputType()}${this.applied('FIELD_DEFINITION')}`; }

    fields(prefix) { return Array.from({ length: 1 + this.random.below(3) }, (_, i) => this.field(this.wrong() ? 'x0' : prefix + i)); }

    block(list) { return this.wrong(0.5) ? this.random.pick(['', ' {}', '']) : ` {\n  ${list.join('\n  ')}\n}`; }

    implementing(names) { return names.length ? ` implements ${this.random.chance(0.2) ? '& ' : ''}${names.join(' & ')}` : ''; }

    // The fields that interfaces ask for, sometimes with a fault.
    promised(list) {
        return list.flatMap((i) => i.fields).filter(() => !this.wrong()).map((f) => this.wrong() ? f.replace(/: \S+$/, ': Boolean') : this.wrong() ? f.replace('(a: Int)', '(a: String)') : this.wrong() ? f.replace('(a: Int)', '(a: Int, z: Int!)') : f.replace(/: (Int|ID)$/, (m) => m + this.random.pick(['', '!'])));
    }

    object(name, extend) {
        let chosen = extend ? [] : this.shared.filter(() => this.random.chance(0.4));
        if (!this.wrong()) chosen = [...new Set([...chosen, ...chosen.flatMap((i) => i.parents ?? [])])];
        const listed = chosen.map((i) => i.name);
        if (this.wrong()) listed.push(this.any());
        const fields = [...this.promised(chosen), ...this.fields(extend ? 'y' + extend : 'x')];
        return `${extend ? 'extend ' : this.text()}type ${name}${this.implementing(listed)}${this.applied('OBJECT')}${this.block(fields)}`;
    }

    interface(shared, extend) {
        const parents = shared.parents ?? [];
        const listed = parents.map((p) => p.name);
        if (this.wrong()) listed.push(this.wrong(3) ? shared.name : this.any());
        const fields = extend ? this.fields('y') : [...this.promised(parents), ...shared.fields];
        return `${extend ? 'extend ' : this.text()}interface ${shared.name}${extend ? '' : this.implementing(listed)}${this.applied('INTERFACE')}${this.block(fields)}`;
    }

    union(name, extend) {
        let members = this.names.object.filter(() => this.random.chance(0.6));
        if (!members.length) members = ['Query'];
        if (extend) members = members.slice(0, 1);
        if (this.wrong()) members.push(this.random.pick([this.any(), members[0]]));
        return `${extend ? 'extend ' : this.text()}union ${name}${this.applied('UNION')}${this.wrong() ? '' : ` = ${this.random.chance(0.2) ? '| ' : ''}${members.join(' | ')}`}`;
    }

    enum(name, extend) {
        const values = extend ? ['BLUE' + extend] : this.values[name].slice();
        if (this.wrong()) values.push(this.random.pick([values[0], 'true', 'null', '__X']));
        return `${extend ? 'extend ' : this.text()}enum ${name}${this.applied('ENUM')}${this.block(values.map((v) => this.text() + v + this.applied('ENUM_VALUE')))}`;
    }

    input(name, extend) {
        const fields = Array.from({ length: 1 + this.random.below(3) }, (_, i) => this.argument('INPUT_FIELD_DEFINITION', (this.wrong() ? 'i0' : (extend ? 'j' + extend : 'i') + i), extend));
        return `${extend ? 'extend ' : this.text()}input ${name}${extend ? '' : this.applied('INPUT_OBJECT')}${this.block(fields)}`;
    }

    // What @specifiedBy and @oneOf say in an extension, graphql-js 16 does not take over; and it takes the fields of an
    // extended input for arguments when it looks at directives.
    scalar(name, extend) { return extend ? `extend scalar ${name} @noted` : `${this.text()}scalar ${name}${this.applied('SCALAR')}`; }

    directive(name) {
        const places = this.random.chance(0.3) ? LOCATIONS.slice() : [...new Set(Array.from({ length: 1 + this.random.below(3) }, () => this.random.pick(LOCATIONS)))];
        if (this.wrong()) places.push(this.random.pick(['NOWHERE', 'FIELDS', 'field']));
        return `${this.text()}directive @${this.wrong(0.5) ? '__' : ''}${name}${this.arguments()}${this.random.chance(0.3) ? ' repeatable' : ''} on ${this.random.chance(0.2) ? '| ' : ''}${places.join(' | ')}`;
    }

    schema() {
        const r = this.random, out = [`query: ${this.wrong(3) ? this.any() : r.chance(0.8) ? 'Query' : 'O0'}`];
        if (r.chance(0.3)) out.push(`mutation: ${this.wrong(3) ? this.any() : 'O0'}`);
        if (this.wrong()) out.push(r.pick(['query: Query', 'subscription: Query', 'mutation: O0']));
        return `${this.text(0.3)}schema${this.applied('SCHEMA')} {\n  ${out.join('\n  ')}\n}`;
    }

    definitions() {
        const r = this.random, out = [];
        const each = (kind, write, extendShare) => this.names[kind].forEach((n, i) => {
            if (!this.wrong(0.5)) out.push(write.call(this, n, 0, i));
            if (this.wrong(0.5)) out.push(write.call(this, n, 0, i));
            if (r.chance(extendShare) || this.wrong()) out.push(write.call(this, this.wrong() ? this.any() : n, 1, i));
        });
        each('object', this.object, 0.1);
        each('interface', (n, e, i) => this.interface(this.shared[i] && n === this.shared[i].name ? this.shared[i] : { name: n, fields: ['q: Int'] }, e), 0.1);
        each('union', this.union, 0.02);
        each('enum', this.enum, 0.1);
        each('input', this.input, 0.1);
        each('scalar', this.scalar, 0.05);
        for (const d of this.directives) out.push(this.directive(d));
        if (out.some((d) => d.includes('@noted'))) out.push('directive @noted on SCALAR');
        if (r.chance(0.25)) out.push(this.schema());
        if (this.wrong()) out.push(r.pick([this.schema(), 'extend schema { subscription: O0 }', 'extend schema @d0', 'extend type Missing { a: Int }', 'extend input Query { a: Int }', 'type Int { a: Int }', 'scalar ID', 'directive @skip on FIELD',
            'directive @deprecated(reason: String) on FIELD_DEFINITION', 'query { a }', 'fragment F on Query { a }', 'query ($v: Missing = {a: 1, a: 2} @oneOf) { a(b: 1, b: 1) @d0 }', 'fragment F on Missing @skip { ... on Nope @d1 { a @skip(if: true) @skip(if: $x) } }', 'enum __E { A }', 'extend scalar Int @d0', 'type __T { a: Int }', 'extend type __Type { a: Int }']));
        if (r.chance(0.4)) for (let i = out.length - 1; i > 0; i--) { const j = r.below(i + 1); [out[i], out[j]] = [out[j], out[i]]; }
        return out;
    }
}

export function randomSchema(random, faults) {
    return new SchemaWriter(random, faults).definitions().join(random.pick(['\n\n', '\n']));
}

// -- JSON for variables

const NUMBERS = ['0', '1', '-1', '2147483647', '2147483648', '-2147483649', '1.0', '1.5', '1e3', '1e21', '1e400', '0.1', '9007199254740993', '12345678901234567890', '1E-7', '123456789.5e3', '100000000000000000000', '5e-324', '0.000001234'];
const STRINGS = ['""', '"a"', '"1"', '"RED"', '"GREN"', '"true"', '"\\u00e9 \\ud83d\\ude00"', '"line\\nend \\"q\\""', '"a/b"', '"\\u0001\\u007f"', '"' + 'long '.repeat(20) + '"'];

function anyJson(random, depth) {
    const kind = random.below(depth > 2 ? 4 : 7);
    if (kind === 0) return random.pick(NUMBERS);
    if (kind === 1) return random.pick(STRINGS);
    if (kind === 2) return random.pick(['true', 'false', 'null']);
    if (kind === 3) return random.pick(['[]', '{}', '[null]', '[[]]']);
    if (kind < 6) return `[${Array.from({ length: random.below(depth > 0 ? 4 : 13) }, () => anyJson(random, depth + 1)).join(random.pick([',', ', ']))}]`;
    // Keys once, and none that JavaScript would take for an index.
    const keys = ['"a"', '"b"', '"i0"', '"with space"', '"é"', '"_x"', '"a-b"', '""'].filter(() => random.chance(0.3));
    return `{${keys.map((k) => `${k}: ${anyJson(random, depth + 1)}`).join(', ')}}`;
}

// JSON as the type wants it, most of the time.
export function jsonOf(type, random, faults, depth = 0) {
    const r = random;
    if (r.chance(faults)) return anyJson(r, depth);
    if (g.isNonNullType(type)) return jsonOf(type.ofType, r, faults, depth);
    if (r.chance(0.07)) return 'null';
    if (g.isListType(type)) {
        if (r.chance(0.25)) return jsonOf(type.ofType, r, faults, depth + 1);
        return `[${Array.from({ length: depth > 4 ? 0 : r.below(4) }, () => jsonOf(type.ofType, r, faults, depth + 1)).join(',')}]`;
    }
    if (g.isEnumType(type)) {
        const name = r.pick(type.getValues()).name;
        return JSON.stringify(r.chance(faults) ? r.pick([name + 'X', name.toLowerCase(), name.slice(1)]) : name);
    }
    if (g.isInputObjectType(type)) {
        let fields = Object.values(type.getFields());
        if (type.isOneOf && !r.chance(faults)) fields = [r.pick(fields)];
        else fields = fields.filter((f) => (g.isRequiredInputField(f) && !r.chance(faults)) || (depth < 4 && r.chance(0.5)));
        const members = fields.map((f) => `${JSON.stringify(r.chance(faults / 2) ? f.name + 's' : f.name)}: ${jsonOf(f.type, r, faults, depth + 1)}`);
        if (r.chance(faults / 2)) members.push(`"unknown": ${anyJson(r, 2)}`);
        return `{${members.join(', ')}}`;
    }
    switch (type.name) {
        case 'Int': return r.pick(['0', '1', '-7', '2147483647', '3.0', '1e3']);
        case 'Float': return r.pick(['0', '1.5', '-2e10', '1e-7', '9007199254740993']);
        case 'Boolean': return r.pick(['true', 'false']);
        case 'ID': return r.pick(['"a"', '1', '-5', '"007"']);
        case 'String': return r.pick(STRINGS);
        default: return anyJson(r, 1);
    }
}

// -- questions about the schema

const META = {
    Schema: { description: '', types: 'Type', queryType: 'Type', mutationType: 'Type', subscriptionType: 'Type', directives: 'Directive' },
    Type: { kind: '', name: '', description: '', specifiedByURL: '', isOneOf: '', fields: 'Field', interfaces: 'Type', possibleTypes: 'Type', enumValues: 'EnumValue', inputFields: 'InputValue', ofType: 'Type' },
    Field: { name: '', description: '', args: 'InputValue', type: 'Type', isDeprecated: '', deprecationReason: '' },
    InputValue: { name: '', description: '', type: 'Type', defaultValue: '', isDeprecated: '', deprecationReason: '' },
    EnumValue: { name: '', description: '', isDeprecated: '', deprecationReason: '' },
    Directive: { name: '', description: '', isRepeatable: '', locations: '', args: 'InputValue' },
};

function metaSelections(random, type, depth) {
    const names = Object.keys(META[type]);
    const out = Array.from({ length: 1 + random.below(4) }, () => metaSelection(random, type, names, depth));
    if (random.chance(0.1)) out.push(`... on __${type} { ${metaSelection(random, type, names, depth)} }`);
    return out.join(' ');
}

function metaSelection(random, type, names, depth) {
    if (random.chance(0.08)) return random.pick(['__typename', 'tn: __typename']);
    let name = random.pick(names);
    if (depth > 4 && META[type][name]) name = type === 'Schema' ? 'description' : 'name';
    const inner = META[type][name];
    const many = ['fields', 'enumValues', 'inputFields', 'args'].includes(name);
    const key = many || (!['types', 'locations'].includes(name) && random.chance(0.2)) ? `k${random.below(100000)}: ` : '';
    const argument = many && random.chance(0.6) ? `(includeDeprecated: ${random.pick(['true', 'false', '$yes', '$no'])})` : '';
    const condition = random.chance(0.06) ? random.pick([' @skip(if: $no)', ' @skip(if: $yes)', ' @include(if: $no)', ' @include(if: true)', ' @skip(if: false) @include(if: $yes)']) : '';
    return `${key}${name}${argument}${condition}${inner ? ` { ${metaSelections(random, inner, depth + 1)} }` : ''}`;
}

export function randomIntrospection(schema, random) {
    const names = Object.keys(schema.getTypeMap()).filter((n) => !n.startsWith('__'));
    const roots = Array.from({ length: 1 + random.below(3) }, (_, i) => random.chance(0.4) ? `s${i}: __schema { ${metaSelections(random, 'Schema', 0)} }`
        : `t${i}: __type(name: "${random.pick([...names, ...names, 'Missing', ''])}") { ${metaSelections(random, 'Type', 0)} }`);
    if (random.chance(0.1)) roots.push('__typename');
    return `query ($yes: Boolean! = true, $no: Boolean = false) { ${roots.join(' ')} x: __typename @include(if: $yes) @skip(if: $n) }`.replace('$n)', '$no)').replace('$no: Boolean =', '$no: Boolean! =');
}
