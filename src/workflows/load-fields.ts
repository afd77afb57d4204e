import * as v from 'valibot'
import * as l10n from '@vscode/l10n'

/** A text with its description, for the configuration's schema. */
export const described = (description: string) => v.pipe(v.string(), v.description(description))

const expectation = v.strictObject({
  status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(599))),
  rows: v.optional(
    v.strictObject({
      min: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
      max: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    }),
  ),
  json: v.optional(
    v.array(
      v.strictObject({
        path: described('Where a value must be: $.items[0].id.'),
        equals: v.optional(v.union([v.string(), v.number(), v.boolean(), v.null()])),
      }),
    ),
  ),
})

const flowRequest = v.strictObject({
  request: described('Method and path: POST /login.'),
  headers: v.optional(v.record(v.string(), v.string()), {}),
  body: v.optional(
    v.pipe(v.unknown(), v.description('JSON as it is sent, or text; {{name}} stands for a value.')),
  ),
  capture: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description('Values for the requests after this one: { "token": "$.token" } is then {{token}}.'),
    ),
  ),
  expect: v.optional(expectation),
  once: v.optional(v.pipe(v.boolean(), v.description('Whether each user sends it only once, as a log-in.'))),
})

export type FlowRequestConfig = v.InferOutput<typeof flowRequest>

/** A pause such as `500ms`, or a range such as `1s-3s`. */
export const thinkTimePattern = /^\d+(\.\d+)?(ms|s|m)(\s*-\s*\d+(\.\d+)?(ms|s|m))?$/

/** What `headroom.config.json` says of load. */
export const loadFields = {
  users: v.optional(
    v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
      v.minLength(1),
      v.description('Virtual users at each step; without it the load profile has its own.'),
    ),
  ),
  rates: v.optional(
    v.pipe(
      v.array(v.pipe(v.number(), v.gtValue(0), v.maxValue(100_000))),
      v.minLength(1),
      v.description('Requests a second at each step of the profiles constant-rate and staircase-rate.'),
    ),
  ),
  stepSeconds: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0.5),
      v.maxValue(86_400),
      v.description('How long each step is held, in seconds; without it the load profile has its own.'),
    ),
  ),
  soakSeconds: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0.5),
      v.maxValue(86_400),
      v.description('How long a soak lasts in all, in seconds: ten minutes without it.'),
    ),
  ),
  rowsAt: v.optional(
    v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000_000))),
      v.minLength(1),
      v.description('Rows of the table under test at each step of the profile volume.'),
    ),
  ),
  growTables: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description(
        'The table that the profile volume grows, by route: { "GET /users/:userId/activities": "activities" }.',
      ),
    ),
    {},
  ),
  timeoutSeconds: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0.1),
      v.maxValue(300),
      v.description('A request without an answer by then counts as a timeout.'),
    ),
    10,
  ),
  parameters: v.optional(
    v.pipe(
      v.record(v.string(), v.union([v.string(), v.pipe(v.array(v.string()), v.minLength(1))])),
      v.description(
        'Values of path parameters: { "userId": "users.id" } draws from the database, a list is used as it is.',
      ),
    ),
    {},
  ),
  headers: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description(
        'Headers of every request; ${env:NAME} is read from the environment, so that no secret stands in the file.',
      ),
    ),
    {},
  ),
  thinkTime: v.optional(
    v.pipe(
      v.string(),
      v.regex(thinkTimePattern, l10n.t('it must be a time such as 1s, or a range such as 500ms-2s')),
      v.description('How long a user pauses between an answer and the next request: 1s, or 500ms-2s.'),
    ),
  ),
  http2: v.optional(
    v.pipe(v.boolean(), v.description('Whether requests go over HTTP/2; the server must speak it over TLS.')),
    false,
  ),
  newConnections: v.optional(
    v.pipe(v.boolean(), v.description('Whether every request opens a connection of its own.')),
    false,
  ),
  maxInFlight: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(10_000),
      v.description('The most requests that may wait for an answer at the same time.'),
    ),
    10_000,
  ),
  maxRequests: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.description('The most requests that one run may send.')),
    50_000_000,
  ),
  expect: v.optional(
    v.pipe(
      v.record(v.string(), expectation),
      v.description('What good answers are like, by route; anything else counts as a wrong body.'),
    ),
    {},
  ),
  login: v.optional(
    v.pipe(
      v.array(flowRequest),
      v.description('Requests that each user sends once before anything else, such as a log-in.'),
    ),
    [],
  ),
  roles: v.optional(
    v.pipe(
      v.record(
        v.string(),
        v.strictObject({
          login: v.optional(v.array(flowRequest)),
          headers: v.optional(v.record(v.string(), v.string())),
        }),
      ),
      v.description(
        'Who may ask, by name, for headroom check-roles: how each logs in, or its headers. { "anonymous": {} } is nobody.',
      ),
    ),
    {},
  ),
  flows: v.optional(
    v.pipe(
      v.record(
        v.string(),
        v.strictObject({
          weight: v.optional(v.pipe(v.number(), v.gtValue(0)), 1),
          requests: v.pipe(v.array(flowRequest), v.minLength(1)),
        }),
      ),
      v.description('What users do, by name: requests in order. headroom load … --flow browse --flow buy.'),
    ),
    {},
  ),
} as const
