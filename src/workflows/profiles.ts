import { findProfile, profiles } from '../load/profiles/index.ts'
import type { LoadModel, Step } from '../model/load-plan.ts'
import type { ProjectConfig } from './config.ts'

/** All load profiles, as `--profile` takes them and as people choose one. */
export const profileChoices: readonly { id: string; title: string; description: string }[] = profiles.map(
  ({ id, title, description }) => ({ id, title, description }),
)

/** The ids of all load profiles. */
export const profileIds: readonly string[] = profiles.map(({ id }) => id)

/** Whether a profile's load is users (closed) or a rate (open). Throws `HR_PROFILE` for an unknown one. */
export function loadModelOf(profile: string): LoadModel {
  return findProfile(profile).model
}

/** The steps that a profile plans under a configuration. Throws `HR_PROFILE` for an unknown one. */
export function plannedSteps(
  profile: string,
  {
    users,
    rates,
    stepSeconds,
    soakSeconds,
    rowsAt,
  }: Pick<ProjectConfig, 'users' | 'rates' | 'stepSeconds' | 'soakSeconds' | 'rowsAt'>,
): Step[] {
  return findProfile(profile).steps({
    ...(users === undefined ? {} : { users }),
    ...(rates === undefined ? {} : { rates }),
    ...(stepSeconds === undefined ? {} : { durationSeconds: stepSeconds }),
    ...(rowsAt === undefined ? {} : { rows: rowsAt }),
    ...(soakSeconds === undefined ? {} : { totalSeconds: soakSeconds }),
  })
}
