// The studio behind the window: workspaces, database and contract. Loaded while the page's process starts.
import type { MessagePortMain } from 'electron';
import { join } from 'node:path';
import { RPCHandler } from '@orpc/server/message-port';
import { databaseMark, openWorkspaceStore, systemClock } from '#adapters/workspace';
import type { RunControl } from '#engine/control/run-control';
import { Agents } from '#engine/graph/catalog';
import { sentenceOf } from '#engine/problem';
import type { Desk } from '#handlers/context';
import { router } from '#handlers/router';
import { doctorLines } from '../doctor.ts';
import { RecentList } from '../recent.ts';
import { openDoors } from '../doors.ts';
import { openRuns } from '../runs.ts';
import { newSample } from '../sample.ts';
import { typeSources } from '../type-sources.ts';
import { OpenWorkspaces } from '../workspaces.ts';
import { UtilitySpawner } from './utility-spawner.ts';

export interface ServeParts {
  readonly desk: Desk;
  /** Folder of the user's data, and of what ships with the app. */
  readonly data: string;
  readonly resources: string;
  /** The workspace named on the command line. */
  readonly asked: string | undefined;
}

export interface Served {
  readonly workspaces: OpenWorkspaces;
  readonly serve: (port: MessagePortMain) => void;
}

/** After a workspace is opened, a runner is started for the first run that comes, ms. */
const warmMs = 2_000;

/** Opens the workspace to start with; a failure is told by whatever the page asks next. */
export async function startStudio({ desk, data, resources, asked }: ServeParts): Promise<Served> {
  const workspaces = new OpenWorkspaces({
    clock: systemClock,
    recent: new RecentList(join(data, 'recent.json')),
    openStore: (folder) => openWorkspaceStore(folder, { owner: 'the Atelier window' }),
    markOf: databaseMark,
    pickFolder: (title) => desk.pickFolder(title),
    equip: (folder, store, changed) => {
      const runs = openRuns({
        store,
        folder,
        changed,
        ...openDoors({ folder }),
        clock: systemClock,
        spawner: (program) => new UtilitySpawner(program),
        failed: (sentence) => process.stderr.write(`${sentence}\n`),
      });
      const load = (file: string): ReturnType<RunControl['agent']> => runs.control.agent(file);
      const agents = new Agents({
        folder,
        load,
        runs: store.runs,
        templates: join(resources, 'templates'),
        types: () => typeSources(resources),
      });
      // Without them an agent runs all the same; its editor knows less of it.
      agents.refreshTypes().catch((error: unknown) => {
        process.stderr.write(`The types of the workspace were not laid down: ${sentenceOf(error)}\n`);
      });
      // What was under way when the window was closed goes on.
      void runs.control.open({ resume: true });
      // Not while the page starts, but before anybody has filled in a form.
      setTimeout(() => runs.control.warm(), warmMs).unref();
      void runs.traces.catchUp();
      return { agents, runs };
    },
    sample: newSample(join(resources, 'sample'), join(data, 'Riverside Books')),
    doctor: (studio) => doctorLines(studio?.path),
  });
  await workspaces.start(asked);
  const handler = new RPCHandler(router);
  return {
    workspaces,
    serve(port) {
      handler.upgrade(port, { context: { studio: workspaces.studio, desk, workspaces } });
      port.start();
    },
  };
}
