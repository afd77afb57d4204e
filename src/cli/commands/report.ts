import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import { Failure } from '../../model/failure.ts'
import { formatIds, renderReport } from '../../workflows/report.ts'
import { openRun } from '../../workflows/history.ts'
import { writeWhole } from '../../workflows/whole-file.ts'
import { log } from '../terminal.ts'

/** `headroom report`: a run as a document; two runs are compared, before and after. */
export function reportCommand(): Command {
  return new Command('report')
    .description('Make a report of a run; of two runs, before and after')
    .argument('<run...>', 'one run, or two to compare: files, or ids as headroom runs lists them')
    .option('--dir <dir>', 'the project whose kept runs ids mean', '.')
    .addOption(new Option('--format <format>', 'what to make').choices(formatIds).default('text'))
    .option('--output <file>', 'write there instead of to stdout')
    .action(async (files: string[], options: { dir: string; format: string; output?: string }) => {
      const [first = '', second, tooMany] = files
      if (tooMany !== undefined) throw new Failure('HR_USAGE', 'Give one run, or two to compare.')
      const root = resolve(options.dir)
      const run = await openRun(root, first)
      const runs = second === undefined ? ([run] as const) : ([run, await openRun(root, second)] as const)
      const text = await renderReport(options.format, runs, { colours: false })
      if (options.output === undefined) process.stdout.write(`${text}\n`)
      else {
        await writeWhole(resolve(options.output), text)
        log(`Wrote ${options.output}`)
      }
    })
}
