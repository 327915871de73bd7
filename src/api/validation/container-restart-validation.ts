import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { Container } from '../types/core.ts'
import { isUnset, type Validator } from './validator.ts'

/** When single containers start anew. Source: pkg/apis/core/validation/validation.go. */

const policies = ['Always', 'Never', 'OnFailure']

/** Source: validateContainers. */
export function validateRestart(v: Validator, path: string, container: Container): void {
  if (has(v.minor, apiServer.containersHaveRestartRules)) validateRules(v, path, container)
  else if (container.restartPolicy !== undefined)
    v.forbidden(`${path}.restartPolicy`, 'may not be set for non-init containers')
}

/** Source: validateInitContainerRestartPolicy. */
export function validateInitRestart(v: Validator, path: string, container: Container): void {
  const { restartPolicy: policy, restartPolicyRules: rules = [] } = container
  if (policy === undefined) {
    if (rules.length > 0) v.required(`${path}.restartPolicy`, rulesNeedPolicy)
  } else if (!has(v.minor, apiServer.containersHaveRestartRules)) {
    if (policy !== 'Always') v.notSupported(`${path}.restartPolicy`, policy, ['Always'])
  } else if (policy !== 'Always' || has(v.minor, apiServer.rulesRestartAllContainers)) validateRules(v, path, container)
  else if (rules.length > 0) {
    const text = 'restartPolicyRules are not allowed for init containers with restart policy Always'
    v.forbidden(`${path}.restartPolicyRules`, text)
  }
}

const rulesNeedPolicy = 'must specify restartPolicy when restart rules are used'

/** Source: validateContainerRestartPolicy. */
function validateRules(v: Validator, path: string, container: Container): void {
  const { restartPolicy: policy, restartPolicyRules: rules = [] } = container
  if (policy === undefined) {
    if (rules.length === 0) return
    v.required(`${path}.restartPolicy`, rulesNeedPolicy)
  } else if (!policies.includes(policy)) v.notSupported(`${path}.restartPolicy`, policy, policies)
  if (rules.length > 20) v.tooMany(`${path}.restartPolicyRules`, rules.length, 20)
  const actions = has(v.minor, apiServer.rulesRestartAllContainers) ? ['Restart', 'RestartAllContainers'] : ['Restart']
  for (const [index, { action = '', exitCodes }] of rules.entries()) {
    const field = `${path}.restartPolicyRules[${index}]`
    if (!actions.includes(action)) v.notSupported(`${field}.action`, action, actions)
    if (exitCodes === undefined) v.required(`${field}.exitCodes`, 'must be specified')
    else validateExitCodes(v, `${field}.exitCodes`, exitCodes)
  }
}

function validateExitCodes(
  v: Validator,
  field: string,
  { operator = '', values = [] }: { readonly operator?: string; readonly values?: readonly number[] },
): void {
  if (operator !== 'In' && operator !== 'NotIn') v.notSupported(`${field}.operator`, operator, ['In', 'NotIn'])
  if (values.length > 255) v.tooMany(`${field}.values`, values.length, 255)
}

const resizable = ['cpu', 'memory']
const resizePolicies = ['NotRequired', 'RestartContainer']

/** Source: validateResizePolicy. `restartPolicy` is the Pod's. */
export function validateResizePolicy(
  v: Validator,
  field: string,
  list: NonNullable<Container['resizePolicy']>,
  restartPolicy: string | undefined,
): void {
  const named = new Set<string>()
  for (const [index, { resourceName = '', restartPolicy: policy = '' }] of list.entries()) {
    if (named.has(resourceName)) v.duplicate(`${field}[${index}]`, resourceName)
    named.add(resourceName)
    if (resourceName === '') v.required(field)
    else if (!resizable.includes(resourceName)) v.notSupported(field, resourceName, resizable)
    if (isUnset(policy)) v.required(field)
    else if (!resizePolicies.includes(policy)) v.notSupported(field, policy, resizePolicies)
    if (restartPolicy !== 'Never' || policy === 'NotRequired') continue
    const whose = has(v.minor, apiServer.containersHaveRestartRules) ? 'pod ' : ''
    v.invalid(field, policy, `must be 'NotRequired' when ${whose}\`restartPolicy\` is 'Never'`)
  }
}

/** Source: validateInitContainers. */
export function validateInitResizePolicy(v: Validator, path: string, container: Container): void {
  if (container.restartPolicy === 'Always' || !has(v.minor, apiServer.initContainersResizeInPlace)) return
  for (const [index, { restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    if (restartPolicy !== 'RestartContainer') continue
    const text = "must not be set to 'RestartContainer' for non-sidecar initContainers"
    v.invalid(`${path}.resizePolicy[${index}].restartPolicy`, restartPolicy, text)
  }
}
