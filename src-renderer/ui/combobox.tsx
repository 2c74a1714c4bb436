// One line of text with a list of what it usually is: the list only helps, anything may be written.
import { Popover as Radix } from 'radix-ui';
import { useId, useState, type ComponentPropsWithRef, type KeyboardEvent, type ReactNode } from 'react';
import { TextInput } from './field.tsx';
import styles from './combobox.module.css';

export interface ComboboxProps extends Omit<
  ComponentPropsWithRef<'input'>,
  'value' | 'onChange' | 'onSelect' | 'list'
> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly string[];
  /** Read aloud as the name of the list. */
  readonly listLabel: string;
}

const shownMost = 200;

export function Combobox({ value, onChange, options, listLabel, ...rest }: ComboboxProps): ReactNode {
  const listId = useId();
  const [isOpen, setOpen] = useState(false);
  const [at, setAt] = useState<number>();
  const fitting = fittingOptions(options, value);
  const isShown = isOpen && fitting.length > 0;
  const active = isShown && at !== undefined ? fitting[at] : undefined;

  const close = (): void => {
    setOpen(false);
    setAt(undefined);
  };
  const open = (): void => {
    const chosen = fitting.indexOf(value);
    setOpen(true);
    setAt(chosen === -1 ? undefined : chosen);
  };
  const pick = (option: string): void => {
    onChange(option);
    close();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (!isShown) open();
      else
        setAt(at === undefined ? (step === 1 ? 0 : fitting.length - 1) : (at + step + fitting.length) % fitting.length);
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey && active !== undefined) pick(active);
    else {
      if (event.key === 'Tab') close();
      return;
    }
    event.preventDefault();
  };
  return (
    <Radix.Root open={isShown} onOpenChange={(next) => !next && close()}>
      <Radix.Anchor asChild>
        <TextInput
          autoComplete="off"
          {...rest}
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={isShown}
          aria-controls={isShown ? listId : undefined}
          aria-activedescendant={active === undefined || at === undefined ? undefined : `${listId}-${at}`}
          value={value}
          onChange={(event) => {
            onChange(event.target.value);
            // A name that is whole needs no list over what comes next.
            setOpen(!options.includes(event.target.value));
            setAt(undefined);
          }}
          onClick={() => (isShown ? close() : open())}
          onKeyDown={key}
        />
      </Radix.Anchor>
      <Radix.Portal>
        <Radix.Content
          id={listId}
          role="listbox"
          aria-label={listLabel}
          className={styles['list']}
          align="start"
          sideOffset={4}
          collisionPadding={8}
          data-overlay=""
          // The focus stays in the line: what is typed goes on narrowing the list.
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onInteractOutside={(event) => {
            if (event.target instanceof Element && event.target.getAttribute('aria-controls') === listId)
              event.preventDefault();
          }}
        >
          {fitting.map((option, index) => (
            <div
              key={option}
              id={`${listId}-${index}`}
              ref={index === at ? keepInSight : undefined}
              role="option"
              tabIndex={-1}
              aria-selected={option === value}
              className={styles['option']}
              data-active={index === at}
              onMouseDown={(event) => {
                event.preventDefault();
                pick(option);
              }}
            >
              {option}
            </div>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** Those with every word of the text in them; all where the text is one of them, as when the list is opened to change it. */
function fittingOptions(options: readonly string[], text: string): readonly string[] {
  if (options.includes(text)) return options.slice(0, shownMost);
  const words = text.toLowerCase().split(/\s+/u);
  return options.filter((option) => words.every((word) => option.toLowerCase().includes(word))).slice(0, shownMost);
}

function keepInSight(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}
