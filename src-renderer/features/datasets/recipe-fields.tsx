// The recipe as fields: which pairs, whose labels, how they are put together.
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { Recipe } from '#contract/dataset';
import type { Strength } from '#contract/label';
import { pairKindSchema } from '#contract/pair';
import { useApi } from '../../lib/api.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { CheckList } from './check-list.tsx';
import styles from './recipe-fields.module.css';
import { toggled, withKinds, withList } from './recipe-edit.ts';
import { conflictHelp, conflictNames, kindNames, tieHelp, tieNames, unitHelp, unitNames } from './words.ts';

export interface RecipeFieldsProps {
  readonly recipe: Recipe;
  readonly onChange: (recipe: Recipe) => void;
}

const strengths: readonly { readonly value: `${Strength}`; readonly label: string; readonly strength: Strength }[] = [
  { value: '1', label: 'Any', strength: 1 },
  { value: '2', label: 'Clearly or more', strength: 2 },
  { value: '3', label: 'Much', strength: 3 },
];

export function RecipeFields({ recipe, onChange }: RecipeFieldsProps): JSX.Element {
  const { query } = useApi();
  const facets = useQuery(query.pairs.facets.queryOptions({})).data;
  const annotators = useQuery(query.labels.annotators.queryOptions({})).data ?? [];
  return (
    <div className={styles.fields}>
      <Row title="Each side is" help={unitHelp[recipe.unit]}>
        <Segmented
          label="Each side is"
          value={recipe.unit}
          onChange={(unit) => onChange({ ...recipe, unit })}
          segments={[
            { value: 'trajectory', label: unitNames.trajectory },
            { value: 'decision', label: unitNames.decision },
          ]}
        />
      </Row>
      <Row title="Where labels disagree" help={conflictHelp[recipe.conflicts]}>
        <Segmented
          label="Where labels disagree"
          value={recipe.conflicts}
          onChange={(conflicts) => onChange({ ...recipe, conflicts })}
          segments={[
            { value: 'majority', label: conflictNames.majority },
            { value: 'unanimous', label: conflictNames.unanimous },
            { value: 'latest', label: conflictNames.latest },
          ]}
        />
      </Row>
      <Row title="Ties" help={tieHelp[recipe.ties]}>
        <Segmented
          label="Ties"
          value={recipe.ties}
          onChange={(ties) => onChange({ ...recipe, ties })}
          segments={[
            { value: 'drop', label: tieNames.drop },
            { value: 'both-desirable', label: tieNames['both-desirable'] },
          ]}
        />
      </Row>
      <Row title="Strength" help="How strongly a side must be preferred to make a row.">
        <Segmented
          label="Strength"
          value={`${recipe.minStrength}`}
          onChange={(value) => {
            const found = strengths.find((one) => one.value === value);
            if (found !== undefined) onChange({ ...recipe, minStrength: found.strength });
          }}
          segments={strengths}
        />
      </Row>
      <Row title="Kinds of pairs" help={recipe.kinds === undefined ? 'All kinds.' : undefined}>
        <div className={styles.checks}>
          {pairKindSchema.options.map((kind) => (
            <Checkbox
              key={kind}
              checked={recipe.kinds?.includes(kind) === true}
              onChange={() => onChange(withKinds(recipe, toggled(recipe.kinds, kind)))}
            >
              {kindNames[kind]}
            </Checkbox>
          ))}
        </div>
      </Row>
      <Row
        title="Annotators"
        help={recipe.annotators === undefined && annotators.length > 0 ? 'Everybody’s labels.' : undefined}
      >
        <CheckList
          label="Annotators"
          values={annotators.map(({ name }) => ({ value: name }))}
          chosen={recipe.annotators}
          onChange={(names) => onChange(withList(recipe, 'annotators', names))}
          none="Nobody has labelled yet."
        />
      </Row>
      <Row
        title="Reason tags"
        help={recipe.tags === undefined && (facets?.tags.length ?? 0) > 0 ? 'With and without tags.' : undefined}
      >
        <CheckList
          label="Reason tags"
          values={facets?.tags ?? []}
          chosen={recipe.tags}
          onChange={(tags) => onChange(withList(recipe, 'tags', tags))}
          none="No label has a tag yet."
        />
      </Row>
      <Row
        title="Groups"
        help={recipe.groups === undefined && (facets?.groups.length ?? 0) > 0 ? 'All groups.' : undefined}
      >
        <CheckList
          label="Groups"
          values={facets?.groups ?? []}
          chosen={recipe.groups}
          onChange={(groups) => onChange(withList(recipe, 'groups', groups))}
          none="No pair belongs to a group."
        />
      </Row>
    </div>
  );
}

function Row({
  title,
  help,
  children,
}: {
  readonly title: string;
  readonly help?: string | undefined;
  readonly children: JSX.Element;
}): JSX.Element {
  return (
    <div className={styles.row} role="group" aria-label={title}>
      <span className={styles.title}>{title}</span>
      <div className={styles.control}>
        {children}
        {help === undefined ? undefined : <p className={styles.help}>{help}</p>}
      </div>
    </div>
  );
}
