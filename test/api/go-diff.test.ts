import { describe, expect, test } from 'vitest'
import { goDiff } from '../../src/api/structs/diff.ts'
import { middleStructs } from '../../src/api/structs/middle-structs.ts'
import { goQuantity, goSyntax } from '../../src/api/structs/syntax.ts'

const lines = (diff: string) => diff.replaceAll('\u00a0', ' ').split('\n')

describe('facts 2.4 differences as go-cmp shows them', () => {
  test('equal values have none', () => {
    expect(goDiff('core.PodSpec', { containers: [] }, { containers: [] })).toBe('')
  })

  test('a changed field stands between two equal ones on each side, all aligned', () => {
    const diff = goDiff('core.Toleration', { key: 'a', value: 'x' }, { key: 'a', value: 'y' })
    expect(lines(diff)).toEqual([
      '  core.Toleration{',
      '  \tKey:               "a",',
      '  \tOperator:          "",',
      '- \tValue:             "x",',
      '+ \tValue:             "y",',
      '  \tEffect:            "",',
      '  \tTolerationSeconds: nil,',
      '  }',
      '',
    ])
  })

  test('an added element is whole, and what is alike is counted', () => {
    const container = (name: string) => ({ name, image: 'redis' })
    const diff = goDiff(
      'core.PodSpec',
      { containers: [container('a'), container('b')] },
      { containers: [container('b')] },
    )
    expect(lines(diff)).toContain('- \t\t{Name: "a", Image: "redis"},')
    expect(lines(diff)).toContain('  \t\t{Name: "b", Image: "redis"},')
    expect(lines(diff)).toContain('  \t... // 24 identical fields')
  })

  test('long texts differ by chunks', () => {
    const env = (value: string) => ({ name: 'A', value })
    const diff = goDiff('core.EnvVar', env('x'.repeat(80)), env(`${'x'.repeat(79)}y`))
    expect(diff).toContain('strings.Join({')
  })
})

describe('values as %#v writes them', () => {
  test('a struct names its fields, and nil by its type', () => {
    expect(goSyntax('core.Toleration', { key: 'a', tolerationSeconds: 5 })).toBe(
      'core.Toleration{Key:"a", Operator:"", Value:"", Effect:"", TolerationSeconds:(*int64)(0xc000000000)}',
    )
  })

  test('a quantity keeps its text only in canonical form', () => {
    expect(goQuantity('1500m')).toContain('s:"1500m"')
    expect(goQuantity('1024Ki')).toContain('value:1048576, scale:0}')
    expect(goQuantity('1024Ki')).toContain('s:""')
  })
})

test('from v1.20 on what is equal is shown without types and in part, and several values share a line', () => {
  const env = (image: string) => ({
    containers: [{ name: 'c', image, env: Array.from({ length: 5 }, (_, i) => ({ name: `N${i}`, value: 'v' })) }],
  })
  const diff = goDiff('core.PodSpec', env('a'), env('b'), middleStructs).replaceAll('\u00a0', ' ')
  expect(diff).toContain('\n- \t\t\tImage:   "a",\n+ \t\t\tImage:   "b",\n')
  expect(diff).toContain('\n  \tVolumes:        nil,\n  \tInitContainers: nil,\n  \tContainers: []core.Container{\n')
  const added = goDiff('core.PodSpec', { containers: [] }, env('a'), middleStructs).replaceAll('\u00a0', ' ')
  expect(added).toMatch(/\{Name: "N0", Value: "v"\}, \{Name: "N1"/)
})
