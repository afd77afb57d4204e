/** 2: wrong usage or a tool error. 3: could not be measured. */
export type FailureExitCode = 2 | 3

/** What the user can do about a failure: the editor shows a button, the command line a hint. */
export interface FailureAction {
  readonly id: string
  readonly title: string
  readonly argument?: string
  /** What to type, for the command line: `--start`. */
  readonly commandLine?: string
}

/** A failure as plain data, for messages between processes and for JSON output. */
export interface FailureData {
  readonly code: `HR_${string}`
  readonly message: string
  readonly exitCode: FailureExitCode
  readonly actions: readonly FailureAction[]
  /** The message for models, in English, where that for people holds what a server said. */
  readonly forModels?: string
}

/** An expected failure: `message` is one clear sentence for the user that says what is wrong and what to do. Never holds a secret. */
export class Failure extends Error {
  readonly data: FailureData

  constructor(
    code: FailureData['code'],
    message: string,
    options: Partial<Pick<FailureData, 'exitCode' | 'actions' | 'forModels'>> & { cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'Failure'
    const { exitCode = 2, actions = [], forModels } = options
    this.data = { code, message, exitCode, actions, ...(forModels === undefined ? {} : { forModels }) }
  }

  static from(data: FailureData): Failure {
    return new Failure(data.code, data.message, data)
  }
}

/** The data of any thrown value; what is not a {@link Failure} becomes `HR_INTERNAL` with its own message. */
export function failureData(error: unknown): FailureData {
  if (error instanceof Failure) return error.data
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'HR_INTERNAL', message, exitCode: 2, actions: [] }
}
