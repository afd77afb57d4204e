import type { Veto } from '../veto.ts'

export const undoRedo: Veto = {
  id: 'undo-redo',
  about: 'The editor says that it was an undo or a redo.',
  holds: ({ reason }) => reason !== null,
}
