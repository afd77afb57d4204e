import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser'
import * as z from 'zod'
import { Failure } from '../model/failure.ts'

// Without generated code: it would not be allowed everywhere, and looking for it makes VS Code log a warning.
z.config({ jitless: true })

export const configFileName = 'headroom.config.json'

/** The shape of `headroom.config.json`; its JSON schema in `media/` is generated from this. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  baseUrl: z
    .url()
    .optional()
    .describe('Where the dev server listens, for example http://localhost:3000. Loopback only.'),
  startCommand: z
    .string()
    .optional()
    .describe('Starts the dev server when nothing listens, for example npm run dev.'),
  database: z
    .string()
    .optional()
    .describe(
      'The local database: sqlite:./data/app.sqlite, or ${env:DATABASE_URL} to read it from the environment.',
    ),
  budget: z
    .string()
    .default('p95<2s,errors<1%')
    .describe('The budget of every route that has none of its own.'),
  budgets: z
    .record(z.string(), z.string())
    .default({})
    .describe('Budgets by route: { "GET /users": "p95<300ms,errors<1%" }.'),
  users: z
    .array(z.int().min(1).max(10_000))
    .min(1)
    .default([10, 25, 50, 100, 200, 500])
    .describe('Virtual users at each step of the progressive ramp.'),
  stepSeconds: z.number().min(0.5).max(600).default(5).describe('How long each step is held, in seconds.'),
  timeoutSeconds: z
    .number()
    .min(0.1)
    .max(300)
    .default(10)
    .describe('A request without an answer by then counts as a timeout.'),
  parameters: z
    .record(z.string(), z.union([z.string(), z.array(z.string()).min(1)]))
    .default({})
    .describe(
      'Values of path parameters: { "userId": "users.id" } draws from the database, a list is used as it is.',
    ),
  headers: z
    .record(z.string(), z.string())
    .default({})
    .describe(
      'Headers of every request; ${env:NAME} is read from the environment, so that no secret stands in the file.',
    ),
})

export type ProjectConfig = z.output<typeof configSchema>

/**
 * Reads `headroom.config.json` (comments allowed) of a project; a missing file gives the defaults.
 * `overrides` win over the file. Throws `HR_CONFIG` with file, place and reason when it can't be used.
 */
export async function readConfig(
  root: string,
  overrides: Partial<ProjectConfig> = {},
): Promise<ProjectConfig> {
  const text = await readFile(join(root, configFileName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '{}'
    throw new Failure('HR_CONFIG', `${configFileName} can't be read: ${error.message}.`, { cause: error })
  })
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, { allowTrailingComma: true })
  const first = errors[0]
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split('\n').length
    throw new Failure(
      'HR_CONFIG',
      `${configFileName} line ${line} is not JSON: ${printParseErrorCode(first.error)}.`,
    )
  }
  const result = configSchema.safeParse(isRecord(value) ? { ...value, ...overrides } : value)
  if (!result.success) {
    const issue = result.error.issues[0]
    const place = issue?.path.join('.') ?? ''
    throw new Failure(
      'HR_CONFIG',
      `${configFileName}${place && `, ${place}`}: ${issue?.message ?? 'not a valid configuration'}.`,
    )
  }
  return result.data
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Replaces `${env:NAME}` by the environment variable. Throws `HR_ENVIRONMENT` naming the variable, never its value,
 * when it is not set.
 */
export function fromEnvironment(text: string, environment: NodeJS.ProcessEnv = process.env): string {
  return text.replaceAll(/\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = environment[name]
    if (value === undefined) {
      throw new Failure(
        'HR_ENVIRONMENT',
        `The environment variable ${name} is not set; ${configFileName} asks for it.`,
      )
    }
    return value
  })
}
