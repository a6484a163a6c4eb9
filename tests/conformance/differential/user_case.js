// Random Users, as our store would hold them: the schema's spelling, no nulls, no empty arrays.
"use strict";

const { ATTRIBUTES, CORE, ENTERPRISE } = require("./user_schema.js");

// Few and alike, so that filters often match.
const PLAIN_TEXTS = ["a", "b", "ab", "abc", "b c", "10", "9", "é", "work", "home", "true"];
// And some that not everybody reads alike.
const NASTY_TEXTS = [...PLAIN_TEXTS, "A", "AB", "É", "Work", 'q"q', "back\\slash", "x]y", "(p)"];
const TYPES = ["work", "home", "other"];
const TIMES = ["2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z", "2025-12-31T23:59:59Z"];

function randomText(random, name) {
    return name === "type" ? random.pick(TYPES) : random.pick(random.texts);
}

function randomSimple(random, attribute) {
    switch (attribute.kind) {
    case "boolean":
        return random.chance(0.5);
    case "dateTime":
        return random.pick(TIMES);
    default:
        return randomText(random, attribute.name);
    }
}

function randomObject(random, attribute) {
    const parts = attribute.sub.filter(() => random.chance(0.6));
    const chosen = parts.length > 0 ? parts : [attribute.sub[0]];
    return Object.fromEntries(chosen.map((part) => [part.name, randomSimple(random, part)]));
}

/** One to three values, at most one of them primary, no two of the same type and value (RFC 7643 2.4). */
function randomValues(random, attribute) {
    const values = [];
    for (let left = 1 + random.below(3); left > 0; left--) {
        const value = randomObject(random, attribute);
        const isThere = values.some((each) => each.value === value.value && each.type === value.type);
        values.push(...(isThere && value.value !== undefined ? [] : [value]));
    }
    const primary = values.findIndex((value) => value.primary);
    return values.map((value, at) => (value.primary && at !== primary ? { ...value, primary: false } : value));
}

function randomValue(random, attribute) {
    if (attribute.kind !== "complex") {
        return randomSimple(random, attribute);
    }
    return attribute.many ? randomValues(random, attribute) : randomObject(random, attribute);
}

function randomUser(random) {
    const user = { schemas: [CORE], id: "0123" };
    const extension = {};
    for (const attribute of ATTRIBUTES) {
        if (attribute.required || random.chance(0.6)) {
            (attribute.urn ? extension : user)[attribute.name] = randomValue(random, attribute);
        }
    }
    if (Object.keys(extension).length > 0) {
        user.schemas.push(ENTERPRISE);
        user[ENTERPRISE] = extension;
    }
    return user;
}

module.exports = { NASTY_TEXTS, PLAIN_TEXTS, randomObject, randomSimple, randomText, randomUser, randomValue };
