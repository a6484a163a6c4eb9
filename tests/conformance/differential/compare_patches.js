// Random PATCH operations on random Users: does everybody make the same of each, and is a sequence its steps?
"use strict";

const { explain } = require("./known_differences.js");
const { PATCH_DIFFERENCES, finished } = require("./patch_differences.js");
const { randomOperations } = require("./patch_case.js");
const { PATCH_PEERS, message } = require("./patch_peers.js");
const { askDriver } = require("./protocol_driver.js");
const { randomUser } = require("./user_case.js");

/**
 * One text for what is one state: names in order, nothing unassigned (RFC 7643 2.5), several values in no order,
 * and without `schemas`, which follow from the rest.
 */
function stateOf(resource) {
    return JSON.stringify(ordered({ ...resource, schemas: undefined }) ?? {});
}

function ordered(value) {
    if (Array.isArray(value)) {
        const values = value.map(ordered).filter((each) => each !== undefined);
        values.sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
        return values.length > 0 ? values : undefined;
    }
    if (value && typeof value === "object") {
        const entries = Object.entries(value).map(([name, each]) => [name, ordered(each)]).filter(([, each]) => each !== undefined);
        return entries.length > 0 ? Object.fromEntries(entries.sort()) : undefined;
    }
    return value ?? undefined;
}

function verdictOf(answer) {
    return answer.fault ? "refused" : answer.resource;
}

/** Carries the operations out one by one, all cases at once; gives each step with the resource it started from. */
function stepsOf(driver, cases) {
    const steps = [];
    const last = cases.map(({ resource }) => resource);
    for (let turn = 0; turn < 3; turn++) {
        const due = cases.map((each, at) => ({ at, operation: each.operations[turn], resource: last[at] }))
            .filter(({ operation, resource }) => operation && resource !== "refused");
        const answers = askDriver(driver, due.map(({ resource, operation }) => ({ resource, patch: message([operation]) })));
        due.forEach(({ at, operation, resource }, index) => {
            last[at] = verdictOf(answers[index]);
            steps.push({ resource, operation, ours: last[at], fault: answers[index].fault });
        });
    }
    return { steps, last };
}

async function comparePatches(driver, count, random) {
    const cases = Array.from({ length: count }, () => ({ resource: randomUser(random), operations: randomOperations(random) }));
    const { steps, last } = stepsOf(driver, cases);
    const wholes = askDriver(driver, cases.map(({ resource, operations }) => ({ resource, patch: message(operations) }))).map(verdictOf);
    const report = { steps: steps.length, refused: steps.filter(({ ours }) => ours === "refused").length, known: {}, unknown: [] };
    cases.forEach((each, at) => {
        if (stateOf(wholes[at]) !== stateOf(last[at])) {
            report.unknown.push({ peer: "ourselves", ...each, ours: wholes[at], theirs: last[at], why: "the whole is not its steps" });
        }
    });
    for (const step of steps) {
        for (const peer of Object.keys(PATCH_PEERS)) {
            await comparePeer(step, peer, report);
        }
    }
    return report;
}

async function comparePeer(step, name, report) {
    const { ask, view } = PATCH_PEERS[name];
    const ours = step.ours === "refused" ? `refused: ${step.fault}` : stateOf(view(step.ours));
    const judge = async (it) => {
        let after = it.resource;
        for (const operation of it.operations) {
            after = after === "refused" ? after : await ask(after, operation);
        }
        const isTheirs = it.operations.length > 0 && !it.rules;
        return after === "refused" ? after : stateOf(isTheirs ? after : view(finished(it, after)));
    };
    const given = { resource: step.resource, operations: [step.operation] };
    const theirs = await judge(given);
    if (theirs === ours || (theirs === "refused" && step.fault)) {
        return;
    }
    given.unchanged = stateOf(view(step.resource));
    const names = await explain(PATCH_DIFFERENCES, given, { ours, theirs }, judge);
    if (!names) {
        report.unknown.push({ peer: name, operation: step.operation, resource: step.resource, ours, theirs });
    }
    for (const each of names ?? []) {
        report.known[`${name}: ${each}`] = (report.known[`${name}: ${each}`] ?? 0) + 1;
    }
}

module.exports = { comparePatches };
