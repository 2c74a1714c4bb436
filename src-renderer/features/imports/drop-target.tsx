// The whole window takes files that are dropped on it.
import { useEffect, useState, type ReactNode } from 'react';
import { grantFiles, isInBrowser } from '../../lib/bridge.ts';
import { problemOf } from '../../lib/problem.ts';
import { useToast } from '../../lib/toasts.tsx';
import { Icon } from '../../ui/icons.tsx';
import css from './drop-target.module.css';

const noPath = 'Nothing was taken: a browser does not say where a dropped file lies. Choose Import, and type its path.';

export function DropTarget({ onFiles }: { readonly onFiles: (paths: readonly string[]) => void }): ReactNode {
  const toast = useToast();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    // Enter and leave come for every element on the way: only the window's last leave counts.
    let depth = 0;
    const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;
    const enter = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const over = (event: DragEvent): void => {
      if (!holdsFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    };
    const leave = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const take = async (files: readonly File[]): Promise<void> => {
      try {
        const paths = await grantFiles(files);
        if (paths.length > 0) onFiles(paths);
        else toast({ text: isInBrowser() ? noPath : 'Nothing was taken: what was dropped is no file on this disk.' });
      } catch (error) {
        toast({ text: 'The dropped files were not taken.', problem: problemOf(error) });
      }
    };
    const drop = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      void take([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [onFiles, toast]);
  if (!isOver) return undefined;
  return (
    <div className={css.overlay} role="status">
      <div className={css.card}>
        <Icon name="import" size={24} />
        <p className={css.title}>Drop to import</p>
        <p className={css.note}>You see what they are before anything is read.</p>
      </div>
    </div>
  );
}
