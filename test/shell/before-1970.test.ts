import { expect, test } from 'vitest'
import { terminal } from './terminal.ts'

test('C3 days of the week before 1970, as a real date tells them', () => {
  const line = 'for at in -1 -86401 -604800 -99999999999999; do date -u -d @$at "+%a %u %w"; done'
  expect(terminal().run(line).stdout).toBe('Wed 3 3\nTue 2 2\nThu 4 4\nMon 1 1\n')
})
