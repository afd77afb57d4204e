import * as v from 'valibot'
import { described } from './load-fields.ts'

const rows = v.pipe(v.number(), v.integer(), v.minValue(0))
const scale = v.picklist(['small', 'medium', 'production'])
const distribution = v.picklist(['zipf', 'exact', 'uniform'])
const value = v.union([v.string(), v.number(), v.boolean()])

const columnRule = v.strictObject({
  values: v.optional(
    v.pipe(
      v.union([v.array(value), v.record(v.string(), v.number())]),
      v.description('What it holds: a list, or weights such as { "free": 0.9, "pro": 0.1 }.'),
    ),
  ),
  min: v.optional(
    v.pipe(
      v.union([v.number(), v.string()]),
      v.description('The smallest number, or the first day: 2024-01-31.'),
    ),
  ),
  max: v.optional(
    v.pipe(
      v.union([v.number(), v.string()]),
      v.description('The largest number, or the last day: 2024-12-31.'),
    ),
  ),
  distribution: v.optional(
    v.pipe(
      v.picklist(['uniform', 'normal', 'log-normal']),
      v.description('How numbers lie between min and max; log-normal: many small ones, few large ones.'),
    ),
  ),
  pattern: v.optional(described('A form for texts: [A-Z]{3}-\\d{4}.')),
  fixed: v.optional(
    v.pipe(v.union([value, v.null()]), v.description('The same value in every row; null leaves it empty.')),
  ),
  generator: v.optional(described('A generator by its name: email, person-name, url …')),
  from: v.optional(described('Another column of the table, whose value is taken.')),
  nullRate: v.optional(
    v.pipe(
      v.number(),
      v.minValue(0),
      v.maxValue(1),
      v.description('Share of rows in which it is NULL, from 0 to 1.'),
    ),
  ),
})

const tableRule = v.strictObject({
  rows: v.optional(v.pipe(rows, v.description('New rows.'))),
  per: v.optional(v.pipe(rows, v.description('New rows for each new row of its parent, on average.'))),
  distribution: v.optional(
    v.pipe(
      distribution,
      v.description('How rows are shared out among parents; zipf, unless told: few have many.'),
    ),
  ),
  triggers: v.optional(
    v.pipe(
      v.picklist(['fire', 'leave-out']),
      v.description(
        "fire: add rows although the table has triggers, whose changes elsewhere undo can't take back.",
      ),
    ),
  ),
  columns: v.optional(
    v.pipe(v.record(v.string(), columnRule), v.description('How columns get their values, by name.')),
  ),
})

/** What `headroom.config.json` says of the rows that are made. */
export const factoryFields = v.strictObject({
  scale: v.optional(v.pipe(scale, v.description('Rows of tables that are not named; small unless told.'))),
  seed: v.optional(
    v.pipe(v.number(), v.integer(), v.description('The same number makes the same rows; 1 unless told.')),
  ),
  rows: v.optional(v.pipe(v.record(v.string(), rows), v.description('New rows by table.'))),
  per: v.optional(
    v.pipe(
      v.record(v.string(), rows),
      v.description('New rows for each new row of the parent, by table: { "activities": 500 }.'),
    ),
  ),
  exclude: v.optional(v.pipe(v.array(v.string()), v.description('Tables that get no rows.'))),
  tables: v.optional(
    v.pipe(v.record(v.string(), tableRule), v.description('What is wanted of tables and columns, by name.')),
  ),
})
