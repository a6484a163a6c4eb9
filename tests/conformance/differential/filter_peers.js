// What others say of a filter and a resource: true, false, "refused", or "crashed" where one that they have
// read fails on the resource.
"use strict";

const { filter, parse } = require("scim2-parse-filter");
const { default: SCIMMY } = require("scimmy");

/** A peer reads a filter once, then matches with it. */
function peer(read) {
    return (text, resource) => {
        let matches;
        try {
            matches = read(text);
        } catch {
            return "refused";
        }
        try {
            return matches(resource);
        } catch {
            return "crashed";
        }
    };
}

function readScimmy(text) {
    const read = new SCIMMY.Types.Filter(text);
    return (resource) => read.match([resource]).length > 0;
}

const FILTER_PEERS = {
    "scim2-parse-filter": peer((text) => filter(parse(text))),
    scimmy: peer(readScimmy),
};

module.exports = { FILTER_PEERS };
