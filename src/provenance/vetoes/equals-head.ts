import type { Veto } from '../veto.ts'

export const equalsHead: Veto = {
  id: 'equals-head',
  about: "The file's text is now that of HEAD: it was restored.",
  holds: (_event, context) => context.equalsHead,
}
