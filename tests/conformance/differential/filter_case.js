// Random filters (RFC 7644 3.4.2.2) as trees, printed as text, and folded from the results of their terms.
"use strict";

const { ATTRIBUTES, CORE } = require("./user_schema.js");
const { randomText } = require("./user_case.js");

const OPERATORS = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];
const TIMES = ["2026-01-02T03:04:05Z", "2026-01-02T04:04:05+01:00", "2026-01-01T00:00:00Z", "2026-01-02T03:04:05.5Z"];

function otherCase(random, name) {
    return [...name].map((letter) => (random.chance(0.5) ? letter.toUpperCase() : letter.toLowerCase())).join("");
}

function spelled(random, name) {
    return random.chance(0.1) ? otherCase(random, name) : name;
}

/** A literal, mostly of the attribute's kind. */
function randomLiteral(random, target) {
    if (random.chance(0.04)) {
        return null;
    }
    if (random.chance(0.04)) {
        return random.pick([true, 5, "x"]);
    }
    switch (target && target.kind) {
    case "boolean":
        return random.chance(0.1) ? random.pick(["True", "false"]) : random.chance(0.5);
    case "dateTime":
        return random.pick(TIMES);
    case "complex":
        return random.pick(random.texts);
    default:
        return randomText(random, target ? target.name : "");
    }
}

function randomTerm(random, path, target) {
    if (random.chance(0.12)) {
        return { kind: "compare", path, operator: spelled(random, "pr") };
    }
    return { kind: "compare", path, operator: spelled(random, random.pick(OPERATORS)), literal: randomLiteral(random, target) };
}

function randomInside(random, attribute, depth) {
    return randomTree(random, depth, () => {
        const sub = random.pick(attribute.sub);
        return randomTerm(random, spelled(random, sub.name), sub);
    });
}

function randomTermOfUser(random) {
    if (random.chance(0.03)) {
        return randomTerm(random, "favouriteColour", undefined);
    }
    const attribute = random.pick(ATTRIBUTES);
    const prefix = attribute.urn ? `${attribute.urn}:` : random.chance(0.05) ? `${CORE}:` : "";
    const name = `${prefix}${spelled(random, attribute.name)}`;
    if (attribute.many && random.chance(0.5)) {
        return { kind: "any", path: name, inside: randomInside(random, attribute, 2) };
    }
    if (attribute.sub && random.chance(0.8)) {
        const sub = random.pick(attribute.sub);
        return randomTerm(random, `${name}.${spelled(random, sub.name)}`, sub);
    }
    return randomTerm(random, name, attribute);
}

function randomTree(random, depth, term) {
    if (depth === 0 || random.chance(0.4)) {
        return term();
    }
    const kind = random.pick(["and", "or", "not"]);
    const left = randomTree(random, depth - 1, term);
    return kind === "not" ? { kind, left } : { kind, left, right: randomTree(random, depth - 1, term) };
}

function randomFilter(random) {
    return randomTree(random, 3, () => randomTermOfUser(random));
}

const STRENGTH = { or: 1, and: 2, not: 3, compare: 4, any: 4 };

/** The text of a tree, with no more brackets than precedence asks for (not needs them always). */
function printFilter(node, above = 0) {
    const strength = STRENGTH[node.kind];
    switch (node.kind) {
    case "compare":
        return node.literal === undefined ? `${node.path} ${node.operator}` : `${node.path} ${node.operator} ${JSON.stringify(node.literal)}`;
    case "any":
        return `${node.path}[${printFilter(node.inside)}]`;
    case "not":
        return `not (${printFilter(node.left)})`;
    default: {
        const inside = `${printFilter(node.left, strength)} ${node.kind} ${printFilter(node.right, strength)}`;
        return strength < above ? `(${inside})` : inside;
    }
    }
}

/** The result of a tree, given those of its terms (compare and any). */
function foldFilter(node, resultOf) {
    switch (node.kind) {
    case "and":
        return foldFilter(node.left, resultOf) && foldFilter(node.right, resultOf);
    case "or":
        return foldFilter(node.left, resultOf) || foldFilter(node.right, resultOf);
    case "not":
        return !foldFilter(node.left, resultOf);
    default:
        return resultOf(node);
    }
}

/** All terms of a tree: its comparisons and value paths, not what is inside those. */
function termsOf(node) {
    return node.kind === "compare" || node.kind === "any" ? [node] : [...termsOf(node.left), ...(node.right ? termsOf(node.right) : [])];
}

/** The same tree with every comparison changed, those inside value paths too (they get the path in front as well). */
function mapComparisons(node, change, outside = undefined) {
    switch (node.kind) {
    case "compare":
        return change(node, outside);
    case "any":
        return { ...node, inside: mapComparisons(node.inside, change, node.path) };
    default:
        return { ...node, left: mapComparisons(node.left, change, outside), ...(node.right && { right: mapComparisons(node.right, change, outside) }) };
    }
}

module.exports = { foldFilter, mapComparisons, printFilter, randomFilter, termsOf };
