import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { Failure } from '../../model/failure.ts'
import { formatIds, renderReport } from '../../workflows/report.ts'
import { readRun, writeWhole } from '../../workflows/runs.ts'
import { log } from '../terminal.ts'

/** `headroom report`: a run as a document; two runs are compared, before and after. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Make a report of a run; of two runs, before and after')
    .argument('<run.json...>', 'one run file, or two to compare')
    .addOption(new Option('--format <format>', 'what to make').choices(formatIds).default('text'))
    .option('--output <file>', 'write there instead of to stdout')
    .action(async (files: string[], options: { format: string; output?: string }) => {
      const [first = '', second, tooMany] = files
      if (tooMany !== undefined) throw new Failure('HR_USAGE', 'Give one run file, or two to compare.')
      const run = await readRun(first)
      const runs = second === undefined ? ([run] as const) : ([run, await readRun(second)] as const)
      const text = await renderReport(options.format, runs, { colours: false })
      if (options.output === undefined) process.stdout.write(`${text}\n`)
      else {
        await writeWhole(resolve(options.output), text)
        log(`Wrote ${options.output}`)
      }
    })
}
