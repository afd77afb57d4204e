import * as l10n from '@vscode/l10n'
import { Failure, type FailureData } from '../../../model/failure.ts'

/** The failure of a guard: what is wrong, what to do about it, and that nothing was written. There is no way past it. */
export function refusal(code: FailureData['code'], problem: string, remedy: string): Failure {
  return new Failure(code, l10n.t('{0} {1} Nothing was written.', problem, remedy))
}

/** For a database that may not be on this machine, or not alone there. */
export function notProvenLocal(problem: string): Failure {
  return refusal(
    'HR_DATABASE_TUNNEL',
    l10n.t('Headroom only writes to databases on this machine. {0}', problem),
    l10n.t('Name a database server that runs here, or in a container of this machine.'),
  )
}
