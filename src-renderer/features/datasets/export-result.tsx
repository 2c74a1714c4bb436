// What an export wrote: the files, their hashes, and the rows read back and found equal.
import { useState, type JSX } from 'react';
import type { ExportSummary } from '#contract/dataset';
import { useApi } from '../../lib/api.tsx';
import { counted, shortBytes } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { useToast } from '../../lib/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import styles from './export-result.module.css';
import { Findings, Losses } from './plan-view.tsx';
import { formatNames, shortHash } from './words.ts';

export function ExportResult({
  summary,
  target,
}: {
  readonly summary: ExportSummary;
  readonly target: string;
}): JSX.Element {
  const { client } = useApi();
  const toast = useToast();
  const [revealing, setRevealing] = useState(false);
  const { files, rows, format, verified, losses, findings, masked, nearDuplicates, versionHash, notes } = summary;
  const first = files[0];
  const reveal = async (path: string): Promise<void> => {
    setRevealing(true);
    try {
      await client.workspace.reveal({ path });
    } catch (error) {
      toast({ text: 'The folder could not be opened.', problem: problemOf(error) });
    } finally {
      setRevealing(false);
    }
  };
  return (
    <div className={styles.result}>
      <p className={styles.verified} role="status">
        <Icon name="ok" />
        {verified === rows
          ? `${counted(rows, 'row')} for ${target}, ${formatNames[format]}. All were read back and equal their source${losses.length === 0 ? '' : ', but for what is named below'}.`
          : `${counted(rows, 'row')} for ${target}; ${verified.toLocaleString()} were read back and equal their source.`}
      </p>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" className={styles.number}>
              Rows
            </th>
            <th scope="col" className={styles.number}>
              Size
            </th>
            <th scope="col">SHA-256</th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.path}>
              <td className={styles.path} title={file.path}>
                {nameOf(file.path)}
              </td>
              <td className={styles.number}>{file.rows.toLocaleString()}</td>
              <td className={styles.number} title={counted(file.bytes, 'byte')}>
                {shortBytes(file.bytes)}
              </td>
              <td>
                <span className={styles.hash}>
                  <code title={file.sha256}>{shortHash(file.sha256)}</code>
                  <CopyButton label="Copy" text={() => file.sha256} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {first === undefined ? undefined : (
        <div className={styles.folder}>
          <code data-selectable="">{folderOf(first.path)}</code>
          <Button icon="folder" busy={revealing} onClick={() => void reveal(first.path)}>
            Show in folder
          </Button>
        </div>
      )}
      {notes.map((note) => (
        <p key={note} className={styles.quiet}>
          {note}
        </p>
      ))}
      {losses.length === 0 ? undefined : (
        <section>
          <h3 className={styles.title}>Not carried</h3>
          <Losses losses={losses} />
        </section>
      )}
      {findings.length === 0 ? undefined : (
        <section>
          <h3 className={styles.title}>Secrets and personal data</h3>
          <Findings findings={findings} masked={masked} />
        </section>
      )}
      {nearDuplicates === 0 ? undefined : (
        <p className={styles.quiet}>{counted(nearDuplicates, 'near-duplicate')} across the split.</p>
      )}
      <p className={styles.quiet}>
        From version <code title={versionHash}>{shortHash(versionHash)}</code>.
      </p>
    </div>
  );
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')));
}
