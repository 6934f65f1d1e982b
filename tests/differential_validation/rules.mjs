// SPDX-License-Identifier: MIT
// graphql-js's rules of validation, as the September 2025 edition has them.
import * as g from 'graphql';

// The rules are those of the September 2025 edition. graphql-js 16 has none for operations that the schema does not have,
// has one that is not the specification's, and evaluates @skip and @include at the root of a subscription (or throws)
// where the edition forbids them; 17 does as is done here.
function operationTypesExist(context) {
    return {
        OperationDefinition(node) {
            if (!context.getSchema().getRootType(node.operation)) {
                context.reportError(new g.GraphQLError(`The ${node.operation} operation is not supported by the schema.`, { nodes: node }));
            }
        },
    };
}

function conditionsAtRoot(context, set, type, seen, found) {
    for (const selection of set.selections) {
        const directive = ['skip', 'include'].map((n) => selection.directives.find((d) => d.name.value === n)).find((d) => d);
        const fragment = selection.kind === 'FragmentSpread' ? context.getFragment(selection.name.value) : selection;
        if (directive) {
            found.push(directive);
        } else if (selection.kind !== 'Field' && fragment && !seen.has(fragment)) {
            seen.add(fragment);
            const on = fragment.typeCondition ? context.getSchema().getType(fragment.typeCondition.name.value) : type;
            if (on === type || (g.isAbstractType(on) && context.getSchema().isSubType(on, type))) conditionsAtRoot(context, fragment.selectionSet, type, seen, found);
        }
    }
    return found;
}

function singleRootField(context) {
    const known = g.SingleFieldSubscriptionsRule(context);
    return {
        OperationDefinition(node) {
            const type = context.getSchema().getSubscriptionType();
            if (node.operation !== 'subscription' || !type) return;
            const found = conditionsAtRoot(context, node.selectionSet, type, new Set(), []);
            if (found.length) {
                const who = node.name ? `Subscription "${node.name.value}"` : 'Anonymous Subscription';
                context.reportError(new g.GraphQLError(`${who} must not use \`@skip\` or \`@include\` directives in the top level selection.`, { nodes: found }));
            } else {
                known.OperationDefinition(node);
            }
        },
    };
}

const REPLACED = ['MaxIntrospectionDepthRule', 'SingleFieldSubscriptionsRule'];
export const RULES = [...g.specifiedRules.filter((r) => !REPLACED.includes(r.name)), operationTypesExist, singleRootField];
