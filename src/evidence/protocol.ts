import type { ServerCounters } from '../model/run.ts'

/** What the evidence worker is started with. */
export interface WatchOrder {
  readonly port: number
  /** Where the server counts its own queries; null where it doesn't. */
  readonly countsFolder: string | null
}

/** What the evidence worker can be asked for; each call is answered once, under its number. */
export interface EvidenceAnswers {
  readonly sample: ServerCounters
  readonly restarts: number
  readonly queriesPerRequest: number | null
}

export interface EvidenceCall {
  readonly id: number
  readonly call: keyof EvidenceAnswers
}

export interface EvidenceReply {
  readonly id: number
  readonly answer: EvidenceAnswers[keyof EvidenceAnswers]
}
