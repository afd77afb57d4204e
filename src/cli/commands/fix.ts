import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { Failure } from '../../model/failure.ts'
import type { Finding } from '../../model/finding.ts'
import { carryOut, unifiedDiff, writeFixed } from '../../workflows/fix.ts'
import { openInspection } from '../../workflows/inspect.ts'
import { findProject } from '../../workflows/project.ts'
import { log } from '../terminal.ts'

interface FixOptions {
  rule?: string
  line?: number
  route?: string
  fix?: string
  write?: true
}

/** `headroom fix`: one fix as a unified diff, or written. */
export function fixCommand(): Command {
  return new Command('fix')
    .description('Print the fix for a finding as a unified diff, or write it')
    .argument('<file>', 'the file with the finding')
    .option('--rule <id>', 'the rule of the finding')
    .option('--line <n>', 'the line of the finding', wholeNumber)
    .option('--route <route>', 'only what this route reaches, for example "GET /users"')
    .option('--fix <id>', 'which of its fixes')
    .option('--write', 'change the files instead of printing the diff')
    .action(async (file: string, options: FixOptions) => {
      const { root, relativeFile } = await findProject(resolve(file))
      const inspection = openInspection(root)
      try {
        const { findings, scaffolds } = await inspection.check({ provenance: 'none' })
        const asked = scaffolds.filter(({ rule }) => rule === options.rule)
        const { finding, fixId } = choose([...findings, ...asked], relativeFile, options)
        const fix = await inspection.fix({ finding, fix: fixId })
        const files = await carryOut(root, fix)
        if (options.write) {
          await writeFixed(root, files)
          log(`${fix.title}: changed ${files.map((each) => each.file).join(', ')}`)
        } else process.stdout.write(unifiedDiff(files))
      } finally {
        await inspection.dispose()
      }
    })
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Lines are whole numbers from 1.')
  return value
}

/**
 * The one finding the options mean, with the fix they mean or its first. Throws `HR_FIX_CHOICE` listing the candidates
 * when they mean none or several.
 */
function choose(
  findings: readonly Finding[],
  file: string,
  options: FixOptions,
): { finding: Finding; fixId: string } {
  const candidates = findings
    .filter((finding) => finding.file === file)
    .filter(({ rule, line }) => (options.rule ?? rule) === rule && (options.line ?? line) === line)
    .filter(({ routes }) => options.route === undefined || routes.includes(options.route))
    .flatMap((finding) => finding.fixes.map((fix) => ({ finding, fixId: fix.id })))
    .filter(({ fixId }) => (options.fix ?? fixId) === fixId)
  const [only] = candidates
  if (only === undefined) {
    throw new Failure('HR_FIX_CHOICE', `No finding with a fix in ${file} fits. See them with: headroom check`)
  }
  if (candidates.some(({ finding }) => finding !== only?.finding)) {
    const list = candidates.map(
      ({ finding, fixId }) => `--rule ${finding.rule} --line ${finding.line} --fix ${fixId}`,
    )
    throw new Failure(
      'HR_FIX_CHOICE',
      `${file} has ${candidates.length} fixes; choose one:\n  ${list.join('\n  ')}`,
    )
  }
  return only
}
