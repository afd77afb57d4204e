import { equalHead } from './origins/head-texts.ts'
import { planSeeds, resumeSeed, seedDatabase, undoSeed } from './seed.ts'
import { restoreData } from './same-data.ts'
import { planTeaching } from './teach/teach.ts'
import { testEndpoint } from './test-endpoint.ts'
import { findChange } from './verify/change.ts'
import { verifyUnderLoad } from './verify/verify-fix.ts'

/**
 * The workflows that start processes. Starting one holds its thread for 20 ms and more, so that the editor runs these in a
 * worker thread (`callApart`). Each takes plain data, a callback for plain progress, and a signal.
 */
export const calls = {
  testEndpoint,
  planSeeds,
  seedDatabase,
  resumeSeed,
  undoSeed,
  restoreData,
  equalHead,
  planTeaching,
  findChange,
  verifyUnderLoad,
} as const

export type CallName = keyof typeof calls
export type OrderOf<Name extends CallName> = Parameters<(typeof calls)[Name]>[0]
export type ProgressOf<Name extends CallName> = Parameters<Parameters<(typeof calls)[Name]>[1]>[0]
export type ResultOf<Name extends CallName> = Awaited<ReturnType<(typeof calls)[Name]>>
