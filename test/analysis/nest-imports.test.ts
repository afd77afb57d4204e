import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nest } from '../../src/analysis/typescript/frameworks/nest.ts'
import { routesOf } from './framework-probe.ts'

test('Nest: decorators are also imported from the folders of the package', () => {
  const files = {
    'hooks.ts': `import { Controller, Post } from '@nestjs/common/decorators'
@Controller('hooks') export class Hooks { @Post() receive() {} }\n`,
    'others.ts': `import { Controller, Post } from '@nestjs/commonplace/decorators'
@Controller('others') export class Others { @Post() receive() {} }\n`,
  }
  assert.deepEqual(routesOf(nest, files), ['POST /hooks'])
})
