import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { RunEvent } from '../src/model/panel.ts'
import { readConfig } from '../src/workflows/config.ts'
import { inspect } from '../src/workflows/inspect.ts'
import { runLoadTest } from '../src/workflows/load-test.ts'
import { parseEndpoint } from '../src/workflows/endpoint.ts'
import { prepareLoadTest } from '../src/workflows/prepare.ts'
import { writeWhole } from '../src/workflows/runs.ts'
import { bringUp, findTarget } from '../src/workflows/target.ts'
import { runScript } from './lifetime.ts'
import { inRepository } from './repository.ts'
import { copySample, freePort, seedSample } from './sample-copy.ts'

/** Records what a real run on the sample sends to the panel, one message a line, for the panel's tests to replay. */
await runScript(async ({ signal, cleanup }) => {
  const output = resolve(process.argv[2] ?? inRepository('test', 'recordings', 'sample-breaks.ndjson'))
  const { folder: root } = cleanup.use(await copySample())
  await seedSample(root)
  const config = await readConfig(root, {
    baseUrl: `http://localhost:${await freePort()}`,
    users: [10, 25, 50, 100],
    stepSeconds: 2,
    budget: 'p95<300ms,errors<1%',
  })
  const found = await findTarget(root, config)
  const { target, server } = await bringUp(root, found, { start: true, signal, onActivity: console.log })
  cleanup.defer(async () => server?.stop())
  const { routes, findings } = await inspect(root)
  const { endpoint } = parseEndpoint('GET /users/:userId/activities')
  const test = await prepareLoadTest({ root, config, target, endpoint, routes, findings })
  const events: RunEvent[] = []
  const { verdict } = await runLoadTest(test, (event) => events.push(event), signal)
  await mkdir(dirname(output), { recursive: true })
  await writeWhole(output, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
  console.log(`${verdict.sentence}\nRecorded ${events.length} messages in ${output}`)
  return 0
})
