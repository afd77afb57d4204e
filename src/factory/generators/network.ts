import * as l10n from '@vscode/l10n'
import { hash32, hashBelow, hashKey } from '../hash.ts'
import type { HashKey } from '../hash.ts'
import { exampleColumn } from './generator.ts'
import type { Generator } from './generator.ts'
import { permutation } from './permutation.ts'
import { isTextNamed, words } from './text.ts'
import { hexDigits } from './uuid.ts'

type Kind = 'ipv4' | 'ipv6' | 'cidr' | 'mac' | 'mac8'

/** Kept free for documentation by RFC 5737. */
const networks = ['192.0.2.', '198.51.100.', '203.0.113.'] as const
const room: Readonly<Record<Kind, number>> = { ipv4: 15, ipv6: 39, cidr: 18, mac: 17, mac8: 23 }

/** Addresses of computers that nobody has: IP addresses kept for documentation, and hardware addresses given out by no maker. */
export const network: Generator = {
  id: 'network',
  get description() {
    return l10n.t('IP and hardware addresses for documentation')
  },
  example: { column: exampleColumn('ip_address', 'text', 'VARCHAR(45)'), unique: false },
  suggest: (column, { unique }) => {
    const declared = /^(inet6?|inet4|cidr|macaddr8?)$/i.exec(column.declaredType)?.[1]?.toLowerCase()
    const isAddress = isTextNamed(
      column,
      /(?:^|_)ip(?:v[46])?(?:_?address|_?addr)?$|remote_?addr|^mac(?:_?address)?$|_mac$/,
    )
    if (declared === undefined && !isAddress) return null
    const plain: Kind =
      declared?.startsWith('mac') === true
        ? declared === 'macaddr8'
          ? 'mac8'
          : 'mac'
        : declared === 'cidr'
          ? 'cidr'
          : /mac/.test(words(column.name))
            ? 'mac'
            : 'ipv4'
    // There are too few addresses of version 4.
    const kind = plain === 'ipv4' && (unique || declared === 'inet6') ? 'ipv6' : plain
    if (
      (unique && kind === 'cidr') ||
      (declared === 'inet4' && unique) ||
      (column.maxLength ?? 99) < room[kind]
    )
      return null
    return {
      options: { kind, unique },
      reason:
        declared === undefined ? l10n.t('named like a network address') : l10n.t('its type: {0}', declared),
    }
  },
  compile: (options, context) => {
    const key = hashKey(context.seed, context.table, context.column)
    const second = hashKey(context.seed, context.table, context.column, 'second')
    if (options.kind === 'mac' || options.kind === 'mac8')
      return hardwareAddress(key, options.kind === 'mac8')
    if (options.kind === 'ipv6') {
      return (index) => {
        const low = hexDigits(hash32(key, index))
        const high = Math.floor(index / 4294967296).toString(16)
        return `2001:db8:${high}:${((hash32(second, index) >>> 16) | 0x1000).toString(16)}::${low.slice(0, 4)}:${low.slice(4)}`
      }
    }
    if (options.kind === 'cidr')
      return (index) => `${networks[hashBelow(key, index, 3)] ?? ''}${hashBelow(second, index, 16) * 16}/28`
    return (index) => `${networks[hashBelow(key, index, 3)] ?? ''}${1 + hashBelow(second, index, 254)}`
  },
}

/** All different; the second bit of the first byte says that the address was given out locally. */
function hardwareAddress(key: HashKey, isLong: boolean): (index: number) => string {
  const permute = permutation(key, 2 ** 40)
  return (index) => {
    const digits = permute(index % 2 ** 40)
      .toString(16)
      .padStart(10, '0')
    const bytes = (digits.match(/../g) ?? []).join(':')
    return isLong ? `02:00:00:${bytes}` : `02:${bytes}`
  }
}
