// Labels over the contract: annotators, the queue and how far the labels agree.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { newTask } from '#engine/jobs';
import { agreementReport } from '#engine/preference/agreement';
import { addAnnotator, requireAnnotator } from '#engine/preference/annotators';
import { addLabel, changeQueue, nextItem, queueProgress, skipPair, undoLast } from '#engine/preference/queue';
import { queueSettings } from '#engine/preference/queue-settings';
import { asContractErrors, untilClosed, type Context } from './context.ts';

const os = implement(contract.labels).$context<Context>().use(asContractErrors);

export const labelsHandlers = os.router({
  annotators: os.annotators.handler(({ context }) => context.studio().store.labels.annotators()),
  addAnnotator: os.addAnnotator.handler(({ input, context }) => {
    const studio = context.studio();
    const annotators = addAnnotator(studio.store, studio.clock, input.name);
    studio.changed('labels');
    return annotators;
  }),
  queue: os.queue.handler(({ input, context }) => {
    const { store } = context.studio();
    requireAnnotator(store, input.annotator);
    return queueSettings(store, input.annotator);
  }),
  setQueue: os.setQueue.handler(({ input, context }) => {
    const studio = context.studio();
    const settings = changeQueue(studio.store, input.annotator, input.settings);
    studio.changed('labels');
    return settings;
  }),
  next: os.next.handler(({ input, context }) => nextItem(context.studio().store, input.annotator)),
  add: os.add.handler(({ input, context }) => {
    const studio = context.studio();
    const added = addLabel(studio.store, studio.clock, input);
    studio.changed('labels');
    return added;
  }),
  skip: os.skip.handler(({ input, context }) => {
    const studio = context.studio();
    const skipped = skipPair(studio.store, studio.clock, input.annotator, input.pairId);
    studio.changed('labels');
    return skipped;
  }),
  undo: os.undo.handler(({ input, context }) => {
    const studio = context.studio();
    const undone = undoLast(studio.store, studio.clock, input.annotator);
    studio.changed('labels');
    return undone;
  }),
  progress: os.progress.handler(({ input, context }) => {
    const studio = context.studio();
    return queueProgress(studio.store, studio.clock, input.annotator);
  }),
  list: os.list.handler(({ input, context }) => {
    const { annotator, pairId, page } = input;
    const filter = { ...(annotator === undefined ? {} : { annotator }), ...(pairId === undefined ? {} : { pairId }) };
    return context.studio().store.labels.list(filter, page.offset, page.limit);
  }),
  agreement: os.agreement.handler(({ context, signal }) => {
    const studio = context.studio();
    return agreementReport(
      studio.store,
      newTask(untilClosed(studio, signal), () => undefined),
    );
  }),
});
