/** One setting of the editor. Its key under `headroom.` is its name in {@link settings}. */
interface SettingDefinition {
  readonly default: boolean | string | number | readonly number[] | null
  /** Markdown, shown in the settings editor. */
  readonly description: string
  /** The rest of its JSON schema. */
  readonly schema: Readonly<Record<string, unknown>>
  readonly scope: 'resource' | 'machine-overridable'
  /** Ignored in untrusted workspaces: it decides what is run, asked or written. */
  readonly restricted: boolean
}

/**
 * Every setting: the only home of names, defaults and descriptions. `contributes.configuration`, its texts and the
 * restricted settings in package.json are generated from this. An empty value leaves the word to `headroom.config.json`.
 */
export const settings = {
  baseUrl: {
    default: '',
    description:
      'Where your dev server listens, for example `http://localhost:3000`. Only this machine is ever loaded. Empty: `headroom.config.json`, else `PORT` in `.env`, else port 3000.',
    schema: { type: 'string' },
    scope: 'machine-overridable',
    restricted: true,
  },
  startCommand: {
    default: '',
    description:
      'Starts your dev server when nothing listens, for example `npm run dev`. It is stopped at the end of the run. Empty: `headroom.config.json`, else the `dev` or `start` script of `package.json`.',
    schema: { type: 'string' },
    scope: 'machine-overridable',
    restricted: true,
  },
  database: {
    default: '',
    description:
      'The local database to seed and to draw parameter values from, for example `sqlite:./data/app.sqlite` or `${env:DATABASE_URL}`. Empty: `headroom.config.json`, else `DATABASE_URL` of the environment or `.env`.',
    schema: { type: 'string' },
    scope: 'machine-overridable',
    restricted: true,
  },
  users: {
    default: [],
    description:
      'Virtual users at each step of the ramp, for example `[10, 50, 200]`. Empty: `headroom.config.json`, else the load profile’s own: 10 to 500 in six steps for a progressive ramp.',
    schema: { type: 'array', items: { type: 'integer', minimum: 1, maximum: 10_000 } },
    scope: 'resource',
    restricted: false,
  },
  stepSeconds: {
    default: null,
    description:
      'How many seconds each step of the ramp is held. Empty: `headroom.config.json`, else the load profile’s own: 5 seconds for a progressive ramp.',
    schema: { type: ['number', 'null'], minimum: 0.5, maximum: 600 },
    scope: 'resource',
    restricted: false,
  },
  budget: {
    default: '',
    description:
      'What an endpoint must keep to under load, for example `p95<300ms,errors<1%`. Routes with a budget of their own in `headroom.config.json` keep it. Empty: `headroom.config.json`, else `p95<2s,errors<1%`.',
    schema: { type: 'string' },
    scope: 'resource',
    restricted: false,
  },
  codeLens: {
    default: true,
    description: 'Show **Load test this endpoint** and the last result above each handler.',
    schema: { type: 'boolean' },
    scope: 'resource',
    restricted: false,
  },
  diagnostics: {
    default: true,
    description:
      'Underline what is likely to break under load. A suspicion is an information, and becomes a warning only once a run has measured it.',
    schema: { type: 'boolean' },
    scope: 'resource',
    restricted: false,
  },
} as const satisfies Record<string, SettingDefinition>

export type SettingName = keyof typeof settings

/** The values of all settings, as read once for one operation. */
export interface SettingValues {
  readonly baseUrl: string
  readonly startCommand: string
  readonly database: string
  readonly users: readonly number[]
  readonly stepSeconds: number | null
  readonly budget: string
  readonly codeLens: boolean
  readonly diagnostics: boolean
}
