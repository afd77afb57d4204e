import { setTimeout } from 'node:timers/promises'
import type { VirtualUser } from './virtual-user.ts'

/** So many at once that a server's backlog (511 by default in Node.js) holds them. */
const openedTogether = 100
/** A server that takes longer is measured as it is: the rest of the connections are opened under load. */
const patienceMillis = 2000

/**
 * Opens the connections that a step's users lack while nothing is in flight. A server in Node.js accepts one connection in
 * a turn of its event loop; under load a turn takes as long as all requests in it, and the first answer on a new connection
 * would come seconds late, which says nothing about what the server can answer. Gives the user whose connection is the
 * newest, null where none was missing: connections are accepted in order, so its first answer shows that all are.
 */
export async function openConnections(users: Iterable<VirtualUser>): Promise<VirtualUser | null> {
  const patience = new AbortController()
  const enough = setTimeout(patienceMillis, undefined, { signal: patience.signal }).catch(() => undefined)
  let newest: VirtualUser | null = null
  let opening: Promise<void>[] = []
  let isLate = false
  void enough.then(() => (isLate = true))
  for (const user of users) {
    if (isLate) break
    const opened = user.connect()
    if (opened === null) continue
    newest = user
    opening.push(opened)
    if (opening.length < openedTogether) continue
    await Promise.race([Promise.all(opening), enough])
    opening = []
  }
  await Promise.race([Promise.all(opening), enough])
  patience.abort()
  return newest
}
