import { Failure, type FailureData } from '../../../model/failure.ts'

/** The failure of a guard: what is wrong, what to do about it, and that nothing was written. There is no way past it. */
export function refusal(code: FailureData['code'], problem: string, remedy: string): Failure {
  return new Failure(code, `${problem} ${remedy} Nothing was written.`)
}

/** For a database that may not be on this machine, or not alone there. */
export function notProvenLocal(problem: string): Failure {
  return refusal(
    'HR_DATABASE_TUNNEL',
    `Headroom only writes to databases on this machine. ${problem}`,
    'Name a database server that runs here, or in a container of this machine.',
  )
}
