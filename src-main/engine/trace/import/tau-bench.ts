// τ-bench results: [{task_id, trial, reward, info, traj: [message …]}], messages as OpenAI chat.
import { member, isArray, numberMember, put, textMember } from '../json.ts';
import { Problem } from '../../problem.ts';
import { decisive, type ConversationFormat } from './format.ts';
import { isLead, isOpenaiMessage, openaiDialect } from './openai-dialect.ts';

export const tauBench: ConversationFormat = {
  id: 'tau-bench',
  dialect: openaiDialect,
  recognise(record) {
    const traj = member(record, 'traj');
    if (!isArray(traj) || member(record, 'task_id') === undefined) return 0;
    return traj.every(isOpenaiMessage) ? decisive : 1;
  },
  split(record) {
    const messages = member(record, 'traj');
    if (!isArray(messages)) {
      throw new Problem(
        'BAD_INPUT',
        'It has no list "traj".',
        'A τ-bench result is {"task_id", "reward", "info", "traj": [message, …]}.',
      );
    }
    const head = { lead: isLead(messages[0]) };
    return { frame: { record: put(record, ['traj'], null) }, sides: [{ side: '', head, messages }] };
  },
  join({ frame, sides }) {
    return put(frame['record'] ?? null, ['traj'], sides[0]?.messages ?? []);
  },
  blank: () => ({ record: { traj: null } }),
  facts(record) {
    const reward = numberMember(record, 'reward');
    const task = textMember(record, 'task_id') ?? numberMember(record, 'task_id');
    const trial = textMember(record, 'trial') ?? numberMember(record, 'trial');
    const error = textMember(member(record, 'info'), 'error');
    const group = task === undefined ? undefined : `task ${task}`;
    const name = trial === undefined ? group : `${group ?? 'task'}, trial ${trial}`;
    return {
      scores: [reward === undefined ? [] : [{ name: 'reward', value: reward }]],
      ...(group === undefined ? {} : { group }),
      ...(name === undefined ? {} : { name }),
      ...(error === undefined ? {} : { error }),
    };
  },
};
