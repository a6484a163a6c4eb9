// Finds, for one case in which a peer and we differ, the listed differences that explain it.
"use strict";

/** The case with all the named changes made, in their order; the names that changed nothing left out. */
function changed(differences, given, names) {
    let it = given;
    const used = names.filter((name) => {
        const before = JSON.stringify(it);
        it = differences[name].normalize(it);
        return JSON.stringify(it) !== before;
    });
    return { it, used };
}

/**
 * The names that explain why the peer's answer to `given`, `theirs`, is not `ours`; nothing if none do. `ask(it)` asks
 * the peer about a changed case: then it must say what we say, or what is left must be explained by its looks. Each
 * name that is given is needed.
 */
async function explain(differences, given, { ours, theirs }, ask) {
    const looks = (it, answer) => Object.keys(differences).filter((name) => differences[name].explains?.(it, ours, answer)).slice(0, 1);
    const seen = looks(given, theirs);
    if (seen.length > 0) {
        return seen;
    }
    const attempt = async (names) => {
        const { it, used } = changed(differences, given, names);
        const answer = await ask(it);
        const rest = answer === ours ? [] : looks(it, answer);
        return answer === ours || rest.length > 0 ? { used, rest } : undefined;
    };
    const all = Object.keys(differences).filter((name) => differences[name].normalize);
    for (const start of [all, ...all.map((name) => all.filter((each) => each !== name))]) {
        let found = await attempt(start);
        if (found) {
            for (const name of found.used) {
                found = (await attempt(found.used.filter((each) => each !== name))) ?? found;
            }
            return [...found.used, ...found.rest];
        }
    }
    return undefined;
}

module.exports = { explain };
