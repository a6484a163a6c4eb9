// The path of a PATCH operation, read by the schema: urn:...:name[filter].sub.
"use strict";

const { filter, parse } = require("scim2-parse-filter");
const { CORE, find, homeOf, resolve } = require("./user_schema.js");

const PATH = /^(?:(urn:.*):)?(\w+)(?:\[(.*)\])?(?:\.(\w+))?$/;

function readPath(path) {
    const [, urn, name, choice, part] = PATH.exec(path);
    const { attribute } = resolve(urn ? `${urn}:${name}` : name);
    return { attribute, choice, sub: part && find(attribute.sub, part) };
}

function printPath({ attribute, choice, sub }) {
    const prefix = attribute.urn ? `${attribute.urn}:` : "";
    return `${prefix}${attribute.name}${choice ? `[${choice}]` : ""}${sub ? `.${sub.name}` : ""}`;
}

/** What the resource holds of the attribute. */
function storedOf(resource, attribute) {
    return (homeOf(resource, attribute) ?? {})[attribute.name];
}

/** The resource with another value of the attribute. */
function withStored(resource, attribute, value) {
    const changed = { ...homeOf(resource, attribute), [attribute.name]: value };
    return attribute.urn ? { ...resource, [attribute.urn]: changed } : changed;
}

/** The values that the brackets of a path choose. */
function chosenOf(resource, { attribute, choice }) {
    return [storedOf(resource, attribute) ?? []].flat().filter(filter(parse(choice)));
}

/** What the eq terms of the brackets say of a value: { type: "work" }; nothing if they say more than that. */
function termsOf(choice) {
    const tree = parse(choice);
    const terms = tree.op === "and" ? tree.filters : [tree];
    const names = new Set(terms.map(({ attrPath }) => attrPath));
    const isPlain = terms.every(({ op }) => op === "eq") && names.size === terms.length;
    return isPlain ? Object.fromEntries(terms.map(({ attrPath, compValue }) => [attrPath, compValue])) : undefined;
}

module.exports = { CORE, chosenOf, printPath, readPath, storedOf, termsOf, withStored };
