import { expect, test } from 'vitest'
import type { Output } from '../../src/cli/output.ts'
import { play } from '../../src/cli/play.ts'

test('U3 U4 without a screen the story is told, and then the flow of the Secret with its delays', async () => {
  let told = ''
  const write = (text: { toString(): string }): void => {
    told += text.toString()
  }
  const output: Output = { isColoured: false, out: write, err: write, progress: () => {} }
  expect(await play('scenarios/updates/never.yaml', { ui: 'plain' }, output)).toBe(0)
  const [story = '', flow = ''] = told.split('flow of secret default/mysecret')
  expect(story).toContain('✓ Mounts and variables that are never updated')
  expect(flow).toMatch(/\/etc\/whole: \d+\.\d s = sync \d+\.\d \+ mount 0\.\d/)
  expect(flow).toContain(
    'never: the environment is fixed when the container is created; until the container is made anew',
  )
})
