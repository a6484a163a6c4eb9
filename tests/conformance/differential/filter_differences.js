// Where others answer a filter otherwise than we do, and why we are right: differences.json says it in words,
// the functions here recognise it. A `normalize` changes a term and its resource in a way that must not matter by
// the RFC: the peer then has to agree with us. An `explains` looks at the term and our answer alone.
"use strict";

const { CORE, find, homeOf, resolve } = require("./user_schema.js");
const { mapComparisons } = require("./filter_case.js");

const SEARCH = ["co", "sw", "ew"];
const ORDER = ["gt", "ge", "lt", "le"];

/** A term is one comparison, or a value path around one. */
function comparisonOf(node) {
    return node.kind === "any" ? node.inside : node;
}

/** The schema's view of a term: the attribute, the sub-attribute if there is one, and what is compared in the end. */
function targetOf(node) {
    const found = resolve(node.path);
    if (!found) {
        return {};
    }
    const { attribute } = found;
    const sub = node.kind === "any" ? find(attribute.sub, node.inside.path) : found.sub;
    const value = attribute.sub && find(attribute.sub, "value");
    return { attribute, sub, compared: sub ?? value ?? attribute };
}

function storedValues({ node, resource }) {
    const { attribute, sub } = targetOf(node);
    const stored = attribute && (homeOf(resource, attribute) ?? {})[attribute.name];
    const all = stored === undefined ? [] : [stored].flat();
    return sub ? all.map((each) => each[sub.name]).filter((each) => each !== undefined) : all;
}

function mapTexts(value, change) {
    if (typeof value === "string") {
        return change(value);
    }
    if (Array.isArray(value)) {
        return value.map((each) => mapTexts(each, change));
    }
    if (value && typeof value === "object") {
        return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapTexts(each, change)]));
    }
    return value;
}

/** Changes the texts that a term compares: its literal, and what the resource holds of the attribute. */
function withTexts({ node, resource }, change) {
    const { attribute } = targetOf(node);
    const home = attribute && homeOf(resource, attribute);
    const changed = home && { ...home, [attribute.name]: mapTexts(home[attribute.name], change) };
    return {
        node: mapComparisons(node, (each) => (typeof each.literal === "string" ? { ...each, literal: change(each.literal) } : each)),
        resource: !changed ? resource : attribute.urn ? { ...resource, [attribute.urn]: changed } : changed,
    };
}

function lowerCase(text) {
    return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function sameInstant(text) {
    return Number.isNaN(Date.parse(text)) ? text : new Date(text).toISOString();
}

/** Signs in the place of those that the peers' readers do not take inside a text; their order stays. */
function plainText(text) {
    const instead = { '"': "#", "(": "*", ")": "+", "[": "^", "\\": "^", "]": "_" };
    return text.replace(/["\\[\]()]/g, (sign) => instead[sign]);
}

function canonicalNames({ node, resource }) {
    const { attribute, sub } = targetOf(node);
    const prefix = node.path.includes(":") ? `${attribute?.urn ?? CORE}:` : "";
    const change = (each, outside) => ({
        ...each,
        operator: each.operator.toLowerCase(),
        path: !attribute ? each.path : outside ? (sub ?? { name: each.path }).name : `${prefix}${attribute.name}${sub ? `.${sub.name}` : ""}`,
    });
    const changed = mapComparisons(node, change);
    return { node: changed.kind === "any" && attribute ? { ...changed, path: `${prefix}${attribute.name}` } : changed, resource };
}

function withoutUrn({ node, resource }) {
    const { attribute } = targetOf(node);
    const path = node.path.slice(node.path.lastIndexOf(":") + 1);
    return { node: { ...node, path }, resource: attribute?.urn ? { ...resource, ...homeOf(resource, attribute) } : resource };
}

function bareAsValue({ node, resource }) {
    const { attribute, sub } = targetOf(node);
    const isBare = node.kind === "compare" && attribute?.sub && !sub && find(attribute.sub, "value");
    return { node: isBare && !isPresence(node) ? { ...node, path: `${node.path}.value` } : node, resource };
}

function onlyValuesWithIt({ node, resource }) {
    const { attribute, sub } = targetOf(node);
    const home = attribute && homeOf(resource, attribute);
    if (!home || !attribute.many || !sub || !home[attribute.name] || attribute.urn) {
        return { node, resource };
    }
    const values = home[attribute.name].filter((each) => each[sub.name] !== undefined);
    return { node, resource: values.length > 0 ? { ...resource, [attribute.name]: values } : resource };
}

function isPresence(node) {
    return comparisonOf(node).operator.toLowerCase() === "pr";
}

function isBooleanText(leaf) {
    const { literal } = comparisonOf(leaf.node);
    return targetOf(leaf.node).compared?.kind === "boolean" && typeof literal === "string" && /^(true|false)$/i.test(literal);
}

function booleanAsSuch(leaf) {
    const change = (each) => ({ ...each, literal: each.literal.toLowerCase() === "true" });
    return isBooleanText(leaf) ? { ...leaf, node: mapComparisons(leaf.node, change) } : leaf;
}

function inQuotes(leaf) {
    const { literal } = comparisonOf(leaf.node);
    const isBare = targetOf(leaf.node).compared?.kind === "text" && ["boolean", "number"].includes(typeof literal);
    return isBare ? { ...leaf, node: mapComparisons(leaf.node, (each) => ({ ...each, literal: String(each.literal) })) } : leaf;
}

/** May a literal of that type stand against that kind of attribute at all? */
function fits(kind, literal) {
    switch (kind) {
    case "boolean":
        return typeof literal === "boolean" || /^(true|false)$/i.test(literal);
    case "dateTime":
        return typeof literal === "string" && !Number.isNaN(Date.parse(literal)) && literal.includes("T");
    default:
        return typeof literal === "string";
    }
}

function facts(leaf) {
    const { operator, literal } = comparisonOf(leaf.node);
    const { compared } = targetOf(leaf.node);
    return { operator: operator.toLowerCase(), literal, kind: compared?.kind, values: storedValues(leaf) };
}

const FILTER_DIFFERENCES = {
    "a text may lack its quotes": { normalize: inQuotes },
    "case of texts": { normalize: (leaf) => (targetOf(leaf.node).compared?.exact === false ? withTexts(leaf, lowerCase) : leaf) },
    "case of names": { normalize: canonicalNames },
    "a complex attribute stands for its value": { normalize: bareAsValue },
    "times are instants": { normalize: (leaf) => (targetOf(leaf.node).compared?.kind === "dateTime" ? withTexts(leaf, sameInstant) : leaf) },
    "any text may stand in quotes": { normalize: (leaf) => withTexts(leaf, plainText) },
    "True in quotes is true": { normalize: booleanAsSuch },
    "only values that are there count": { normalize: onlyValuesWithIt },
    // Without their URN the terms are no longer the schema's: these come last.
    "names with the core URN": { normalize: (leaf) => (targetOf(leaf.node).attribute?.urn ? leaf : withoutUrn(leaf)) },
    "names with the URN of an extension": { normalize: (leaf) => (targetOf(leaf.node).attribute?.urn ? withoutUrn(leaf) : leaf) },
    "a filter that was read does not fail": { explains: (leaf, ours, theirs) => theirs === "crashed" },
    "ne without a value": {
        explains: (leaf, ours) => {
            const { operator, literal, values } = facts(leaf);
            return operator === "ne" && literal !== null && values.length === 0 && ours === true;
        },
    },
    "null is unassigned": {
        explains: (leaf, ours) => {
            const { operator, literal, values } = facts(leaf);
            return literal === null && ((operator === "eq" && ours === (values.length === 0)) || (operator === "ne" && ours === values.length > 0));
        },
    },
    "null has no order and no parts": {
        explains: (leaf, ours) => {
            const { operator, literal } = facts(leaf);
            return ours === "refused" && literal === null && [...SEARCH, ...ORDER].includes(operator);
        },
    },
    "booleans have no order": {
        explains: (leaf, ours) => {
            const { operator, literal, kind } = facts(leaf);
            return ours === "refused" && ORDER.includes(operator) && (kind ?? typeof literal) === "boolean";
        },
    },
    "parts of what is no text": {
        explains: (leaf, ours) => {
            const { operator, literal, kind } = facts(leaf);
            return ours === "refused" && SEARCH.includes(operator) && ["boolean", "dateTime"].includes(kind ?? typeof literal);
        },
    },
    "a literal of another type": {
        explains: (leaf, ours) => {
            const { literal, kind } = facts(leaf);
            return ours === "refused" && kind !== undefined && kind !== "complex" && literal !== null && !fits(kind, literal);
        },
    },
    "a complex attribute needs a sub-attribute": {
        explains: (leaf, ours) => ours === "refused" && facts(leaf).kind === "complex",
    },
};

module.exports = { FILTER_DIFFERENCES };
