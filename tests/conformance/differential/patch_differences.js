// Where others make something else of a PATCH operation than we do, and why we are right: differences.json says it
// in words, the functions here recognise it, as in filter_differences.js. A case is { resource, operations }; `rules`
// names what is still to be done to what the peer makes of it.
"use strict";

const { chosenOf, printPath, readPath, storedOf, termsOf, withStored } = require("./patch_path.js");
const { ATTRIBUTES, ENTERPRISE, find } = require("./user_schema.js");

/** Changes each operation that has a path, given that path; several may come of one. */
function eachWithPath(it, change) {
    return { ...it, operations: it.operations.flatMap((each) => (each.path ? change(each, readPath(each.path)) : each)) };
}

function plainNames(it) {
    return eachWithPath(it, (each, path) => ({ ...each, path: printPath(path) }));
}

/** An operation without a path as one for each attribute. */
function byAttribute(it) {
    const split = ({ op, value }, prefix) => Object.entries(value).flatMap(([name, part]) =>
        name === ENTERPRISE ? split({ op, value: part }, `${ENTERPRISE}:`) : { op, path: `${prefix}${name}`, value: part });
    return { ...it, operations: it.operations.flatMap((each) => (each.path ? each : split(each, ""))) };
}

function withoutReadOnly(it) {
    const readOnly = ATTRIBUTES.filter((each) => each.readOnly).map((each) => each.name);
    const without = (value) => Object.fromEntries(Object.entries(value).filter(([name]) => !readOnly.includes(name)));
    return { ...it, operations: it.operations.map((each) => (each.path ? each : { ...each, value: without(each.value) })) };
}

function nullAsRemove(it) {
    return eachWithPath(it, (each, path) => {
        if (each.value !== null) {
            return each;
        }
        return each.op === "add" && path.attribute.many && !path.choice ? [] : { op: "remove", path: each.path };
    });
}

function isMissing(resource, path) {
    const stored = storedOf(resource, path.attribute);
    return stored === undefined || (path.sub && !path.choice && stored[path.sub.name] === undefined);
}

function missingAsAdd(it) {
    return eachWithPath(it, (each, path) =>
        each.op === "replace" && !path.choice && isMissing(it.resource, path) ? { ...each, op: "add" } : each);
}

/** A part of a complex attribute as the attribute with that part alone, to be merged. */
function partAsWhole(it) {
    return eachWithPath(it, (each, path) =>
        each.op !== "remove" && path.sub && !path.choice
            ? { op: "add", path: printPath({ attribute: path.attribute }), value: { [path.sub.name]: each.value } }
            : each);
}

/** A complex attribute as an operation for each of its sub-attributes. */
function bySubAttribute(it) {
    return eachWithPath(it, (each, path) =>
        each.op !== "remove" && each.value && path.attribute.sub && !path.attribute.many && !path.sub
            ? Object.keys(each.value).map((name) => ({ op: each.op, path: printPath({ ...path, sub: find(path.attribute.sub, name) }), value: each.value[name] }))
            : each);
}

/** A value path that chooses nothing as the value that it describes, added. */
function describedValue(it) {
    return eachWithPath(it, (each, path) => {
        if (!path.choice || each.op === "remove" || each.value === null || chosenOf(it.resource, path).length > 0) {
            return each;
        }
        const terms = termsOf(path.choice);
        if (!terms || (!path.sub && each.op === "replace")) {
            return each;
        }
        const value = path.sub ? { ...terms, [path.sub.name]: each.value } : { ...terms, ...each.value };
        return { op: "add", path: printPath({ attribute: path.attribute }), value: [value] };
    });
}

function saysAll(stored, value) {
    return Object.entries(value).every(([name, part]) => stored[name] === part);
}

/** Only those values that are not there yet. */
function newValues(it) {
    return eachWithPath(it, (each, path) => {
        if (each.op !== "add" || !path.attribute.many || path.choice || !each.value) {
            return each;
        }
        let known = storedOf(it.resource, path.attribute) ?? [];
        const fresh = [each.value].flat().filter((value) => {
            if (known.some((stored) => saysAll(stored, value))) {
                return false;
            }
            // one that becomes primary changes the others before the next one is looked for
            known = [...(value.primary ? known.map((stored) => (stored.primary ? { ...stored, primary: false } : stored)) : known), value];
            return true;
        });
        return fresh.length > 0 ? { ...each, value: fresh } : [];
    });
}

/** Values chosen by brackets as a list of all values, those chosen replaced, merged or gone. */
function byWholeList(it) {
    return eachWithPath(it, (each, path) => {
        if (!path.choice) {
            return each;
        }
        const chosen = chosenOf(it.resource, path);
        if (chosen.length === 0) {
            return each;
        }
        const change = (value) => {
            if (path.sub) {
                return { ...value, [path.sub.name]: each.op === "remove" ? null : each.value };
            }
            return each.op === "add" ? { ...value, ...each.value } : each.value;
        };
        const gone = !path.sub && (each.op === "remove" || each.value === null);
        const values = storedOf(it.resource, path.attribute)
            .flatMap((value) => (!chosen.includes(value) ? value : gone ? [] : withoutNull(change(value))));
        const whole = printPath({ attribute: path.attribute });
        return values.length > 0 ? { op: "replace", path: whole, value: values } : { op: "remove", path: whole };
    });
}

/** Nothing at all, if nothing is left. */
function withoutNull(value) {
    const kept = Object.entries(value).filter(([, part]) => part !== null);
    return kept.length > 0 ? Object.fromEntries(kept) : [];
}

/** The operation onto nothing: what is there is taken away first. */
function ontoNothing(it) {
    const whole = it.operations.filter(({ op, path }) => op === "replace" && path && readPath(path).attribute.many && !readPath(path).choice);
    return whole.reduce((changed, { path }) => ({
        ...changed,
        resource: withStored(changed.resource, readPath(path).attribute, undefined),
    }), it);
}

/** The values that a resource, perhaps a peer's, has of an attribute. */
function valuesOf(resource, attribute) {
    return [storedOf(resource, attribute) ?? []].flat().filter((value) => value && typeof value === "object");
}

/** A value that became primary takes primary from those that were there, and from those before it. */
function settlePrimary(before, after) {
    return ATTRIBUTES.filter(({ many }) => many).reduce((resource, attribute) => {
        const old = valuesOf(before, attribute).map((each) => JSON.stringify(each));
        const values = valuesOf(resource, attribute);
        const chosen = values.findLastIndex((value) => value.primary === true && !old.includes(JSON.stringify(value)));
        const settle = (value, at) => (value.primary === true && at !== chosen ? { ...value, primary: false } : value);
        return chosen < 0 ? resource : withStored(resource, attribute, values.map(settle));
    }, after);
}

/** Later values of the same type and value go into the first one. */
function joinPairs(before, after) {
    return ATTRIBUTES.filter(({ many, sub }) => many && find(sub, "value")).reduce((resource, attribute) => {
        const values = [];
        for (const value of valuesOf(resource, attribute)) {
            const first = values.findIndex((each) => value.value !== undefined && each.value === value.value && each.type === value.type);
            if (first < 0) {
                values.push(value);
            } else {
                values[first] = { ...values[first], ...value };
            }
        }
        return values.length > 0 ? withStored(resource, attribute, values) : resource;
    }, after);
}

const RULES = { joinPairs, settlePrimary };

/** Does to the peer's result what the case says is still to be done. */
function finished(it, after) {
    return (it.rules ?? []).reduce((resource, rule) => RULES[rule](it.resource, resource), after);
}

function onlyPath({ operations }) {
    return operations.length === 1 && operations[0].path ? readPath(operations[0].path) : undefined;
}

/** Does the operation have nothing to work on: no such value, or none that the brackets choose? */
function hasNoTarget(it) {
    const path = onlyPath(it);
    return Boolean(path) && (path.choice ? chosenOf(it.resource, path).length === 0 : isMissing(it.resource, path));
}

const PATCH_DIFFERENCES = {
    "read-only by a path": {
        explains: (it, ours) => {
            const path = onlyPath(it);
            return ours === "refused: mutability" && Boolean(path) && Boolean((path.sub ?? path.attribute).readOnly || path.attribute.readOnly);
        },
    },
    "a required attribute stays": {
        explains: (it, ours) => ours === "refused: mutability" && Boolean(onlyPath(it)?.attribute.required) && (it.operations[0].value ?? null) === null,
    },
    "nothing to replace": {
        explains: (it, ours) => ours === "refused: noTarget" && Boolean(onlyPath(it)?.choice) && hasNoTarget(it),
    },
    "nothing to remove": {
        explains: (it, ours, theirs) => theirs === "refused" && it.operations[0]?.op === "remove" && hasNoTarget(it) && ours === it.unchanged,
    },
    "one value of a type": { normalize: (it) => ({ ...it, rules: ["joinPairs"] }) },
    "names with the core URN": { normalize: plainNames },
    "read-only without a path": { normalize: withoutReadOnly },
    "without a path": { normalize: byAttribute },
    "null unassigns": { normalize: nullAsRemove },
    "replace of what is not there": { normalize: missingAsAdd },
    "sub-attributes are merged": { normalize: bySubAttribute },
    "a part of a complex attribute": { normalize: partAsWhole },
    "a value path describes a value": { normalize: describedValue },
    "a value that is there": { normalize: newValues },
    "values chosen by brackets": { normalize: byWholeList },
    "replace takes all values": { normalize: ontoNothing },
    "one primary value": { normalize: (it) => ({ ...it, rules: [...(it.rules ?? []), "settlePrimary"] }) },
};

module.exports = { PATCH_DIFFERENCES, finished };
