import type { FailureData } from '../model/failure.ts'
import type { DocumentModel } from '../model/document-model.ts'
import type { Schema } from '../model/schema.ts'
import type { SeedPlan, SeedProgress, SeedResult } from '../model/seed-plan.ts'
import type { ColumnValues } from './databases/database.ts'
import type { WantedValues } from './parameter-values.ts'
import type { PlanOptions } from './plan.ts'

/** What the child can be asked for. */
export type FactoryCall =
  | { readonly name: 'schema' }
  | { readonly name: 'plan'; readonly options: PlanOptions }
  | { readonly name: 'seed'; readonly plan: SeedPlan }
  | { readonly name: 'resume' }
  | { readonly name: 'undo'; readonly atMost?: Readonly<Record<string, number>> | undefined }
  | ({ readonly name: 'values' } & WantedValues)
  | CopyCall

/** Work on the copy of that name of the database. */
export type CopyCall =
  | { readonly name: 'makeCopy'; readonly copy: string }
  | { readonly name: 'findCopy'; readonly copy: string }
  | { readonly name: 'removeCopy'; readonly copy: string }

/** What it gives back, by the name of the call. */
export interface FactoryResults {
  readonly schema: Schema
  readonly plan: SeedPlan
  readonly seed: SeedResult
  readonly resume: SeedResult
  readonly undo: SeedResult
  readonly values: ColumnValues
  readonly makeCopy: string
  readonly findCopy: string | null
  readonly removeCopy: null
}

export type FactoryCallName = keyof FactoryResults

/** Where the database is. Sent with each call and never in arguments or the environment, where other programs could read it. */
export interface FactoryTarget {
  readonly root: string
  readonly databaseUrl: string
  /** What the code says of documents, for databases without a schema of their own. */
  readonly models?: readonly DocumentModel[]
}

export interface FactoryRequest {
  readonly kind: 'call'
  readonly id: number
  readonly target: FactoryTarget
  readonly call: FactoryCall
  /** Whether it was cancelled before it was sent. */
  readonly cancelled: boolean
}

export type ToFactory = FactoryRequest | { readonly kind: 'cancel'; readonly id: number }

export type FromFactory<Result = FactoryResults[FactoryCallName]> =
  | { readonly kind: 'progress'; readonly id: number; readonly progress: SeedProgress }
  | { readonly kind: 'result'; readonly id: number; readonly result: Result }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: FailureData }
