import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Confirmation } from './tool.ts'

/** A question that a face has put before the call, and what was said to it. */
export interface AskedBefore {
  /** What the person was shown; null where they were shown nothing. */
  readonly shown: Confirmation | null
  readonly accepted: boolean
}

/** Throws `HR_CONFIRMATION` where a call would do something else now than the person was shown, or was shown nothing of. */
export function throwUnlessShown({ shown }: AskedBefore, now: Confirmation): void {
  if (shown !== null && essenceOf(shown) === essenceOf(now)) return
  throw new Failure(
    'HR_CONFIRMATION',
    l10n.t('It would do something else by now than what was agreed to. Nothing was done; call it again.'),
  )
}

/** All that a confirmation names: addresses, commands, databases, rows, changed lines. What it foretells may differ. */
function essenceOf({ title, message, binding }: Confirmation): string {
  return JSON.stringify([title, message.match(/(`{3,})[^]*?\n\1|`[^`\n]+`/g), binding])
}
