// The studio behind a window or a browser: workspaces with all that runs and lists their agents, put together once for both.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseMark, openWorkspaceStore, systemClock } from '#adapters/workspace';
import type { RunControl } from '#engine/control/run-control';
import { Agents } from '#engine/graph/catalog';
import type { Spawner } from '#engine/ports';
import { Problem, sentenceOf } from '#engine/problem';
import type { RunnerProgram } from '#engine/runner/program';
import { doctorLines } from './doctor.ts';
import { openDoors } from './doors.ts';
import type { Route } from './gateway/route.ts';
import { RecentList } from './recent.ts';
import { openRuns } from './runs.ts';
import { newSample } from './sample.ts';
import { typeSources } from './type-sources.ts';
import { vaultOrProblem } from './vault.ts';
import { OpenWorkspaces } from './workspaces.ts';

export interface StudioParts {
  /** Folder of the user's data, and of what ships with Atelier. */
  readonly data: string;
  readonly resources: string;
  /** The workspace that was named; undefined: the last one, else the sample. */
  readonly asked: string | undefined;
  /** Who has the workspace, for whoever finds it taken: "the Atelier window". */
  readonly owner: string;
  /** How this host starts processes. */
  readonly spawner: (program: RunnerProgram) => Spawner;
}

/** After a workspace is opened, a runner is started for the first run that comes, ms. */
const warmMs = 2_000;
/** How long at most runs and clients wait until the values to mask have been read, ms. */
const knownMs = 3_000;

/** Opens the workspace to start with; a failure is told by whatever is asked of it next. */
export async function openWorkspaces({ data, resources, asked, owner, spawner }: StudioParts): Promise<OpenWorkspaces> {
  const failed = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  const routes = async (): Promise<readonly Route[]> => {
    const [{ ApiRoute }, { apiContext }] = await Promise.all([
      import('./gateway/api-route.ts'),
      import('./gateway/api-desk.ts'),
    ]);
    return [new ApiRoute(apiContext(workspaces))];
  };
  const vault = await vaultOrProblem(data, () => workspaces.changed('vault'));
  // A keychain may wait for a person; the studio does not.
  const known =
    vault instanceof Problem
      ? Promise.resolve()
      : Promise.race([vault.ready(), sleep(knownMs, undefined, { ref: false })]);
  const workspaces: OpenWorkspaces = new OpenWorkspaces({
    clock: systemClock,
    recent: new RecentList(join(data, 'recent.json')),
    openStore: (folder) => openWorkspaceStore(folder, { owner }),
    markOf: databaseMark,
    equip: (folder, store, changed) => {
      const doors = openDoors({
        folder,
        resources,
        store,
        clock: systemClock,
        vault,
        changed,
        failed,
        routes,
      });
      const runs = openRuns({
        store,
        folder,
        changed,
        models: doors.models.models,
        redactor: doors.redactor,
        clock: systemClock,
        spawner,
        failed,
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
      let isLeft = false;
      // What was under way when the studio was closed goes on, and clients are let in: once what must be masked is known.
      const begin = async (): Promise<void> => {
        await known;
        if (isLeft) return;
        await Promise.all([runs.control.open({ resume: true }), doors.gateway.open()]);
      };
      const told = (error: unknown): void => failed(sentenceOf(error));
      begin().catch(told);
      // Not while the page starts, but before anybody has filled in a form.
      setTimeout(() => runs.control.warm(), warmMs).unref();
      runs.traces.catchUp().catch(told);
      const close = (): Promise<void> => {
        isLeft = true;
        return runs.close();
      };
      return { agents, runs: { control: runs.control, close }, doors };
    },
    sample: newSample(join(resources, 'sample'), join(data, 'Riverside Books')),
    closeShared: async () => {
      if (!(vault instanceof Problem)) await vault.close();
    },
    doctor: (studio) => doctorLines(studio?.path, data),
  });
  await workspaces.start(asked);
  return workspaces;
}
