// The page's entry: connects to the main process and mounts the shell.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ActionProvider } from '../lib/actions.tsx';
import { ApiProvider, portLink, startApi } from '../lib/api.tsx';
import { connect, isInBrowser } from '../lib/bridge.ts';
import { JobProvider } from '../lib/jobs.tsx';
import { RouteProvider } from '../lib/route.tsx';
import { keepPageKey, SocketLink } from '../lib/socket-link.ts';
import { ThemeProvider } from '../lib/theme.tsx';
import { ToastProvider } from '../lib/toasts.tsx';
import '../styles/reset.css';
import '../styles/tokens.css';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { Boundary } from './boundary.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { PathDialog } from './path-dialog.tsx';
import { Shell } from './shell.tsx';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root element');
keepPageKey();
const socket = isInBrowser() ? new SocketLink() : undefined;
const started = startApi(socket ?? portLink(connect()));
const shell =
  socket === undefined ? (
    <Shell />
  ) : (
    <ConnectionNotice link={socket}>
      <Shell />
      <PathDialog />
    </ConnectionNotice>
  );

createRoot(root).render(
  <StrictMode>
    <ThemeProvider>
      <Boundary what="The window">
        <ApiProvider started={started}>
          <JobProvider>
            <RouteProvider>
              <ToastProvider>
                <TooltipProvider>
                  <ActionProvider>{shell}</ActionProvider>
                </TooltipProvider>
              </ToastProvider>
            </RouteProvider>
          </JobProvider>
        </ApiProvider>
      </Boundary>
    </ThemeProvider>
  </StrictMode>,
);
