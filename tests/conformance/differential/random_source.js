// A small random source that gives the same numbers for the same seed (mulberry32).
"use strict";

/** `texts` are those that random resources are made of. */
function randomSource(seed, texts) {
    let state = seed >>> 0;

    function next() {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    }

    return {
        texts,
        below: (bound) => Math.floor(next() * bound),
        chance: (share) => next() < share,
        pick: (list) => list[Math.floor(next() * list.length)],
    };
}

module.exports = { randomSource };
