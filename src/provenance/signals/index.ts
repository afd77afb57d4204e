import type { Signal } from '../signal.ts'
import { acceptedInline } from './accepted-inline.ts'
import { codeMarker } from './code-marker.ts'
import { externalChange } from './external-change.ts'
import { hook } from './hook.ts'
import { insertionShape } from './insertion-shape.ts'
import { streamedInsertion } from './streamed-insertion.ts'

export const signals = [
  hook,
  acceptedInline,
  codeMarker,
  externalChange,
  insertionShape,
  streamedInsertion,
] as const satisfies readonly Signal[]
