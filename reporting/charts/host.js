// SPDX-License-Identifier: Apache-2.0
// What ECharts expects of its surroundings, as far as drawing static SVG needs it. No clock and no chance: the
// same data give the same picture.
var globalThis = this, self = this;
var setTimeout = function () { return 0; }, clearTimeout = function () {};
var setInterval = function () { return 0; }, clearInterval = function () {};
var console = { log: function () {}, warn: function () {}, error: function () {} };
Math.random = function () { return 0.5; };
Date.now = function () { return 0; };
