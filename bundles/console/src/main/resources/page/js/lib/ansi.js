// Terminal escapes in log lines: colours become classes, all else is taken out. Pure.

const ESCAPE = /\x1b(?:\[([0-9;:]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])/g;
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/g;

/** @returns runs of text, each {text, style}, where style is the class names, '' for plain text */
export function spans(line) {
  if (!line.includes('\x1b')) return [{ text: line.replace(CONTROL, ''), style: '' }];
  const found = [];
  let state = { colour: '', bold: false, dim: false };
  let from = 0;
  const add = (text) => {
    const clean = text.replace(CONTROL, '');
    if (clean !== '') found.push({ text: clean, style: style(state) });
  };
  for (const match of line.matchAll(ESCAPE)) {
    add(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === 'm') state = apply(state, match[1]);
  }
  add(line.slice(from));
  return found.length > 0 ? found : [{ text: '', style: '' }];
}

/** The line without any escape. */
export function plain(line) {
  return spans(line).map((span) => span.text).join('');
}

function style(state) {
  return [state.colour, state.bold ? 'ansi-bold' : '', state.dim ? 'ansi-dim' : ''].filter(Boolean).join(' ');
}

function apply(state, codes) {
  const next = { ...state };
  const numbers = codes.split(/[;:]/).map((code) => (code === '' ? 0 : Number(code)));
  for (let i = 0; i < numbers.length; i++) {
    const code = numbers[i];
    if (code === 0) Object.assign(next, { colour: '', bold: false, dim: false });
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 22) Object.assign(next, { bold: false, dim: false });
    else if (code >= 30 && code <= 37) next.colour = `ansi-${code - 30}`;
    else if (code >= 90 && code <= 97) next.colour = `ansi-${code - 90}`;
    else if (code === 39) next.colour = '';
    else if (code === 38 || code === 48) i += numbers[i + 1] === 5 ? 2 : numbers[i + 1] === 2 ? 4 : 0;
  }
  return next;
}
