// Loaded into the app before it starts: crashes the page, answers "Reload", and writes what the page shows before and after.
const { app, BrowserWindow, dialog } = require('electron');

const asked = [];
dialog.showMessageBox = (_window, options) => {
  asked.push(options.message);
  return Promise.resolve({ response: 0, checkboxChecked: false });
};

const read = `document.querySelector('[data-testid=workspace]')?.textContent ?? ''`;

async function shown() {
  for (let tries = 0; tries < 100; tries++) {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    if (contents !== undefined && !contents.isCrashed() && !contents.isLoading()) {
      const text = await contents.executeJavaScript(read);
      if (text !== '' && text !== 'No workspace') return text;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return 'nothing';
}

async function crash() {
  await app.whenReady();
  const before = await shown();
  BrowserWindow.getAllWindows()[0].webContents.forcefullyCrashRenderer();
  while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await new Promise((resolve) => setTimeout(resolve, 300));
  const after = await shown();
  process.stdout.write(`${JSON.stringify({ before, asked, after })}\n`);
  app.quit();
}

void crash();
