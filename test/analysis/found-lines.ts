import type { TestContext } from 'node:test'
import { Inspection } from '../../src/analysis/inspection.ts'
import { projectOf } from './temporary-project.ts'

/** The findings of one rule in a project, as the text of the lines they stand in. */
export function foundLines(t: TestContext, rule: string, files: Readonly<Record<string, string>>): string[] {
  const { findings } = new Inspection(projectOf(t, files)).check({})
  return findings
    .filter((finding) => finding.rule === rule)
    .map(({ file, line }) => files[file]?.split('\n')[line - 1]?.trim() ?? '')
}
