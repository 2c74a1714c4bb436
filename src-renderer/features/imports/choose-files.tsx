// Which files, and what they are taken for, before anything is read.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { fileFormats, type ImportFormat } from '#contract/import';
import { formatNames } from '#contract/trace';
import { useApi } from '../../lib/api.tsx';
import { shortBytes } from '../../lib/format.ts';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Select } from '../../ui/select.tsx';
import { Trouble } from './trouble.tsx';
import { isReady, jobsOf, withFiles, type ChosenFile } from './import-words.ts';
import css from './choose-files.module.css';

export interface ChooseFilesProps {
  /** Paths that were dropped; more may come while the dialog is open. */
  readonly dropped: readonly string[];
  readonly onStarted: (jobIds: readonly string[]) => void;
  readonly onHistory: () => void;
  readonly onClose: () => void;
}

const formats = fileFormats.options;

export function ChooseFiles({ dropped, onStarted, onHistory, onClose }: ChooseFilesProps): ReactNode {
  const { client } = useApi();
  const [files, setFiles] = useState<readonly ChosenFile[]>([]);
  const [problem, setProblem] = useState<ShownProblem>();
  const { mutate: detect, isPending: isDetecting } = useMutation({
    mutationFn: (paths: readonly string[]) => client.imports.detect({ paths: [...paths] }),
    onMutate: () => setProblem(undefined),
    onSuccess: (found) => setFiles((known) => withFiles(known, found)),
    onError: (error) => setProblem(problemOf(error)),
  });
  const pick = useMutation({
    mutationFn: () => client.imports.pick(),
    onSuccess: (paths) => (paths.length === 0 ? undefined : detect(paths)),
    onError: (error) => setProblem(problemOf(error)),
  });
  const start = useMutation({
    mutationFn: async (chosen: readonly ChosenFile[]) => {
      const ids: string[] = [];
      for (const { format, paths } of jobsOf(chosen)) ids.push((await client.imports.start({ paths, format })).jobId);
      return ids;
    },
    onSuccess: onStarted,
    onError: (error) => setProblem(problemOf(error)),
  });
  const looked = useRef<readonly string[]>([]);
  useEffect(() => {
    if (dropped.length === 0 || looked.current === dropped) return;
    looked.current = dropped;
    detect(dropped);
  }, [dropped, detect]);

  const ready = files.filter(isReady);
  const setFormat = (path: string, format: ImportFormat): void =>
    setFiles(files.map((chosen) => (chosen.file.path === path ? { ...chosen, format } : chosen)));
  const isEmpty = files.length === 0;
  return (
    <div className={css.choose}>
      {problem === undefined ? undefined : <Trouble problem={problem} />}
      {isEmpty ? (
        <div className={css.empty}>
          <span className={css.emptyIcon}>
            <Icon name="import" size={24} />
          </span>
          <p>{isDetecting ? 'Looking at the files…' : 'Drop files here or anywhere on the window.'}</p>
          <Button look="main" icon="folder" busy={pick.isPending || isDetecting} onClick={() => pick.mutate()}>
            Choose files…
          </Button>
          <p className={css.note}>
            Read: OpenAI chat JSONL, Anthropic messages, τ-bench results, OpenTelemetry (OTLP/JSON), TRL preferences and
            HH-RLHF. The format is recognised; nothing leaves this machine.
          </p>
        </div>
      ) : (
        <ul className={css.files} aria-label="Files to import">
          {files.map((chosen) => (
            <FileLine
              key={chosen.file.path}
              chosen={chosen}
              onFormat={(format) => setFormat(chosen.file.path, format)}
              onRemove={() => setFiles(files.filter(({ file }) => file.path !== chosen.file.path))}
            />
          ))}
        </ul>
      )}
      <div className={css.foot}>
        {isEmpty ? (
          <Button look="quiet" icon="clock" onClick={onHistory}>
            What was imported
          </Button>
        ) : (
          <Button look="quiet" icon="plus" busy={pick.isPending || isDetecting} onClick={() => pick.mutate()}>
            Add files…
          </Button>
        )}
        <span className={css.gap} />
        <Button onClick={onClose}>Cancel</Button>
        {isEmpty ? undefined : (
          <Button look="main" busy={start.isPending} disabled={ready.length === 0} onClick={() => start.mutate(ready)}>
            Import {ready.length === 1 ? '1 file' : `${ready.length} files`}
          </Button>
        )}
      </div>
    </div>
  );
}

function FileLine({
  chosen,
  onFormat,
  onRemove,
}: {
  readonly chosen: ChosenFile;
  readonly onFormat: (format: ImportFormat) => void;
  readonly onRemove: () => void;
}): ReactNode {
  const { file, format } = chosen;
  const auto = file.format === undefined ? 'Not recognised' : `${formatNames[file.format]} (recognised)`;
  return (
    <li className={css.file}>
      <span className={css.name} title={file.path}>
        {file.name}
      </span>
      <span className={css.size} title={`${file.bytes.toLocaleString()} bytes`}>
        {shortBytes(file.bytes)}
      </span>
      <Select<ImportFormat>
        label={`Format of ${file.name}`}
        value={format}
        onChange={onFormat}
        options={[
          { value: 'auto', label: auto },
          ...formats.filter((one) => one !== file.format).map((one) => ({ value: one, label: formatNames[one] })),
        ]}
      />
      <IconButton small icon="close" label={`Leave out ${file.name}`} onClick={onRemove} />
      {isReady(chosen) ? undefined : (
        <p className={css.reason}>
          <Icon name="warn" size={14} />
          <span>
            {file.reason ?? 'Its format was not recognised.'}
            {file.bytes === 0 ? '' : ' Choose a format to read it all the same.'}
          </span>
        </p>
      )}
    </li>
  );
}
