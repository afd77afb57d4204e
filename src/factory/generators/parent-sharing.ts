import * as l10n from '@vscode/l10n'
import { Failure } from '../../model/failure.ts'
import { at, hash32, hashFraction, hashKey } from '../hash.ts'
import type { CandidateRows, RowGroups } from '../matching-rows.ts'
import { candidateRows, groupRows } from '../matching-rows.ts'
import { exampleColumn } from './generator.ts'
import type { Generator, GeneratorOptions, ValueContext } from './generator.ts'
import { numberOption, textOption, textsOption } from './options.ts'
import { coprimeStep } from './parent-tuple.ts'
import { popularPosition } from './skew.ts'
import { namesText } from '../reasons.ts'

/**
 * A column of several foreign keys that have columns in common: (tenant_id, project_id) and (tenant_id, user_id). The first
 * of `references` leads: it chooses among its rows that have a partner in every other one; each of the others is then chosen
 * among the rows that agree in the `shared` columns (pairs of the leading and the own referenced column). `wanted` says
 * which reference this column belongs to and `part` which column of it that is.
 *
 * With `rows`, the number of rows of this run, no two rows have the same combination: new leading rows take turns, each with
 * as few different partners as will do (`single`: with one).
 */
export const parentSharing: Generator = {
  id: 'parent-sharing',
  get description() {
    return l10n.t('references that have columns in common, chosen together')
  },
  example: {
    column: exampleColumn('project_id', 'integer', 'INTEGER'),
    unique: false,
    options: {
      references: [
        { table: 'users', columns: ['tenant_id', 'id'], shared: [] },
        { table: 'projects', columns: ['tenant_id', 'id'], shared: [['tenant_id', 'tenant_id']] },
      ],
      wanted: 1,
      part: 1,
      key: 'user_id',
    },
  },
  suggest: () => null,
  compile: (options, context) => {
    const wanted = numberOption(options, 'wanted')
    const references = referencesOf(options)
    const column = at(at(references, wanted).columns, numberOption(options, 'part'))
    let join: Join | null = null
    return (index) => {
      join ??= openJoin(references, options, context)
      const position = join.positionOf(index, wanted)
      return join.rowsOf(wanted).valueAt(position, column)
    }
  },
}

interface Reference {
  readonly table: string
  readonly columns: readonly string[]
  readonly shared: readonly (readonly [string, string])[]
}

interface Join {
  readonly rowsOf: (reference: number) => CandidateRows
  readonly positionOf: (index: number, reference: number) => number
}

interface Partner {
  readonly rows: CandidateRows
  readonly groups: RowGroups
  /** For each eligible leading row, the group of its partners. */
  readonly groupOf: readonly number[]
}

function openJoin(references: readonly Reference[], options: GeneratorOptions, context: ValueContext): Join {
  const [lead, ...others] = references
  if (lead === undefined) throw new TypeError(l10n.t('The plan names no references.'))
  const isUnique = typeof options.rows === 'number'
  const leading = candidateRows(context, lead.table, lead.columns, { all: isUnique, newOnly: isUnique })
  const grouped = others.map((reference) => {
    const rows = candidateRows(context, reference.table, reference.columns, { all: false, newOnly: false })
    return {
      reference,
      rows,
      groups: groupRows(
        rows,
        reference.shared.map(([, own]) => own),
      ),
    }
  })
  const eligible: number[] = []
  const groupNumbers: number[][] = others.map(() => [])
  for (const position of leading.positions) {
    const numbers = grouped.map(({ reference, groups }) =>
      groups.groupOf(reference.shared.map(([leadColumn]) => leading.valueAt(position, leadColumn))),
    )
    if (numbers.includes(-1)) continue
    eligible.push(position)
    for (const [i, number] of numbers.entries()) groupNumbers[i]?.push(number)
  }
  if (eligible.length === 0) throw nothingInCommon(references, context)
  const partners = grouped.map(({ rows, groups }, i): Partner => ({
    rows,
    groups,
    groupOf: groupNumbers[i] ?? [],
  }))
  const choose = isUnique
    ? inTurns(eligible.length, partners, options, context)
    : byPopularity(eligible.length, partners, options, context)
  return {
    rowsOf: (reference) => (reference === 0 ? leading : at(partners, reference - 1).rows),
    positionOf: (index, reference) => {
      const { row, member } = choose(index, reference - 1)
      if (reference === 0) return at(eligible, row)
      const partner = at(partners, reference - 1)
      return at(at(partner.groups.groups, at(partner.groupOf, row)), member)
    },
  }
}

/** Chooses an eligible leading row and, in its group of a partner's rows, a member. */
type Choose = (index: number, partner: number) => { readonly row: number; readonly member: number }

function byPopularity(
  rows: number,
  partners: readonly Partner[],
  options: GeneratorOptions,
  { seed, table }: ValueContext,
): Choose {
  const key = textOption(options, 'key')
  const draw = popularPosition(seed, table, key)
  const keys = partners.map((_, i) => hashKey(seed, table, key, `partner ${i}`))
  return (index, partner) => {
    const row = draw(index, rows)
    if (partner < 0) return { row, member: 0 }
    return {
      row,
      member: Math.floor(hashFraction(at(keys, partner), index) * sizeOf(at(partners, partner), row)),
    }
  }
}

function inTurns(
  leadingRows: number,
  partners: readonly Partner[],
  options: GeneratorOptions,
  context: ValueContext,
): Choose {
  const rows = numberOption(options, 'rows')
  const products = Array.from({ length: leadingRows }, (_, row) =>
    partners.reduce((all, partner) => all * sizeOf(partner, row), 1),
  )
  const most = options.single === true ? 1 : products.reduce((a, b) => Math.max(a, b), 1)
  const ends = endsOf(products, fewestTurns(products, rows, most))
  const possible = ends.at(-1) ?? 0
  if (possible < rows) {
    throw new Failure(
      'HR_SEED_ROWS',
      l10n.t(
        '`{0}` can get at most {1} new rows, not {2}: so many combinations of its references go together. Nothing was written.',
        context.table,
        possible,
        rows,
      ),
    )
  }
  const key = hashKey(context.seed, context.table, textOption(options, 'key'))
  const start = context.startOf(context.table)
  return (index, partner) => {
    const n = index - start
    const row = firstEndAbove(ends, n)
    if (partner < 0) return { row, member: 0 }
    const product = at(products, row)
    const turn = n - (row === 0 ? 0 : at(ends, row - 1))
    let number = ((hash32(key, row) % product) + turn * coprimeStep(product)) % product
    for (let i = 0; i < partner; i++) number = Math.floor(number / sizeOf(at(partners, i), row))
    return { row, member: number % sizeOf(at(partners, partner), row) }
  }
}

function sizeOf({ groups, groupOf }: Partner, row: number): number {
  return groups.groups[at(groupOf, row)]?.length ?? 0
}

/** The smallest number of turns for each leading row that gives enough rows in all. */
function fewestTurns(products: readonly number[], rows: number, most: number): number {
  let low = 1
  let high = most
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (products.reduce((sum, product) => sum + Math.min(product, middle), 0) >= rows) high = middle
    else low = middle + 1
  }
  return low
}

function endsOf(products: readonly number[], turns: number): readonly number[] {
  let end = 0
  return products.map((product) => (end += Math.min(product, turns)))
}

function firstEndAbove(ends: readonly number[], n: number): number {
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (at(ends, middle) > n) high = middle
    else low = middle + 1
  }
  return low
}

function nothingInCommon(references: readonly Reference[], { table }: ValueContext): Failure {
  const names = namesText(references.map((reference) => `\`${reference.table}\``))
  return new Failure(
    'HR_SEED_ROWS',
    l10n.t(
      '`{0}` needs rows of {1} that agree in the columns they share, and there are none. Nothing was written.',
      table,
      names,
    ),
  )
}

function referencesOf(options: GeneratorOptions): readonly Reference[] {
  const { references } = options
  if (!Array.isArray(references))
    throw new TypeError(l10n.t('The plan\'s option "references" is not a list.'))
  return references.map((each: GeneratorOptions) => ({
    table: textOption(each, 'table'),
    columns: textsOption(each, 'columns'),
    shared: Array.isArray(each.shared)
      ? each.shared.map((pair): readonly [string, string] =>
          Array.isArray(pair) ? [String(pair[0]), String(pair[1])] : ['', ''],
        )
      : [],
  }))
}
