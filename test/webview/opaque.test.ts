import assert from 'node:assert/strict'
import { it } from 'node:test'
import { opaque } from '../../webview/ui/opaque.ts'

it('draws lines without the transparency of a theme', () => {
  assert.equal(opaque('#ea5c0055'), '#ea5c00')
  assert.equal(opaque('#f0a8'), '#f0a')
  assert.equal(opaque('rgba(234, 92, 0, 0.33)'), 'rgb(234, 92, 0)')
  for (const colour of ['#d18616', '#fff', 'rgb(1, 2, 3)', 'red', '']) assert.equal(opaque(colour), colour)
})
