// The bridge: tells the page that it runs inside the studio's window.
import { contextBridge } from 'electron';

contextBridge.exposeInMainWorld('atelier', { bridge: 1 });
