import { describe, expect, test } from 'vitest'
import { checkManifests, rotationOf, SimUsageError, secretMap } from '../../src/index.ts'

/** Calls from JavaScript, which no types keep from mistakes. */
const untyped: Readonly<Record<'checkManifests' | 'rotationOf' | 'secretMap', (...given: never[]) => unknown>> = {
  checkManifests,
  rotationOf,
  secretMap,
}
const call = (name: keyof typeof untyped, files: unknown, options?: unknown) => {
  return () => Reflect.apply(untyped[name], undefined, [files, options])
}
const file = { name: 'a.yaml', text: '' }

describe('options of the calls about manifests', () => {
  test.each([
    [call('checkManifests', [file], { for: 'soon' }), 'checkManifests: for is the text "soon"; expected'],
    [call('checkManifests', [file], { version: 'v1.99' }), 'checkManifests: version is the text "v1.99"; expected'],
    [call('checkManifests', [file], { seed: 1 }), 'did you mean "seeds"?'],
    [
      call('checkManifests', [file], { seeds: 0 }),
      'checkManifests: seeds is the number 0; expected a whole number from 1 to 1000',
    ],
    [call('checkManifests', [file], { nodes: 'many' }), 'checkManifests: nodes is the text "many"; expected'],
    [call('checkManifests', [file], { have: [{ name: 'Db', keys: [] }] }), 'checkManifests: have[0].name is'],
    [call('checkManifests', [file], { presentImages: ['a', 5] }), 'checkManifests: presentImages[1] is'],
    [call('checkManifests', [file], { nodeSize: { cpu: 'x', memory: '1Gi' } }), 'checkManifests: nodeSize.cpu is'],
    [call('checkManifests', 'a.yaml'), 'checkManifests: files is the text "a.yaml"; expected a list of files'],
    [call('rotationOf', [file], {}), 'rotationOf: missing key "secret"'],
    [call('rotationOf', [file], { secret: { name: 'db' }, strategy: 'Poll' }), 'rotationOf: strategy is'],
    [call('secretMap', [file], { namespace: 'No' }), 'secretMap: namespace is'],
  ])('%#: a mistake is told in words', (wrong, says) => {
    expect(wrong).toThrow(SimUsageError)
    expect(wrong).toThrow(says)
  })
})
