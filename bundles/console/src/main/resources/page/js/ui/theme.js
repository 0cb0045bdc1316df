// Light, dark, or as the system has it. The choice is kept in this browser.

const KEY = 'stratoswarm.theme';
export const THEMES = ['auto', 'light', 'dark'];

export function theme() {
  let stored = null;
  try {
    stored = localStorage.getItem(KEY);
  } catch {
    // Storage may be off; then the choice lasts as long as the page.
  }
  return document.documentElement.dataset.theme ?? (THEMES.includes(stored) ? stored : 'auto');
}

export function setTheme(next) {
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // As above.
  }
}

export function nextTheme() {
  const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
  setTheme(next);
  return next;
}

setTheme(theme());
