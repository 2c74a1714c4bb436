// Asks before a run is cancelled: it cannot be taken up again.
import type { JSX } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

export interface CancelDialogProps {
  readonly onCancel: () => void;
  readonly onClose: () => void;
}

export function CancelDialog({ onCancel, onClose }: CancelDialogProps): JSX.Element {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="narrow"
      title="Cancel the run?"
      footer={
        <>
          <Button onClick={onClose}>Keep it running</Button>
          <Button
            look="danger"
            icon="stop"
            onClick={() => {
              onCancel();
              onClose();
            }}
          >
            Cancel the run
          </Button>
        </>
      }
    >
      <p>
        Calls under way are stopped. The run cannot be taken up again, but its journal stays and it can be forked at any
        step.
      </p>
    </Dialog>
  );
}
