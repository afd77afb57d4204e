import type { CallExpression, Node } from 'ts-morph'
import { equalityOf } from '../knex/lookup.ts'
import type { Link } from '../reading/builder-chain.ts'
import { chainText } from '../reading/chain-edits.ts'
import type { Lookup } from '../orm.ts'

/** `User.query().findById(id)` for many ids. */
export function lookupById(
  call: CallExpression,
  links: readonly Link[],
  isKey: (value: Node) => boolean,
): Lookup | null {
  const [find, ...others] = links.filter(
    ({ name, args }) =>
      name === 'findById' ||
      (name === 'findOne' &&
        equalityOf({ name: 'where', args, call })?.some(({ column }) => column === 'id')),
  )
  if (!find || others.length > 0 || links.some(({ name }) => name === 'select')) return null
  const equal = find.name === 'findOne' ? equalityOf({ name: 'where', args: find.args, call }) : null
  const key = equal ? equal[0]?.value : find.args[0]
  if (!key || (equal && equal.length > 1) || !isKey(key)) return null
  return {
    column: 'id',
    key,
    forKeys: (keys) => chainText(call, links, (link) => (link === find ? `.findByIds(${keys})` : null)),
  }
}
