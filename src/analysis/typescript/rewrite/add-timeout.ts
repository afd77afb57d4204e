import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import { bare, calleeName } from '../functions.ts'
import { withEntries, type NewEntry } from '../orms/reading/option-edits.ts'
import type { Context } from './context.ts'

const milliseconds = 5000
const withBody = new Set(['post', 'put', 'patch'])

/** Gives a request to another service a timeout, among the options it has; null where these stand elsewhere. */
export function addTimeout({ site }: SiteIntention, { sites }: Context): FileEdit[] | null {
  const found = sites.get(site)
  if (found?.facts.detail.kind !== 'outbound-call' || !Node.isCallExpression(found.node)) return null
  const { client } = found.facts.detail
  const index = client === 'axios' ? axiosOptions(found.node) : 1
  const given = found.node.getArguments()[index]
  if (given && !Node.isObjectLiteralExpression(bare(given))) return null
  return withEntries(found.node, index, [timeoutFor(client)], ['undefined', 'undefined'])
}

function timeoutFor(client: string): NewEntry {
  if (client === 'fetch') return { name: 'signal', text: `AbortSignal.timeout(${milliseconds})` }
  const text = client === 'got' ? `{ request: ${milliseconds} }` : String(milliseconds)
  return { name: 'timeout', text }
}

/** The index of the configuration among the arguments of `axios.post(…)`, `axios.get(…)` or `axios(…)`. */
function axiosOptions(call: CallExpression): number {
  const name = calleeName(call) ?? ''
  if (withBody.has(name)) return 2
  const [first] = call.getArguments()
  const takesConfigFirst = name === 'request' || Node.isIdentifier(call.getExpression())
  return takesConfigFirst && first && Node.isObjectLiteralExpression(bare(first)) ? 0 : 1
}
