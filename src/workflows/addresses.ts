import * as l10n from '@vscode/l10n'
import type { FailureAction } from '../model/failure.ts'

/** Ways out where an address is not the app's: the ports that the project does serve, or any other address. */
export function otherAddresses(ports: readonly number[]): FailureAction[] {
  const known = ports.map((port) => {
    const address = `http://localhost:${port}`
    return {
      id: 'use-address',
      title: l10n.t('Use {0}', port),
      argument: address,
      commandLine: `--base-url ${address}`,
    }
  })
  const hint = ports.length === 0 ? { commandLine: '--base-url http://localhost:3001' } : {}
  return [...known, { id: 'change-port', title: l10n.t('Change Port'), ...hint }]
}

/** A failure's message, and behind it a further sentence: the ports that the project does serve. */
export function withListening(message: string, ports: readonly number[]): string {
  return ports.length === 0 ? message : `${message} ${l10n.t('Also listening: {0}.', ports.join(', '))}`
}
