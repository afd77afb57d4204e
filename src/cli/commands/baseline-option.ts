import { Option, type Command } from 'commander'
import { Failure } from '../../model/failure.ts'
import type { Run } from '../../model/run.ts'
import { baselineOf } from '../../workflows/baselines.ts'
import { isWorse } from '../../workflows/compare.ts'
import { openRun } from '../../workflows/history.ts'
import { log } from '../terminal.ts'

/** What was said of the run to compare with: one, `pinned`, or false for none. */
export interface BaselineOption {
  baseline?: string | false
}

/** Adds `--baseline` and `--no-baseline` to a command. */
export function withBaselineOption(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--baseline <run>',
        'an earlier run to compare with: a file, the id of a kept run, or "pinned"; the pinned one unless told',
      ),
    )
    .option('--no-baseline', 'compare with nothing')
}

/**
 * The run that a route's next one is compared with: the one that was said, else the route's baseline, which is told.
 * Null where there is none. Throws `HR_RUN_FILE` and `HR_BASELINE` where what was said isn't there.
 */
export async function baselineFor(
  root: string,
  route: string,
  { baseline }: BaselineOption,
): Promise<Run | null> {
  if (baseline === false) return null
  if (baseline !== undefined && baseline !== 'pinned') return openRun(root, baseline)
  const pinned = await baselineOf(root, route)
  if (pinned !== null) log(`Comparing with the baseline of ${route}, pinned from ${pinned.id}`)
  else if (baseline === 'pinned') {
    throw new Failure('HR_BASELINE', `${route} has no baseline. Pin one with: headroom runs --pin <id>`)
  }
  return pinned
}

/** Exit code 4 where a run is worse than the one before by more than noise, which is told; else 0. */
export function comparedExitCode(before: Run | null, run: Run): number {
  if (before === null || !isWorse(before, run)) return 0
  log('Worse than the baseline beyond noise.')
  return 4
}
