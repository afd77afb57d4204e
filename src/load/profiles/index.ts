import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import { baseline } from './baseline.ts'
import { constantRate } from './constant-rate.ts'
import type { Profile } from './profile.ts'
import { progressive } from './progressive.ts'
import { soak } from './soak.ts'
import { spike } from './spike.ts'
import { staircaseRate } from './staircase-rate.ts'
import { stress } from './stress.ts'
import { volume } from './volume.ts'

export type { Profile, StepOptions } from './profile.ts'

export const profiles = [
  progressive,
  baseline,
  stress,
  spike,
  soak,
  constantRate,
  staircaseRate,
  volume,
] as const satisfies readonly Profile[]

/** The profile with this id; throws `HR_PROFILE`, which lists the ids there are. */
export function findProfile(id: string): Profile {
  const found = profiles.find((profile) => profile.id === id)
  if (found !== undefined) return found
  const known = profiles.map((profile) => profile.id).join(', ')
  throw new Failure('HR_PROFILE', l10n.t('There is no load profile `{0}`. Use one of: {1}.', id, known))
}
