// A field for what nobody may see: its text is read once, when it is sent, and is never in the page's state or markup.
import { useEffect, useImperativeHandle, useRef, type JSX, type Ref } from 'react';
import { TextInput } from '../../ui/field.tsx';

export interface SecretBox {
  readonly read: () => string;
  readonly put: (text: string) => void;
  readonly clear: () => void;
  readonly focus: () => void;
}

export interface SecretInputProps {
  readonly box: Ref<SecretBox>;
  /** Told on every change; read what may be known of it from the box. */
  readonly onChange: () => void;
  /** A paste or drop of more than one line, which the field itself would join into something else. */
  readonly onLines?: (text: string) => void;
  readonly id?: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: true;
}

export function SecretInput({ box, onChange, onLines, ...ids }: SecretInputProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(
    box,
    () => ({
      read: () => input.current?.value ?? '',
      put: (text) => {
        if (input.current !== null) input.current.value = text;
      },
      clear: () => {
        if (input.current !== null) input.current.value = '';
      },
      focus: () => input.current?.focus(),
    }),
    [],
  );
  useEffect(() => {
    const element = input.current;
    return () => {
      if (element !== null) element.value = '';
    };
  }, []);

  const refuseLines = (event: { readonly preventDefault: () => void }, data: DataTransfer | null): void => {
    const text = data?.getData('text') ?? '';
    if (onLines === undefined || !/[\r\n]/.test(text.trim())) return;
    event.preventDefault();
    onLines(text);
  };
  // Uncontrolled on purpose: what React is given as a value it also writes into the markup.
  return (
    <TextInput
      {...ids}
      ref={input}
      type="password"
      autoComplete="off"
      autoCapitalize="off"
      autoCorrect="off"
      onChange={onChange}
      onPaste={(event) => refuseLines(event, event.clipboardData)}
      onDrop={(event) => refuseLines(event, event.dataTransfer)}
    />
  );
}
