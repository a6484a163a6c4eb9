// Asks build/.../protocol_driver (protocol_driver.c) many questions at once.
"use strict";

const { spawnSync } = require("child_process");

function askDriver(driver, requests) {
    if (requests.length === 0) {
        return [];
    }
    const input = requests.map((each) => JSON.stringify(each)).join("\n") + "\n";
    const done = spawnSync(driver, { input, encoding: "utf8", maxBuffer: 1 << 30 });
    const answers = done.status === 0 ? done.stdout.trimEnd().split("\n").map((line) => JSON.parse(line)) : [];
    if (answers.length !== requests.length) {
        throw new Error(`${driver}: ${answers.length} answers for ${requests.length} questions, exit ${done.status ?? done.signal} ${done.stderr}`);
    }
    return answers;
}

module.exports = { askDriver };
