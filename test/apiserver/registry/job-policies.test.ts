import { expect, test } from 'vitest'
import { newApi } from './api.ts'

/** Sources: pkg/apis/batch/validation/validation.go, pkg/apis/batch/v1/defaults.go, pkg/registry/batch/job/strategy.go. */

const jobs = '/apis/batch/v1/namespaces/default/jobs'
const job = (spec: object, restartPolicy = 'Never') => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'j' },
  spec: { template: { spec: { restartPolicy, containers: [{ name: 'c', image: 'x' }] } }, ...spec },
})
const rule = (more: object) => ({ podFailurePolicy: { rules: [{ action: 'FailJob', ...more }] } })
const refused = (minor: number, spec: object, restartPolicy?: string): string =>
  newApi(minor).post(jobs, job(spec, restartPolicy)).message

test.each([
  [21, {}, 'Always', 'Unsupported value: "Always": supported values: "OnFailure", "Never"'],
  [22, {}, 'Always', 'Required value: valid values: "OnFailure", "Never"'],
  [
    26,
    rule({ onExitCodes: { operator: 'In', values: [1] } }),
    'OnFailure',
    'Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
  ],
])('restartPolicy in v1.%i', (minor, spec, policy, text) => {
  expect(refused(minor, spec, policy)).toBe(`Job.batch "j" is invalid: spec.template.spec.restartPolicy: ${text}`)
})

test.each([
  [rule({}), 'podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required'],
  [
    rule({ onExitCodes: { operator: 'In', values: [0] } }),
    'podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
  ],
  [
    rule({ onExitCodes: { containerName: 'd', operator: 'In', values: [1] } }),
    'podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "d": must be one of the container or initContainer names in the pod template',
  ],
  [{ backoffLimitPerIndex: 1 }, 'backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
  [
    { podReplacementPolicy: 'Never' },
    'podReplacementPolicy: Unsupported value: "Never": supported values: "Failed", "TerminatingOrFailed"',
  ],
])('what is wrong with %j', (spec, text) => {
  expect(refused(31, spec)).toBe(`Job.batch "j" is invalid: spec.${text}`)
})

test('defaults, and what a version does not know yet', () => {
  const made = (minor: number, spec: object) => newApi(minor).post(jobs, job(spec)).spec
  const indexed = { completionMode: 'Indexed', completions: 2, backoffLimitPerIndex: 1 }
  expect(made(28, indexed)).toMatchObject({ backoffLimit: 6 })
  expect(made(28, indexed).backoffLimitPerIndex).toBe(undefined)
  expect(made(29, indexed)).toMatchObject({
    backoffLimit: 2_147_483_647,
    backoffLimitPerIndex: 1,
    podReplacementPolicy: 'TerminatingOrFailed',
  })
  const conditions = rule({ onPodConditions: [{ type: 'DisruptionTarget' }] })
  expect(made(29, conditions)).toMatchObject({
    podReplacementPolicy: 'Failed',
    podFailurePolicy: { rules: [{ onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] },
  })
  expect(made(25, conditions).podFailurePolicy).toBe(undefined)
})
