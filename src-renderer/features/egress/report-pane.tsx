// What left this machine in a day, a week or a run, host by host; can be copied as text.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import type { EgressReport } from '#contract/egress';
import { useApi } from '../../lib/api.tsx';
import { counted, shortBytes } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { shortId } from '../../lib/short-id.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import css from './report-pane.module.css';
import { daysBack, placeOf, purposeNames, reportText, totalsOf, unfinishedWords } from './words.ts';

type Span = 'today' | 'week' | 'run';
const spanNames: Readonly<Record<Span, string>> = { today: 'today', week: 'the last 7 days', run: 'run' };
const runsOffered = 50;

export function ReportPane({ run: wanted }: { readonly run: string | undefined }): JSX.Element {
  const { query } = useApi();
  const [span, setSpan] = useState<Span>(wanted === undefined ? 'today' : 'run');
  const [picked, setPicked] = useState(wanted);
  const runs = useQuery(query.runs.list.queryOptions({ input: { filter: {}, limit: runsOffered } }));
  const items = runs.data?.items ?? [];
  const run = picked ?? items[0]?.id;
  const [now] = useState(() => Date.now());
  const input = span === 'run' ? (run === undefined ? {} : { run }) : { from: daysBack(span === 'today' ? 1 : 7, now) };
  const isAsked = span !== 'run' || run !== undefined;
  const report = useQuery({ ...query.egress.report.queryOptions({ input }), enabled: isAsked });
  const title = span === 'run' ? `run ${run ?? ''}` : spanNames[span];
  const known = items.some(({ id }) => id === run);
  return (
    <div className={css.pane}>
      <header className={css.head}>
        <Segmented
          label="Report for"
          value={span}
          onChange={setSpan}
          segments={[
            { value: 'today', label: 'Today' },
            { value: 'week', label: '7 days' },
            { value: 'run', label: 'A run' },
          ]}
        />
        {span === 'run' && run !== undefined ? (
          <Select
            label="Run"
            value={run}
            onChange={setPicked}
            options={[
              ...(known ? [] : [{ value: run, label: shortId(run) }]),
              ...items.map((one) => ({
                value: one.id,
                label: `${one.agent} · ${shortId(one.id)}`,
                ...(one.title === '' ? {} : { detail: one.title }),
              })),
            ]}
          />
        ) : undefined}
        <span className={css.gap} />
        {report.data === undefined || !isAsked ? undefined : (
          <CopyButton label="Copy as text" text={() => reportText(report.data, title)} />
        )}
      </header>
      <div className={css.body}>
        {!isAsked ? (
          <EmptyState icon="runs" title="No runs yet">
            A run of an agent is reported on here once there is one.
          </EmptyState>
        ) : report.error !== null && report.data === undefined ? (
          <ErrorState
            title="The report could not be made."
            problem={problemOf(report.error)}
            onRetry={() => void report.refetch()}
          />
        ) : report.data === undefined ? (
          <SkeletonRows rows={4} height={40} label="The report is made" />
        ) : report.data.hosts.length === 0 ? (
          <EmptyState icon="ok" title={span === 'run' ? 'Nothing left for this run' : `Nothing left ${title}`}>
            {report.data.unfinished > 0 ? <p>{unfinishedWords(report.data.unfinished)}</p> : undefined}
          </EmptyState>
        ) : (
          <Hosts report={report.data} />
        )}
      </div>
    </div>
  );
}

function Hosts({ report }: { readonly report: EgressReport }): JSX.Element {
  const totals = totalsOf(report);
  return (
    <div className={css.report} data-selectable="">
      <p className={css.sum}>
        <strong>{shortBytes(totals.sent)}</strong> went out and {shortBytes(totals.received)} came back over{' '}
        {counted(totals.connections, 'connection')} to {counted(report.hosts.length, 'host')}.
        {totals.refused === 0 ? '' : ` ${totals.refused.toLocaleString()} refused.`}
      </p>
      {report.unfinished === 0 ? undefined : (
        <p className={css.note}>
          <Icon name="info" size={14} />
          <span>{unfinishedWords(report.unfinished)}</span>
        </p>
      )}
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">Host</th>
            <th scope="col" className={css.number}>
              Connections
            </th>
            <th scope="col" className={css.number}>
              Sent
            </th>
            <th scope="col" className={css.number}>
              Received
            </th>
            <th scope="col" className={css.number}>
              Refused
            </th>
            <th scope="col">For</th>
            <th scope="col">Secrets</th>
          </tr>
        </thead>
        <tbody>
          {report.hosts.map((host) => (
            <tr key={`${host.host}:${host.port}`}>
              <th scope="row">{placeOf(host)}</th>
              <td className={css.number}>{host.connections.toLocaleString()}</td>
              <td className={css.number} title={`${host.sent.toLocaleString()} bytes`}>
                {shortBytes(host.sent)}
              </td>
              <td className={css.number} title={`${host.received.toLocaleString()} bytes`}>
                {shortBytes(host.received)}
              </td>
              <td className={css.number}>{host.refused.toLocaleString()}</td>
              <td className={css.words}>{host.purposes.map((purpose) => purposeNames[purpose]).join(', ')}</td>
              <td className={css.words}>{host.secrets.length === 0 ? 'none' : host.secrets.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
