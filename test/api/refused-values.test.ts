import { describe, expect, test } from 'vitest'
import { jsonOfGo } from '../../src/api/structs/go-json.ts'
import { createSim } from '../../src/index.ts'

/** Source: apimachinery pkg/util/validation/field/errors.go, ErrorBody (v1.33.4 and v1.36). */
describe('values that are refused: as Go prints them up to v1.33, as JSON from v1.34 on', () => {
  const deployment = (selector: object, labels: object | undefined, spec: object = {}) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector,
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      ...spec,
    },
  })
  const rolling = (rollingUpdate: object) => ({ strategy: { type: 'RollingUpdate', rollingUpdate } })
  const web = { matchLabels: { app: 'web' } }

  test.each([
    ['labels', deployment(web, { app: 'db' }), 'map[string]string{"app":"db"}', '{"app":"db"}'],
    ['no labels', deployment(web, undefined), 'map[string]string(nil)', 'null'],
    [
      'a selector',
      deployment({}, { app: 'web' }),
      'v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}',
      '{}',
    ],
    [
      'a number or a percentage: a number',
      deployment(web, { app: 'web' }, rolling({ maxSurge: 0, maxUnavailable: 0 })),
      'intstr.IntOrString{Type:0, IntVal:0, StrVal:""}',
      '0',
    ],
    [
      'a number or a percentage: a percentage',
      deployment(web, { app: 'web' }, rolling({ maxUnavailable: '150%' })),
      'intstr.IntOrString{Type:1, IntVal:0, StrVal:"150%"}',
      '"150%"',
    ],
  ])('%s', (_what, body, go, json) => {
    for (const [version, shown] of [
      ['v1.33', go],
      ['v1.34', json],
    ] as const) {
      const path = '/apis/apps/v1/namespaces/default/deployments'
      const answer = createSim({ version }).request({ user: 'admin', method: 'POST', path, body })
      expect('body' in answer ? JSON.parse(answer.body).message : '').toContain(`: Invalid value: ${shown}: `)
    }
  })

  test('an amount', () => {
    const limits = [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '1500m' } }]
    const body = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l' }, spec: { limits } }
    const path = '/api/v1/namespaces/default/limitranges'
    const answer = createSim({ version: 'v1.34' }).request({ user: 'admin', method: 'POST', path, body })
    expect('body' in answer ? JSON.parse(answer.body).message : '').toContain(
      'min[cpu]: Invalid value: "1500m": min value',
    )
  })

  test.each([
    ['map[string]string{"a":"<b>", "c":"d"}', '{"a":"\\u003cb\\u003e","c":"d"}'],
    [
      'v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"k", Operator:"In", Values:[]string{"a"}}}}',
      '{"matchExpressions":[{"key":"k","operator":"In","values":["a"]}]}',
    ],
    [
      'core.Toleration{Key:"k", Operator:"Exists", TolerationSeconds:(*int64)(nil)}',
      '{"Key":"k","Operator":"Exists","TolerationSeconds":null}',
    ],
    ['[]string(nil)', 'null'],
    // What the text does not tell stays as it is.
    ['core.SecurityContext{RunAsUser:(*int64)(0xc000000000)}', undefined],
    ['["x"]', undefined],
    ['[]string{"a"', undefined],
  ])('%s', (go, json) => {
    expect(jsonOfGo(go)).toBe(json)
  })
})
