import type { Veto } from '../veto.ts'

/** Pasting is an origin of its own: where the text was copied from can't be known. */
export const clipboard: Veto = {
  id: 'clipboard',
  about: 'The inserted text is that of the clipboard, which is not read in a browser.',
  holds: (_event, { equalsClipboard }) => equalsClipboard === true,
}
