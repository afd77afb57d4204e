import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Preflight } from '../model/run.ts'
import { otherAddresses, withListening } from './addresses.ts'

/**
 * Decides whether what the endpoint answered to one request is worth loading: returns the preflight as it is, also where
 * its status is the one that the plan expects, or throws the failure that names what is there instead (`HR_WRONG_APP`,
 * `HR_AUTH`, `HR_LIMITED`, `HR_REFUSED`). A 5xx passes: that the endpoint fails before any load is a verdict.
 * `projectPorts` are those that the project serves, for a way out.
 */
export function checkPreflight(
  preflight: Preflight,
  test: { route: string; baseUrl: string; expected?: number | undefined },
  projectPorts: readonly number[],
): Preflight {
  const { status } = preflight
  if (status < 400 || status >= 500 || status === test.expected) return preflight
  const { host, pathname } = new URL(test.baseUrl)
  if (status === 401 || status === 403) {
    throw new Failure(
      'HR_AUTH',
      l10n.t(
        'The first request got {0}, so this would measure your auth check. Add a token to "headers" in headroom.config.json.',
        status,
      ),
      {
        exitCode: 3,
        actions: [
          {
            id: 'open-config',
            title: l10n.t('Add Token'),
            commandLine: '--header "authorization: Bearer …"',
          },
          {
            id: 'expect-status',
            title: l10n.t('Test the {0} Path on Purpose', status),
            argument: String(status),
          },
        ],
      },
    )
  }
  if (status === 429) {
    throw new Failure(
      'HR_LIMITED',
      l10n.t(
        '{0} answered, but {1} returned {2}: this would measure your rate limiter. Lift it for local runs.',
        host,
        test.route,
        status,
      ),
      {
        exitCode: 3,
      },
    )
  }
  if (status === 404) {
    const place = host + pathname.replace(/\/$/, '')
    const elsewhere = projectPorts.filter((port) => !host.endsWith(`:${port}`))
    const message =
      preflight.contentType?.includes('html') === true
        ? l10n.t(
            "{0} answered, but {1} returned {2} HTML: another app, another prefix, or a parameter value that doesn't exist. Say where your app listens, or which values to use.",
            place,
            test.route,
            status,
          )
        : l10n.t(
            "{0} answered, but {1} returned {2}: another app, another prefix, or a parameter value that doesn't exist. Say where your app listens, or which values to use.",
            place,
            test.route,
            status,
          )
    throw new Failure('HR_WRONG_APP', withListening(message, elsewhere), {
      exitCode: 3,
      actions: [
        ...otherAddresses(elsewhere),
        { id: 'enter-values', title: l10n.t('Enter Values'), commandLine: '--param name=1,2,3' },
      ],
    })
  }
  throw new Failure(
    'HR_REFUSED',
    l10n.t(
      '{0} answered, but {1} returned {2}, so this would measure how fast it says no. Give the parameters, headers or body it expects.',
      host,
      test.route,
      status,
    ),
    { exitCode: 3, actions: [{ id: 'enter-values', title: l10n.t('Enter Values') }] },
  )
}
