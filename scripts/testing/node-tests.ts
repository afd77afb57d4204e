import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RunOptions, run, temporaryFolder } from '../lifetime.ts'
import type { Outcome } from './outcome.ts'

/** The counts at the end of a TAP document of node:test; what was cancelled or never ended has failed. */
function countTap(tap: string, exitCode: number): Outcome {
  const count = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(tap)?.[1] ?? 0)
  const failed = count('fail') + count('cancelled')
  // node:test leaves out suites that are skipped whole.
  const skipped = tap.match(/^\s*ok \d+ .* # (?:SKIP|TODO)\b/gm)?.length ?? 0
  return {
    passed: count('pass'),
    failed: exitCode !== 0 && failed === 0 ? 1 : failed,
    skipped,
  }
}

/**
 * Runs a command that ends in node:test, shows its results as they come, and counts them. The reporters are passed in
 * the environment, so that the command may be anybody's `npm test`.
 */
export async function runCounted(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Outcome> {
  await using folder = await temporaryFolder('headroom-tap-')
  const tap = join(folder.path, 'results.tap')
  const reporters = [
    '--test-reporter=spec --test-reporter-destination=stdout',
    `--test-reporter=tap --test-reporter-destination=${JSON.stringify(tap)}`,
  ]
  const env = { ...process.env, ...options.env, NODE_OPTIONS: reporters.join(' ') }
  const code = await run(command, args, { ...options, env })
  return countTap(await readFile(tap, 'utf8').catch(() => ''), code)
}
