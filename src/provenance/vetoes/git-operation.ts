import type { Veto } from '../veto.ts'

const windowMillis = 2_000

export const gitOperation: Veto = {
  id: 'git-operation',
  about: `HEAD or the index of git moved within ${windowMillis / 1000} seconds: a checkout, a stash, a merge.`,
  holds: (_event, { gitMovedWithinMillis }) =>
    gitMovedWithinMillis !== null && gitMovedWithinMillis <= windowMillis,
}
