// The prices that costs are reckoned with: which are known, from where, and the file that goes before them.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import type { ModelsState, Price } from '#contract/model';
import { useApi } from '../../lib/api.tsx';
import { counted } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { useToast } from '../../lib/toasts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TextInput } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import { PartHead } from './part-head.tsx';
import css from './prices-pane.module.css';

const shownMost = 300;
/** As it is billed: nothing is rounded that anybody charges. */
const price = new Intl.NumberFormat(undefined, { style: 'currency', currency: 'USD', maximumFractionDigits: 6 });
/** How often prices are asked for, ms: the file is written in another program. */
const everyMs = 4000;

export function PricesPane({ prices }: { readonly prices: ModelsState['prices'] }): JSX.Element {
  const { client, query } = useApi();
  const toast = useToast();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const list = useQuery(query.models.prices.queryOptions({ refetchInterval: everyMs }));
  const { file, isThere, known, problem } = prices;
  const make = async (): Promise<void> => {
    setBusy(true);
    try {
      const path = await client.models.makePriceFile();
      toast({ text: `The price file is there: ${path}` });
    } catch (error) {
      toast({ text: 'The price file was not made.', problem: problemOf(error) });
    } finally {
      setBusy(false);
    }
  };
  const wanted = text.trim().toLowerCase();
  const fitting = (list.data ?? []).filter(({ model }) => model.toLowerCase().includes(wanted));
  return (
    <>
      <PartHead title="Prices" about="What a provider bills is what counts; these prices are for costs that are shown.">
        {isThere ? undefined : (
          <Button icon="file" busy={busy} onClick={() => void make()}>
            Make a price file
          </Button>
        )}
      </PartHead>
      <div className={css.about}>
        <p>
          {counted(known, 'price')} known.{' '}
          {isThere ? 'Those of this file go before the shipped ones:' : 'Prices of your own would stand in:'}
        </p>
        <p className={css.file} data-selectable="">
          <code>{file}</code>
          <CopyButton label="Copy the path" text={() => file} />
        </p>
        {problem === undefined ? undefined : (
          <ProblemNote title="The price file is not understood." problem={{ code: 'BAD_INPUT', sentence: problem }} />
        )}
        <TextInput
          type="search"
          icon="search"
          aria-label="Find a model"
          placeholder="Find a model"
          className={css.find}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      {/* It scrolls, and nothing in it takes the focus. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={css.body} role="region" aria-label="Known prices" tabIndex={0}>
        {list.error !== null && list.data === undefined ? (
          <ErrorState
            title="The prices cannot be listed."
            problem={problemOf(list.error)}
            onRetry={() => void list.refetch()}
          />
        ) : list.data === undefined ? (
          <SkeletonRows rows={10} height={32} label="Prices are loading" />
        ) : fitting.length === 0 ? (
          <EmptyState icon="tag" title={wanted === '' ? 'No price is known' : 'No model of this name'}>
            <p>A call of a model without a price has no cost, and is counted as unpriced.</p>
          </EmptyState>
        ) : (
          <PriceTable prices={fitting} />
        )}
      </div>
    </>
  );
}

interface Known {
  readonly model: string;
  readonly price: Price;
  readonly from: 'workspace' | 'shipped';
}

function PriceTable({ prices }: { readonly prices: readonly Known[] }): JSX.Element {
  return (
    <table className={css.table}>
      <caption className={css.caption}>US dollars for a million tokens.</caption>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col" className={css.number}>
            Input
          </th>
          <th scope="col" className={css.number}>
            From the cache
          </th>
          <th scope="col" className={css.number}>
            Output
          </th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {prices.slice(0, shownMost).map(({ model, price, from }) => (
          <tr key={`${from} ${model}`}>
            <th scope="row">{model}</th>
            <Amount usd={price.input} />
            <Amount usd={price.cachedInput ?? price.input} />
            <Amount usd={price.output} />
            <td>{from === 'workspace' ? <Badge tone="accent">your file</Badge> : 'shipped'}</td>
          </tr>
        ))}
        {prices.length > shownMost ? (
          <tr>
            <td colSpan={5}>{counted(prices.length - shownMost, 'more', 'more')}: write some of the name.</td>
          </tr>
        ) : undefined}
      </tbody>
    </table>
  );
}

function Amount({ usd }: { readonly usd: number }): JSX.Element {
  return <td className={css.number}>{price.format(usd)}</td>;
}
