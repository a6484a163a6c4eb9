// Compares our filters and our PATCH with independent implementations on random cases:
//
//   node differential.js DRIVER filters|patches COUNT SEED
//
// DRIVER is build/.../protocol_driver. Every difference is recognised as one of differences.json, or fails the run.
"use strict";

const { compareFilters, ITSELF } = require("./compare_filters.js");
const { comparePatches } = require("./compare_patches.js");
const listed = require("./differences.json");
const { FILTER_DIFFERENCES } = require("./filter_differences.js");
const { PATCH_DIFFERENCES } = require("./patch_differences.js");
const { randomSource } = require("./random_source.js");
const { NASTY_TEXTS, PLAIN_TEXTS } = require("./user_case.js");

// PATCH has plain texts: how texts in brackets are read is what the filters are compared for.
const RUNS = {
    filters: { compare: compareFilters, texts: NASTY_TEXTS, known: [...Object.keys(FILTER_DIFFERENCES), ITSELF] },
    patches: { compare: comparePatches, texts: PLAIN_TEXTS, known: Object.keys(PATCH_DIFFERENCES) },
};
const SHOWN = 5;
const PIECE = 1000;

function checkList(name, known) {
    const missing = known.filter((each) => !listed[name][each]);
    const unused = Object.keys(listed[name]).filter((each) => !known.includes(each));
    if (missing.length + unused.length > 0) {
        throw new Error(`differences.json: ${name}: not there: ${missing.join(", ") || "-"}; recognised by nothing: ${unused.join(", ") || "-"}`);
    }
}

/** Adds the figures of a report to the total, those of `known` too. */
function addUp(total, report) {
    for (const [name, value] of Object.entries(report)) {
        if (typeof value === "number") {
            total[name] = (total[name] ?? 0) + value;
        }
    }
}

async function main(driver, name, count, seed) {
    const { compare, texts, known } = RUNS[name];
    checkList(name, known);
    console.log(`${name}: ${count} random cases, seed ${seed}`);
    const random = randomSource(seed, texts);
    const figures = {};
    const seen = {};
    const unknown = [];
    for (let done = 0; done < count; done += PIECE) {
        const report = await compare(driver, Math.min(PIECE, count - done), random);
        addUp(figures, report);
        addUp(seen, report.known);
        unknown.push(...report.unknown);
    }
    console.log(`${name}: ${Object.entries(figures).map(([what, times]) => `${times} ${what}`).join(", ")}`);
    for (const [what, times] of Object.entries(seen).sort()) {
        console.log(`  ${String(times).padStart(7)}  ${what}`);
    }
    console.log(`${name}: ${unknown.length} differences that are not listed`);
    for (const each of unknown.slice(0, SHOWN)) {
        console.log(JSON.stringify(each, undefined, 1));
    }
    process.exitCode = unknown.length > 0 ? 1 : 0;
}

const [driver, name, count, seed] = process.argv.slice(2);
main(driver, name, Number(count), Number(seed));
