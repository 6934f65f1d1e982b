// SPDX-License-Identifier: MIT
// What the comparisons ask of texts.

// String.prototype.isWellFormed, which Node.js 18 does not have: a lone surrogate can not leave as UTF-8.
export const isWellFormed = (text) => !/\p{Surrogate}/u.test(text);
