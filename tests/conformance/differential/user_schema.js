// What RFC 7643 4.1 and 4.3 say of the attributes that the random cases use: kind, case, how many.
"use strict";

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

const text = (name, more) => ({ name, kind: "text", exact: false, ...more });
const flag = (name) => ({ name, kind: "boolean" });
const time = (name, more) => ({ name, kind: "dateTime", ...more });
const plural = (more = []) => [text("value"), text("display"), text("type"), flag("primary"), ...more];

const ATTRIBUTES = [
    text("userName", { required: true }),
    text("externalId", { exact: true }),
    text("displayName"),
    text("nickName"),
    text("title"),
    flag("active"),
    { name: "name", kind: "complex", sub: [text("givenName"), text("familyName"), text("formatted")] },
    { name: "emails", kind: "complex", many: true, sub: plural() },
    { name: "phoneNumbers", kind: "complex", many: true, sub: plural() },
    { name: "addresses", kind: "complex", many: true, sub: [text("locality"), text("country"), text("type"), flag("primary")] },
    { name: "meta", kind: "complex", readOnly: true, sub: [time("created", { readOnly: true }), text("resourceType", { exact: true, readOnly: true })] },
    text("employeeNumber", { urn: ENTERPRISE }),
    text("department", { urn: ENTERPRISE }),
    { name: "manager", kind: "complex", urn: ENTERPRISE, sub: [text("value", { exact: true })] },
];

/** An attribute by its name in any case. */
function find(attributes, name) {
    return attributes.find((each) => each.name.toLowerCase() === name.toLowerCase());
}

/** What a path such as emails.type or urn:...:User:manager.value names: { attribute, sub }; nothing if unknown. */
function resolve(path) {
    const colon = path.lastIndexOf(":");
    const [name, part] = path.slice(colon + 1).split(".");
    const urn = colon < 0 ? undefined : path.slice(0, colon).toLowerCase();
    const attribute = find(ATTRIBUTES, name);
    if (!attribute || (urn ?? CORE.toLowerCase()) !== (attribute.urn ?? CORE).toLowerCase()) {
        return undefined;
    }
    const sub = part === undefined ? undefined : attribute.sub && find(attribute.sub, part);
    return part !== undefined && !sub ? undefined : { attribute, sub };
}

/** The part of the resource that holds the attribute: the resource, or its extension. */
function homeOf(resource, attribute) {
    return attribute.urn ? resource[attribute.urn] : resource;
}

module.exports = { ATTRIBUTES, CORE, ENTERPRISE, find, homeOf, resolve };
