import { Node } from 'ts-morph'
import type { Observation, Observer } from './observer.ts'

/** Clients of services that move money. */
const payments =
  /"(?:stripe|square|squareup|braintree|razorpay|@paypal\/[\w-]+|@mollie\/api-client|adyen|@adyen\/[\w-]+|paystack|flutterwave-node-v3)"/
const effects = /^(?:create|charge|sale|capture|refund|createPayment|ordersCreate|confirm)$/

/** Payments started in a request that also writes rows: a client that repeats the request pays twice. */
export const unrepeatableEffects: Observer = {
  id: 'unrepeatable-effects',
  observe: ({ calls, invocations, resolver, leadsToQuery }) => {
    const writes = invocations.some((call) => leadsToQuery(call, (query) => query.operation === 'insert'))
    if (!writes) return []
    return calls.flatMap((call): Observation[] => {
      const callee = call.getExpression()
      if (!Node.isPropertyAccessExpression(callee) || !effects.test(callee.getName())) return []
      if (!payments.test(resolver.origin(callee) ?? '') || /idempoten/i.test(call.getText())) return []
      return [{ node: call, detail: { kind: 'unrepeatable-effect', api: callee.getText() } }]
    })
  },
}
