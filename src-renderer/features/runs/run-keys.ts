// The keys of an open run, in one place so that buttons and actions name the same.
export const runKeys = {
  pause: 'P',
  step: '.',
  cancel: 'Shift+X',
  fork: 'F',
  replay: 'R',
  compare: 'C',
  edit: 'E',
  breakpoint: 'B',
  answer: 'A',
  trace: 'T',
  nextStep: ']',
  previousStep: '[',
} as const;
