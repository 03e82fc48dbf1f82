// Before the first paint: the theme and the language that were chosen here, so that nothing flashes.
'use strict';
try {
  const theme = localStorage.getItem('vigie.theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
  // storage is off: the system's theme it is
}
