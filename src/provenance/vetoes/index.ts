import type { Veto } from '../veto.ts'
import { clipboard } from './clipboard.ts'
import { equalsHead } from './equals-head.ts'
import { formatter } from './formatter.ts'
import { gitOperation } from './git-operation.ts'
import { importOrder } from './import-order.ts'
import { undoRedo } from './undo-redo.ts'
import { whitespaceOnly } from './whitespace-only.ts'

/** The cheap ones first. */
export const vetoes = [
  undoRedo,
  gitOperation,
  equalsHead,
  clipboard,
  whitespaceOnly,
  formatter,
  importOrder,
] as const satisfies readonly Veto[]
