// The bridge: hands main the page's port and the paths of dropped files, and the page what the menu chose.
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { commandChannel, connectMessage, grantChannel, type Bridge } from './contract/bridge.ts';

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source !== window || event.data !== connectMessage) return;
  ipcRenderer.postMessage(connectMessage, undefined, [...event.ports]);
});

const bridge: Bridge<File> = {
  async grant(file) {
    // Only a file that the person really dropped or picked has a path; one made by a script has none.
    const path = webUtils.getPathForFile(file);
    if (path === '') return undefined;
    await ipcRenderer.invoke(grantChannel, path);
    return path;
  },
  onCommand(listener) {
    ipcRenderer.on(commandChannel, (_event, id: unknown) => {
      if (typeof id === 'string') listener(id);
    });
  },
};

contextBridge.exposeInMainWorld('atelier', bridge);
