// Random filters on random Users: does everybody agree with us, term by term and as a whole?
"use strict";

const { foldFilter, mapComparisons, printFilter, randomFilter, termsOf } = require("./filter_case.js");
const { FILTER_DIFFERENCES } = require("./filter_differences.js");
const { FILTER_PEERS } = require("./filter_peers.js");
const { explain } = require("./known_differences.js");
const { askDriver } = require("./protocol_driver.js");
const { randomUser } = require("./user_case.js");
const { homeOf, resolve } = require("./user_schema.js");

const ITSELF = "a whole that its own terms contradict";

function verdictOf(answer) {
    return answer.fault ? "refused" : answer.match;
}

/** The values that a value path looks at; one empty one where there are none, so that a refusal shows. */
function elementsOf(node, resource) {
    const { attribute } = resolve(node.path);
    return (homeOf(resource, attribute) ?? {})[attribute.name] ?? [];
}

function comparisonsOf(node) {
    const found = [];
    mapComparisons(node, (each) => (found.push(each), each));
    return found;
}

/** A term as leaves: a comparison is one; of a value path, each comparison with each value is one. */
function leavesOf(node, resource) {
    if (node.kind === "compare") {
        return [{ node, resource }];
    }
    const { attribute } = resolve(node.path);
    const elements = elementsOf(node, resource);
    return (elements.length > 0 ? elements : [{}]).flatMap((element) => {
        const home = { ...homeOf(resource, attribute), [attribute.name]: [element] };
        const alone = attribute.urn ? { ...resource, [attribute.urn]: home } : home;
        return comparisonsOf(node.inside).map((inside) => ({ node: { ...node, inside }, resource: alone, element, inside }));
    });
}

/** What a filter must be, given what its leaves are. */
function wholeOf(tree, resource, leaves, verdicts) {
    for (const failure of ["refused", "crashed"]) {
        if (verdicts.includes(failure)) {
            return failure;
        }
    }
    const verdictFor = (matches) => verdicts[leaves.findIndex(matches)];
    return foldFilter(tree, (term) =>
        term.kind === "compare"
            ? verdictFor((leaf) => leaf.node === term)
            : elementsOf(term, resource).some((element) =>
                foldFilter(term.inside, (inside) => verdictFor((leaf) => leaf.inside === inside && leaf.element === element))));
}

async function compareFilters(driver, count, random) {
    const cases = Array.from({ length: count }, () => {
        const tree = randomFilter(random);
        return { tree, text: printFilter(tree), resource: randomUser(random) };
    });
    const ours = askDriver(driver, cases.map(({ text, resource }) => ({ filter: text, resource }))).map(verdictOf);
    const leaves = cases.map(({ tree, resource }) => termsOf(tree).flatMap((term) => leavesOf(term, resource)));
    const asked = leaves.flat().map(({ node, resource }) => ({ filter: printFilter(node), resource }));
    const ourLeaves = askDriver(driver, asked).map(verdictOf);
    const report = { terms: asked.length, matched: 0, refused: 0, known: {}, unknown: [] };
    let from = 0;
    for (const [at, each] of cases.entries()) {
        const mine = ourLeaves.slice(from, (from += leaves[at].length));
        report.matched += ours[at] === true;
        report.refused += ours[at] === "refused";
        if (wholeOf(each.tree, each.resource, leaves[at], mine) !== ours[at]) {
            report.unknown.push({ peer: "ourselves", filter: each.text, resource: each.resource, ours: ours[at], why: "its terms say otherwise" });
        }
        for (const peer of Object.keys(FILTER_PEERS)) {
            await comparePeer({ ...each, ours: ours[at], leaves: leaves[at], mine }, peer, report);
        }
    }
    return report;
}

async function comparePeer({ tree, text, resource, ours, leaves, mine }, peer, report) {
    const ask = FILTER_PEERS[peer];
    const theirs = leaves.map((leaf) => ask(printFilter(leaf.node), leaf.resource));
    for (const [at, leaf] of leaves.entries()) {
        if (theirs[at] === mine[at]) {
            continue;
        }
        const names = await explain(FILTER_DIFFERENCES, { node: leaf.node, resource: leaf.resource }, { ours: mine[at], theirs: theirs[at] },
            (changed) => ask(printFilter(changed.node), changed.resource));
        if (!names) {
            report.unknown.push({ peer, filter: printFilter(leaf.node), resource: leaf.resource, ours: mine[at], theirs: theirs[at] });
        }
        for (const name of names ?? []) {
            report.known[`${peer}: ${name}`] = (report.known[`${peer}: ${name}`] ?? 0) + 1;
        }
    }
    const whole = ask(text, resource);
    if (whole !== ours && whole !== wholeOf(tree, resource, leaves, theirs)) {
        report.known[`${peer}: ${ITSELF}`] = (report.known[`${peer}: ${ITSELF}`] ?? 0) + 1;
    }
}

module.exports = { ITSELF, compareFilters };
