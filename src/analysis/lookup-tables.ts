import type { Facts, QueryCall, Table } from './facts.ts'

const lookup =
  /(?:^|[a-z_.])(?:size|colou?r|countr(?:y|ie)|currenc(?:y|ie)|language|locale|time_?zone|role|permission|setting|config(?:uration)?|status(?:e)?|gender|priorit(?:y|ie)|feature_?flag|categor(?:y|ie)|(?:subscription|pricing|billing)_?(?:plan|tier)|tax_?rate)s?(?:Entity|Model|Table)?$/i
/** What each row of another table may have one of: `orderStatus` is a list of words, or a row an order. */
const perRow = /status(?:e)?s?(?:Entity|Model|Table)?$/i

/**
 * Whether a query reads a table that holds what an application is configured with: such tables don't grow with its use.
 * One whose rows belong to those of another table does, unless the query asks for those of one of them.
 */
export function readsLookup(query: QueryCall, { tables }: Pick<Facts, 'tables'>): boolean {
  if (query.table === null || !lookup.test(query.table)) return false
  const table = tables.find(({ name, orm }) => name === query.table && orm === query.orm)
  if (!table || !belongsToOthers(table)) return true
  return !perRow.test(table.name) && query.filters.some(({ match }) => match === 'equals')
}

/** Who wrote a row, or the row of the same table that it is below, doesn't own it. */
const notOwner = /^parent|(?:created|updated|deleted|modified|changed)_?by/i

/** Whether a column holds the key of a row of another table that isn't a lookup itself. */
function belongsToOthers(table: Table): boolean {
  return table.columns.some(({ name, foreignKey }) => {
    const relation = table.relations.find(({ columns }) => columns.includes(name))
    const target = relation?.target ?? name.replace(/_?(?:id|uuid|key)$/i, '')
    return foreignKey && target !== table.name && !notOwner.test(name) && !lookup.test(target)
  })
}
