// Random PATCH operations (RFC 7644 3.5.2) that mostly make sense.
"use strict";

const { ATTRIBUTES, CORE } = require("./user_schema.js");
const { randomObject, randomSimple, randomValue } = require("./user_case.js");

const VERBS = ["add", "replace", "remove"];

/** What stands in the square brackets of a path: mostly one eq. */
function randomChoice(random, attribute) {
    const term = () => {
        const sub = random.pick(attribute.sub);
        const operator = random.pick(sub.kind === "boolean" ? ["eq"] : ["eq", "eq", "eq", "sw"]);
        return `${sub.name} ${operator} ${JSON.stringify(randomSimple(random, sub))}`;
    };
    return random.chance(0.8) ? term() : `${term()} ${random.pick(["and", "or"])} ${term()}`;
}

function pathOf(random, attribute) {
    return attribute.urn ? `${attribute.urn}:${attribute.name}` : random.chance(0.05) ? `${CORE}:${attribute.name}` : attribute.name;
}

/** A path and a value that fits it. */
function randomTarget(random, verb) {
    const attribute = random.pick(ATTRIBUTES);
    const path = pathOf(random, attribute);
    if (attribute.many && random.chance(0.5)) {
        const chosen = `${path}[${randomChoice(random, attribute)}]`;
        if (random.chance(0.5)) {
            return { path: chosen, value: randomObject(random, attribute) };
        }
        const sub = random.pick(attribute.sub);
        return { path: `${chosen}.${sub.name}`, value: randomSimple(random, sub) };
    }
    if (attribute.sub && !attribute.many && random.chance(0.6)) {
        const sub = random.pick(attribute.sub);
        return { path: `${path}.${sub.name}`, value: randomSimple(random, sub) };
    }
    const value = randomValue(random, attribute);
    return { path, value: attribute.many && verb === "add" && random.chance(0.3) ? value[0] : value };
}

/** A value without a path: some attributes of the resource. */
function randomMembers(random) {
    const value = {};
    for (const attribute of ATTRIBUTES.filter(() => random.chance(0.2))) {
        const home = attribute.urn ? (value[attribute.urn] ??= {}) : value;
        home[attribute.name] = randomValue(random, attribute);
    }
    return Object.keys(value).length > 0 ? value : { displayName: "a" };
}

function randomOperation(random) {
    const op = random.pick(VERBS);
    if (op !== "remove" && random.chance(0.15)) {
        return { op, value: randomMembers(random) };
    }
    const { path, value } = randomTarget(random, op);
    if (op === "remove") {
        return { op, path };
    }
    return { op, path, value: random.chance(0.03) ? null : value };
}

function randomOperations(random) {
    return Array.from({ length: 1 + random.below(3) }, () => randomOperation(random));
}

module.exports = { randomOperations };
