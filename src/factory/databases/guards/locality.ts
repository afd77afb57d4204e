import * as l10n from '@vscode/l10n'
import { isLoopbackHost } from '../location.ts'
import { containerAddress, ownerKind, runsInVirtualMachine } from './owner-kinds.ts'
import { notProvenLocal } from './refusal.ts'
import { type End, isPrivateAddress, ownAddresses } from './session.ts'
import type { GuardedTarget } from './target.ts'

/** What tells where the server at the other end of a connection runs. */
export interface Whereabouts {
  /** The near end as this process has it; null for a Unix socket. */
  readonly ownEnd: End | null
  /** The near end as the server sees it; null where it sees a Unix socket. */
  readonly seenEnd: End | null
  /** The address that the server was reached at, as it says itself; null where it doesn't say. */
  readonly serverAddress: string | null
  /** Whether the process that serves this connection was found among the processes of this machine. */
  readonly isOwnProcess: () => Promise<boolean>
}

/**
 * Throws `HR_DATABASE_TUNNEL` unless it is certain that the server runs on this machine or in a container of it. One of
 * these is enough:
 *
 * - it sees our own end of the connection, address and port, and that is a loopback address: nothing stands between,
 *   whereas ssh, kubectl, a pooler and every other forwarder connects anew, from a port of its own;
 * - the process that serves this connection is one of this machine;
 * - the port belongs to a proxy of a container engine, and the server was reached at an address of a container's.
 */
export async function guardLocality(target: GuardedTarget, where: Whereabouts): Promise<void> {
  if (seesUsDirectly(where) || isInContainer(target, where) || (await where.isOwnProcess())) return
  throw notProvenLocal(
    target.socketPath === null
      ? l10n.t(
          'The server behind port {0} does not see this connection as it was made, so something passes it on, and nothing proves that this leads to a container of this machine.',
          target.port,
        )
      : l10n.t(
          'The server behind {0} is no process of this machine, so the socket may be forwarded.',
          target.socketPath,
        ),
  )
}

function seesUsDirectly({ ownEnd, seenEnd }: Whereabouts): boolean {
  if (ownEnd === null || seenEnd === null) return false
  return isLoopbackHost(ownEnd.address) && ownEnd.address === seenEnd.address && ownEnd.port === seenEnd.port
}

function isInContainer({ owners }: GuardedTarget, { serverAddress }: Whereabouts): boolean {
  const proxies = owners.filter((owner) => ownerKind(owner) === 'container-proxy')
  if (proxies.length === 0) return false
  // MySQL does not say where it was reached; outside a virtual machine its process can be seen.
  if (serverAddress === null) return proxies.every(runsInVirtualMachine)
  const told = proxies.flatMap((proxy) => containerAddress(proxy) ?? [])
  return told.length > 0
    ? told.includes(serverAddress)
    : isPrivateAddress(serverAddress) || (!isLoopbackHost(serverAddress) && ownAddresses().has(serverAddress))
}
