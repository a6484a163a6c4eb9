// What others make of a resource by one PATCH operation: the resource, or "refused".
"use strict";

const { patchBodyValidation, scimPatch } = require("scim-patch");
const { default: SCIMMY } = require("scimmy");

const PATCH_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

SCIMMY.Schemas.User.extend(SCIMMY.Schemas.EnterpriseUser);
// What no random User has; scimmy walks through its whole schema for each of them.
SCIMMY.Schemas.User.truncate(["profileUrl", "userType", "preferredLanguage", "locale", "timezone", "password", "ims", "photos",
    "groups", "entitlements", "roles", "x509Certificates"]);

function message(operations) {
    return { schemas: [PATCH_URN], Operations: operations };
}

function copyOf(value) {
    return JSON.parse(JSON.stringify(value));
}

function askScimPatch(resource, operation) {
    const body = message([copyOf(operation)]);
    patchBodyValidation(body);
    return scimPatch(copyOf(resource), body.Operations);
}

/** The resource as scimmy's own schema of Users writes it. */
function asScimmy(resource) {
    return copyOf(new SCIMMY.Schemas.User(copyOf(resource), "both"));
}

async function askScimmy(resource, operation) {
    const before = new SCIMMY.Schemas.User(copyOf(resource), "both");
    const after = await new SCIMMY.Messages.PatchOp(message([copyOf(operation)])).apply(before);
    return copyOf(after ?? before);
}

function peer(ask, view) {
    return {
        view,
        ask: async (resource, operation) => {
            try {
                return await ask(resource, operation);
            } catch {
                return "refused";
            }
        },
    };
}

/** `view` brings our resource into the form that the peer writes. */
const PATCH_PEERS = {
    "scim-patch": peer(askScimPatch, (resource) => resource),
    scimmy: peer(askScimmy, asScimmy),
};

module.exports = { PATCH_PEERS, message };
