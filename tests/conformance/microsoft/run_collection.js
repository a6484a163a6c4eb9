// Runs a Postman collection with newman and prints what came of it as one line of JSON.
//
//   node run_collection.js COLLECTION < { "server": "127.0.0.1:8080", "token": "..." }
//
// What belongs to Microsoft's sample server is taken out here, so that the file stays as published:
// the folder that fetches a token, and the sample server's name for ServiceProviderConfig.
"use strict";

const fs = require("fs");
const newman = require("newman");

const TOKEN_FOLDER = "Get Token";
const SAMPLE_PATH = "serviceConfiguration";

function withoutSampleServer(collection) {
    const items = collection.item.filter((item) => item.name !== TOKEN_FOLDER);
    if (items.length !== collection.item.length - 1) {
        throw new Error(`the collection has no folder '${TOKEN_FOLDER}'`);
    }
    const text = JSON.stringify({ ...collection, item: items });
    if (!text.includes(SAMPLE_PATH)) {
        throw new Error(`the collection has no path '${SAMPLE_PATH}'`);
    }
    return JSON.parse(text.replaceAll(SAMPLE_PATH, "ServiceProviderConfig"));
}

function environment(given) {
    const [server, port] = given.server.split(":");
    const values = { Protocol: "http", Server: server, Port: `:${port}`, Api: "scim/v2", token: given.token };
    return { values: Object.entries(values).map(([key, value]) => ({ key, value, enabled: true })) };
}

/** What one failed assertion was about: the request, what was expected, what came. */
function described(failure, executions) {
    const execution = executions.find((each) => each.cursor.ref === failure.cursor.ref);
    const request = execution && execution.request;
    const response = execution && execution.response;
    return {
        step: failure.source && failure.source.name,
        test: failure.error.test,
        message: failure.error.message,
        request: request && `${request.method} ${request.url.getPathWithQuery()}`,
        body: request && request.body && request.body.raw,
        status: response && response.code,
        answer: response && response.text(),
    };
}

function run(collection, given) {
    newman.run({ collection, environment: environment(given), reporters: [] }, (error, summary) => {
        if (error) {
            throw error;
        }
        const { stats, failures, executions } = summary.run;
        const report = {
            requests: stats.requests.total,
            requestsFailed: stats.requests.failed,
            scriptsFailed: stats.testScripts.failed + stats.prerequestScripts.failed,
            assertions: stats.assertions.total,
            assertionsFailed: stats.assertions.failed,
            failures: failures.map((failure) => described(failure, executions)),
        };
        process.stdout.write(`${JSON.stringify(report)}\n`);
    });
}

run(withoutSampleServer(JSON.parse(fs.readFileSync(process.argv[2], "utf8"))), JSON.parse(fs.readFileSync(0, "utf8")));
