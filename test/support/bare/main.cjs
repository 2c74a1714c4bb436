// The least window there is: what the start of any Electron app costs.
const { app, BrowserWindow } = require('electron');
const path = require('node:path');

async function open() {
  await app.whenReady();
  await new BrowserWindow({ width: 1440, height: 900, webPreferences: { sandbox: true } }).loadFile(
    path.join(__dirname, 'index.html'),
  );
}

void open();
