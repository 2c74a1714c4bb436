// What a person is asked about an open run.

/** Which of the dialogs over an open run is open. */
export type Asking = 'fork' | 'replay' | 'edit' | 'cancel' | 'compare';
