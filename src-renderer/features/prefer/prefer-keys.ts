// The keys of the annotation screen, in one place: the bar shows them, the actions listen to them.

export const keys = {
  left: 'A',
  right: 'B',
  tie: 'T',
  bad: 'X',
  weaker: '-',
  stronger: '+',
  note: 'N',
  edit: 'E',
  skip: 'S',
  undo: 'U',
  submit: 'Enter',
  diff: 'D',
  jump: 'G',
  stack: 'V',
  sync: 'Y',
  prefix: 'P',
  queue: 'Q',
} as const;
