import { goQuote } from '../../go/quote.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import type { Container, Pod } from '../types/core.ts'
import type { Validator } from './validator.ts'
import { validateDescendingPath } from './volume-validation.ts'

/** Profiles of system calls, as fields. Source: pkg/apis/core/validation/validation.go. */

/** The profile of a container or Pod. Source: k8s.io/api core/v1 types.go, SeccompProfile. */
export interface SeccompProfile {
  /** `Localhost`, `RuntimeDefault` or `Unconfined`. */
  readonly type?: string
  /** Path below the kubelet's directory of profiles. */
  readonly localhostProfile?: string
}

/** Annotations that said the same before there were fields. Source: k8s.io/api core/v1 annotation_key_constants.go. */
export const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
export const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/'

/** The profile of a security context, if it has one. */
export function seccompOf(context: object | undefined): SeccompProfile | undefined {
  return (context as { readonly seccompProfile?: SeccompProfile } | undefined)?.seccompProfile // an object by its schema
}

const types = ['Localhost', 'RuntimeDefault', 'Unconfined']

/** Source: validateSeccompProfileField; `field` is that of the security context. */
export function validateSeccompProfile(v: Validator, field: string, context: object | undefined): void {
  const profile = seccompOf(context)
  if (profile === undefined) return
  const { type = '', localhostProfile } = profile
  const path = `${field}.seccompProfile`
  if (type === '') v.required(`${path}.type`, 'type is required when seccompProfile is set')
  else if (!types.includes(type)) v.notSupported(`${path}.type`, type, types)
  const local = `${path}.localhostProfile`
  if (type !== 'Localhost') {
    if (localhostProfile === undefined) return
    const shown = `core.SeccompProfile{Type:${goQuote(type)}, LocalhostProfile:(*string)(0xc000000000)}`
    v.invalidGo(local, shown, 'can only be set when seccomp type is Localhost')
  } else if (localhostProfile === undefined) v.required(local, 'must be set when seccomp type is Localhost')
  else validateDescendingPath(v, local, localhostProfile)
}

/** Annotations and fields that are both there say the same. Source: validateSeccompAnnotationsAndFields. */
export function validateSeccompAgreement(v: Validator, { metadata, spec }: Pod): void {
  if (!has(v.minor, apiServer.seccompHasFields)) return
  const { annotations } = metadata
  const check = (field: string, key: string, context: object | undefined) => {
    const profile = seccompOf(context)
    if (profile === undefined || annotations === undefined || !Object.hasOwn(annotations, key)) return
    agree(v, `${field}.securityContext.seccompProfile`, annotations[key] ?? '', profile)
  }
  check('spec', seccompPodAnnotation, spec.securityContext)
  for (const member of ['initContainers', 'containers'] as const)
    for (const [index, container] of (spec[member] ?? []).entries())
      check(`spec.${member}[${index}]`, nameOf(container), container.securityContext)
}

function nameOf({ name = '' }: Partial<Container>): string {
  return `${seccompContainerPrefix}${name}`
}

/** Source: validateSeccompAnnotationsAndFieldsMatch. */
function agree(v: Validator, field: string, told: string, { type, localhostProfile }: SeccompProfile): void {
  const isTold =
    (type === 'Unconfined' && told === 'unconfined') ||
    (type === 'RuntimeDefault' && (told === 'runtime/default' || told === 'docker/default')) ||
    (type === 'Localhost' && told.startsWith('localhost/'))
  if (!isTold) {
    if (type !== undefined && types.includes(type))
      v.forbidden(`${field}.type`, 'seccomp type in annotation and field must match')
  } else if (type === 'Localhost' && told.slice('localhost/'.length) !== localhostProfile)
    v.forbidden(`${field}.localhostProfile`, 'seccomp profile in annotation and field must match')
}
