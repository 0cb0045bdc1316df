// Runs in each context before the script, which cannot reach into this function. Gives what calls the script's function: parses the
// input, freezes it deep, so that a script cannot change what it was handed, and passes it on.
(function () {
  'use strict';
  const parse = JSON.parse;
  const freeze = Object.freeze;
  const isArray = Array.isArray;
  const keys = Object.keys;

  function view(value) {
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    if (isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        view(value[i]);
      }
    } else {
      const names = keys(value);
      for (let i = 0; i < names.length; i++) {
        view(value[names[i]]);
      }
    }
    return freeze(value);
  }

  return function call(target, text) {
    return target(view(parse(text)));
  };
})()
