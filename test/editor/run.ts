import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import Mocha from 'mocha'

/** One line of the results file: what became of one test. */
export interface HostTestResult {
  readonly kind: 'test'
  readonly title: string
  readonly state: 'passed' | 'failed' | 'skipped'
  readonly error: string | null
}

/** Before a line of the log that is meant for whoever runs the tests. */
const marker = 'headroom-test '

/** Appends one JSON document to the results file that the runner of this suite reads afterwards. */
export function record(result: object): void {
  const file = process.env['HEADROOM_HOST_RESULTS']
  if (file === undefined) throw new Error('HEADROOM_HOST_RESULTS does not name a results file.')
  appendFileSync(file, `${JSON.stringify(result)}\n`)
}

function report(test: Mocha.Runnable, state: HostTestResult['state'], error: Error | null): void {
  const title = test.fullTitle()
  record({ kind: 'test', title, state, error: error?.stack ?? null } satisfies HostTestResult)
  const sign = { passed: '✔', failed: '✖', skipped: '﹣' }[state]
  const duration = test.duration === undefined ? '' : ` (${test.duration} ms)`
  console.log(`${marker}${sign} ${title}${duration}`)
}

/** Called by the extension host: runs all bundled test files beside this one; rejects where any test fails. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, reporter: Mocha.reporters.Base })
  const suite = join(import.meta.dirname, 'suite')
  for (const name of readdirSync(suite)) if (name.endsWith('.cjs')) mocha.addFile(join(suite, name))
  const failures = await new Promise<number>((resolve) => {
    mocha
      .run(resolve)
      .on('pass', (test) => report(test, 'passed', null))
      .on('pending', (test) => report(test, 'skipped', null))
      .on('fail', (test, error: Error) => report(test, 'failed', error))
  })
  if (failures > 0) throw new Error(`${failures} of the tests failed.`)
}
