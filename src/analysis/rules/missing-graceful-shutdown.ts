import * as l10n from '@vscode/l10n'
import type { Rule } from './rule.ts'
import { at, siteFix, sitesOf } from './site-rule.ts'

/** A server that a signal kills in the middle of its requests. */
export const missingGracefulShutdown: Rule = {
  id: 'missing-graceful-shutdown',
  severity: 'info',
  title: 'Server stops in the middle of requests',
  docs: {
    what: 'Finds a server that starts to listen in a package where nothing reacts to SIGTERM or SIGINT. Reported once for every package.',
    why: 'Every deployment ends the old process with SIGTERM. Without a handler it dies at once: requests under way are cut off, transactions stay open until the database notices, and clients see connection resets.',
    fineWhen: [
      "Something closes the server on a signal: `process.on('SIGTERM', …)`, `enableShutdownHooks()`, `close-with-grace`, terminus and the like.",
      'The platform runs functions, not a server.',
    ],
    fixSafety:
      'Safe: on SIGTERM and SIGINT the server takes no new connections, finishes what is under way, and the process ends.',
  },
  examples: [
    {
      title: 'Express',
      before: `import express from 'express'

const app = express()

app.get('/', (req, res) => res.send('hello'))

app.listen(3000)
`,
      after: `import express from 'express'

const app = express()

app.get('/', (req, res) => res.send('hello'))

const server = app.listen(3000)

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => server.close())
}
`,
    },
  ],
  detect: (facts) =>
    sitesOf(facts, 'server-start').flatMap((site) => {
      if (site.detail.stops) return []
      const message = l10n.t(
        'Nothing ends this server in order: a deployment cuts off the requests that are under way.',
      )
      const title = l10n.t('Finish requests before the process ends')
      return [at(site, message, [siteFix(site, 'graceful-shutdown', title, 'safe')])]
    }),
}
