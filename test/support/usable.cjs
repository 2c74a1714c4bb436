// Loaded into an app before it starts: writes the time at which its page could be used, then quits it.
const { app } = require('electron');

/** What must be there: ATELIER_USABLE, a CSS selector. Painted: two frames later. */
const wait = `new Promise((resolve) => {
  const look = () => document.querySelector(${JSON.stringify(process.env.ATELIER_USABLE)}) !== null
    ? requestAnimationFrame(() => requestAnimationFrame(resolve))
    : requestAnimationFrame(look);
  look();
})`;

/** @param {Electron.WebContents} contents */
async function watch(contents) {
  await contents.executeJavaScript(wait);
  process.stdout.write(`usable ${Date.now()}\n`);
  setTimeout(() => app.quit(), 100);
}

app.on('browser-window-created', (_event, window) => {
  window.webContents.once('dom-ready', () => void watch(window.webContents));
});
