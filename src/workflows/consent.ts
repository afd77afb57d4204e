import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'

/** Methods whose every request may change data. RFC 9110, 9.2.1 calls the others safe. */
const unsafeMethods: readonly string[] = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Whether requests of this method are only sent after an explicit yes. */
export function needsConsent(method: string): boolean {
  return unsafeMethods.includes(method)
}

/** The failure where nobody has agreed to send `route`, such as `POST /orders`. */
export function unsafeMethod(route: string): Failure {
  return new Failure(
    'HR_UNSAFE',
    l10n.t('{0} changes data: a load test sends it many times over. Say that this is what you want.', route),
    { actions: [{ id: 'agree', title: l10n.t('Send It'), commandLine: '--yes' }] },
  )
}
