import { Node, type CallExpression } from 'ts-morph'
import { transactionAround } from '../control-flow.ts'
import { isFunction } from '../functions.ts'
import { isInside, shorten } from '../loops.ts'
import { outboundCall } from './outbound-calls.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** Clients of services, and what they are asked to do over the network. */
const services =
  /^(?:new )?"(?:cloudinary|stripe|@aws-sdk\/[\w-]+|aws-sdk|@google-cloud\/[\w-]+|@azure\/[\w-]+|nodemailer|@sendgrid\/mail|resend|twilio|openai|@anthropic-ai\/sdk|mailgun\.js|postmark|@supabase\/supabase-js|firebase-admin|imagekit|minio|@octokit\/rest)"/
const sending =
  /^(?:upload\w*|send\w*|create\w*|charge\w*|put\w*|get\w*|request|fetch\w*|invoke\w*|publish|messages|verify\w*|retrieve\w*|confirm\w*|cancel\w*|refund\w*|destroy)$/
const maximumDepth = 2

/** Calls of other services that stand in the callback of an open transaction. */
export const transactionCalls: Observer = {
  id: 'transaction-calls',
  observe: (scope) =>
    scope.calls.flatMap((call): Observation[] => {
      const transaction = transactionAround(call)
      if (!transaction || isFunction(transaction) || !leavesTheProcess(call, scope, 0)) return []
      if (
        scope.calls.some(
          (outer) =>
            outer !== call &&
            outer !== transaction &&
            isInside(call, outer) &&
            isInside(outer, transaction) &&
            leavesTheProcess(outer, scope, 0),
        )
      )
        return []
      return [
        { node: call, detail: { kind: 'call-in-transaction', transaction: shorten(transaction.getText()) } },
      ]
    }),
}

/** Whether a call asks another service for something, itself or in the functions it runs. */
function leavesTheProcess(call: CallExpression, scope: Scope, depth: number): boolean {
  if (outboundCall(call, scope) !== null || asksService(call, scope)) return true
  if (depth >= maximumDepth) return false
  return scope.resolver
    .callees(call)
    .some((fn) =>
      fn
        .forEachDescendantAsArray()
        .some((node) => Node.isCallExpression(node) && leavesTheProcess(node, scope, depth + 1)),
    )
}

function asksService(call: CallExpression, { resolver }: Scope): boolean {
  const callee = call.getExpression().getText()
  const name = callee.slice(callee.lastIndexOf('.') + 1)
  return sending.test(name) && services.test(resolver.origin(call.getExpression()) ?? '')
}
