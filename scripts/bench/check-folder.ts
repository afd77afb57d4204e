import { openAnalysis } from '../../src/analysis/client.ts'
import { failureData } from '../../src/model/failure.ts'
import type { CheckReport } from '../../src/model/finding.ts'

/** What a run of this program prints, as one JSON document. */
export type FolderCheck =
  | { readonly kind: 'checked'; readonly report: CheckReport }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

/** Checks the folder that its argument names, in a process of its own so that its memory is its own. */
if (import.meta.main) {
  const analysis = openAnalysis(process.argv[2] ?? '.')
  let result: FolderCheck
  try {
    result = { kind: 'checked', report: await analysis.check({}) }
  } catch (error) {
    const { code, message } = failureData(error)
    result = { kind: 'failed', code, message }
  }
  await analysis.dispose()
  process.stdout.write(JSON.stringify(result))
}
