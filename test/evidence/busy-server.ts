import { fork } from 'node:child_process'
import { createServer } from 'node:net'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** Listens on a free port of all addresses; its child uses 400 ms of CPU when told `burn`. */
const isChild = process.argv.includes('child')

function burn(): void {
  const before = process.cpuUsage()
  let used = 0
  while (used < 400_000) {
    for (let turn = 0; turn < 100_000; turn += 1) Math.hypot(turn, used)
    const { user, system } = process.cpuUsage(before)
    used = user + system
  }
  process.send?.('burnt')
}

if (isChild) {
  process.on('message', burn)
} else {
  const child = fork(fileURLToPath(import.meta.url), ['child'], { execArgv: [] })
  process.on('message', () => child.send('burn'))
  child.on('message', () => process.send?.('burnt'))
  const server = createServer().listen(0, () => {
    const address = server.address()
    if (address !== null && typeof address === 'object') {
      process.send?.({ port: address.port, childPid: child.pid })
    }
  })
}
process.on('disconnect', () => process.exit(0))
