import process from 'node:process'
import { startLoadEngine } from '../../src/load/client.ts'
import { asking, step } from './servers.ts'

/** Loads the base URL it is given for a minute, after telling its own parent the load child's process id. */
const [, , baseUrl = ''] = process.argv
const engine = startLoadEngine()
await engine.open(asking(baseUrl, { timeoutMillis: 1000 }))
let told = false
await engine.runStep(0, step(5, 60), () => {
  if (!told) process.send?.(engine.pid)
  told = true
})
