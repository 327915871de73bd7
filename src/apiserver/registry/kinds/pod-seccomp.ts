import type { Container, Pod } from '../../../api/types/core.ts'
import {
  type SeccompProfile,
  seccompContainerPrefix,
  seccompOf,
  seccompPodAnnotation,
} from '../../../api/validation/seccomp-validation.ts'
import { factAt, type VersionedFact } from '../../../versions/version.ts'

/** Whether annotations and fields of seccomp are kept in step as a Pod is made. */
const inStep: VersionedFact<boolean> = {
  source:
    'pkg/registry/core/pod/strategy.go, applySeccompVersionSkew (in v1.19 and v1.23); CHANGELOG-1.27 took it away',
  initially: false,
  since: [
    [19, true],
    [27, false],
  ],
}

type Annotations = Record<string, string>

/** A new Pod whose annotations say what its fields say, and the other way round. Source: applySeccompVersionSkew. */
export function withSeccompInStep(pod: Pod, minor: number): Pod {
  if (!factAt(inStep, minor) || !speaksOfSeccomp(pod)) return pod
  const annotations: Annotations = { ...pod.metadata.annotations }
  const { spec } = pod
  const securityContext = stepped(annotations, seccompPodAnnotation, spec.securityContext)
  const step = <C extends Container>(container: C): C => {
    const context = stepped(annotations, `${seccompContainerPrefix}${container.name ?? ''}`, container.securityContext)
    return context === container.securityContext ? container : { ...container, securityContext: context }
  }
  const initContainers = spec.initContainers?.map(step)
  const containers = spec.containers?.map(step)
  const sorted = Object.fromEntries(Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1)))
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations: sorted },
    spec: {
      ...spec,
      ...(securityContext === undefined ? {} : { securityContext }),
      ...(initContainers === undefined ? {} : { initContainers }),
      ...(containers === undefined ? {} : { containers }),
    },
  }
}

function speaksOfSeccomp({ metadata, spec }: Pod): boolean {
  const isOne = (key: string) => key === seccompPodAnnotation || key.startsWith(seccompContainerPrefix)
  if (metadata.annotations !== undefined && Object.keys(metadata.annotations).some(isOne)) return true
  const hasProfile = ({ securityContext }: Pick<Container, 'securityContext'>) =>
    seccompOf(securityContext) !== undefined
  if (seccompOf(spec.securityContext) !== undefined) return true
  return (spec.containers ?? []).some(hasProfile) || (spec.initContainers ?? []).some(hasProfile)
}

/** The security context with the profile that the annotation names; the annotation is added to `annotations`. */
function stepped<C extends object | undefined>(annotations: Annotations, key: string, context: C): C {
  const field = seccompOf(context)
  const isTold = Object.hasOwn(annotations, key)
  if (field !== undefined && !isTold) {
    const text = annotationOf(field)
    if (text !== '') annotations[key] = text
  }
  if (field !== undefined || !isTold) return context
  const profile = profileOf(annotations[key] ?? '')
  return profile === undefined ? context : ({ ...context, seccompProfile: profile } as C) // a security context still
}

/** Source: pkg/api/pod/util.go, SeccompAnnotationForField. */
function annotationOf({ type, localhostProfile }: SeccompProfile): string {
  if (type === 'Unconfined') return 'unconfined'
  if (type === 'RuntimeDefault') return 'runtime/default'
  return type === 'Localhost' && localhostProfile !== undefined ? `localhost/${localhostProfile}` : ''
}

/** Source: pkg/api/pod/util.go, SeccompFieldForAnnotation. */
function profileOf(text: string): SeccompProfile | undefined {
  if (text === 'unconfined') return { type: 'Unconfined' }
  if (text === 'runtime/default' || text === 'docker/default') return { type: 'RuntimeDefault' }
  const localhostProfile = text.startsWith('localhost/') ? text.slice('localhost/'.length) : ''
  return localhostProfile === '' ? undefined : { type: 'Localhost', localhostProfile }
}
