import * as l10n from '@vscode/l10n'
import { isLoopbackHost } from '../location.ts'
import { refusal } from './refusal.ts'
import { bareAddress, inSameContainerNetwork, ownAddresses } from './session.ts'

/**
 * Throws `HR_DATABASE_SHARED` where a client of the server is on another machine. Clients on loopback, on this machine's
 * own addresses and in the network of the server's container are its neighbours; `containerEnd` is an address in that
 * network, null where the server is in none.
 */
export function guardClients(clients: readonly string[], containerEnd: string | null): void {
  const own = ownAddresses()
  const foreign = clients
    .map(bareAddress)
    .find(
      (client) =>
        !isLoopbackHost(client) &&
        !own.has(client) &&
        !(containerEnd !== null && inSameContainerNetwork(client, containerEnd)),
    )
  if (foreign === undefined) return
  throw refusal(
    'HR_DATABASE_SHARED',
    l10n.t('Another machine ({0}) is connected to this database server, so it is not only yours.', foreign),
    l10n.t('Seed a server of your own, or end that connection and try again.'),
  )
}
