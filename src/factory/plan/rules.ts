/** How children are shared out among parents: few have many, all the same number, or by chance. */
export type Distribution = 'zipf' | 'exact' | 'uniform'

/** A value that stands in a rule. */
export type RuleValue = string | number | boolean | null

/** What the user wants of a column: one way to make its values, or only how often it is NULL. */
export interface ColumnRule {
  /** One of these, by chance; or by weight: `{ "free": 0.9, "pro": 0.1 }`. */
  readonly values?: readonly (string | number | boolean)[] | Readonly<Record<string, number>> | undefined
  /** Numbers, or days such as 2024-01-31. */
  readonly min?: number | string | undefined
  readonly max?: number | string | undefined
  readonly distribution?: 'uniform' | 'normal' | 'log-normal' | undefined
  /** A regular expression of characters, classes, groups, alternatives and counts: `[A-Z]{3}-\\d{4}`. */
  readonly pattern?: string | undefined
  /** The same value in every row. */
  readonly fixed?: RuleValue | undefined
  /** A generator by its id. */
  readonly generator?: string | undefined
  /** What another column of the row holds. */
  readonly from?: string | undefined
  /** Share of rows that are NULL, 0 … 1. */
  readonly nullRate?: number | undefined
}

/** What the user wants of a table. */
export interface TableRule {
  /** New rows. */
  readonly rows?: number | undefined
  /** New rows for each row of the main parent. */
  readonly per?: number | undefined
  /** How they are shared out among the parents; few have many unless told. */
  readonly distribution?: Distribution | undefined
  /** `fire`: its rows are added although triggers of the table change what undo cannot take back. */
  readonly triggers?: 'fire' | 'leave-out' | undefined
  readonly columns?: Readonly<Record<string, ColumnRule>> | undefined
}

/** Whether a rule says how values are made, and not only how often there are none. */
export function isValueRule(rule: ColumnRule): boolean {
  return Object.entries(rule).some(([name, value]) => name !== 'nullRate' && value !== undefined)
}
