import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ormsFolder } from './fixtures.ts'
import type { Job, Outcome } from './serve.ts'

/** How long all applications of one library may take together. */
const timeout = 240_000

/**
 * Runs applications one after another in one process, which loads their libraries once, and gives what came of each.
 * An application that ends the process costs its own outcome only: the others run in a new one.
 */
export async function runAll(jobs: readonly Job[], database: string): Promise<readonly Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'headroom-jobs-'))
  const outcomes: Outcome[] = []
  try {
    while (outcomes.length < jobs.length) {
      const rest = jobs.slice(outcomes.length)
      const file = join(folder, 'jobs.json')
      writeFileSync(file, JSON.stringify(rest))
      const { stdout, stderr } = await processOf(file, database)
      const done = outcomesIn(stdout)
      outcomes.push(...done)
      if (done.length < rest.length) outcomes.push({ failure: `the process ended: ${stderr.slice(-2000)}` })
    }
    return outcomes
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function processOf(file: string, database: string): Promise<{ stdout: string; stderr: string }> {
  const options = {
    timeout,
    maxBuffer: 100_000_000,
    env: { ...process.env, EMPTY_DATABASE: database },
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ormsFolder, 'serve.ts'), file], options, (_error, stdout, stderr) =>
      resolve({ stdout, stderr }),
    )
  })
}

/** What the process printed, what applications printed themselves left out. */
function outcomesIn(stdout: string): Outcome[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{"answers":') || line.startsWith('{"failure":'))
    .map((line): Outcome => JSON.parse(line))
}
