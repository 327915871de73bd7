import { forbiddenStatus } from '../../../api/status.ts'
import type { Pod } from '../../../api/types/core.ts'
import type { KubeObject, ResourceRef, Status, StatusCause } from '../../../api/types/meta.ts'
import type { AdmissionRequest, Admitted } from '../plugin.ts'

/** What plugins share. Source: k8s.io/apiserver pkg/admission. */

/** Refuses a request as a plugin does. Source: pkg/admission/errors.go, NewForbidden. */
export function forbid(request: AdmissionRequest, why: string, causes?: readonly StatusCause[]): Status {
  const { resource, object } = request
  const name = request.name || object?.metadata.name || object?.metadata.generateName || 'Unknown'
  return forbiddenStatus(resource, name, why, causes)
}

export function admitted(object: KubeObject | undefined): Admitted {
  return { ok: true, object }
}

export function refused(status: Status): Admitted {
  return { ok: false, status }
}

/** Whether a request is for a resource itself, not a part of it. */
export function isFor({ resource, subresource }: AdmissionRequest, group: string, name: string): boolean {
  return subresource === '' && resource.resource === name && resource.group === group
}

/** The Pod of a request for Pods themselves; undefined for anything else. */
export function podOf(request: AdmissionRequest): Pod | undefined {
  if (!isFor(request, '', 'pods')) return undefined
  return request.object as Pod | undefined // the resource says so
}

export const serviceAccounts: ResourceRef = { group: '', version: 'v1', resource: 'serviceaccounts' }
export const secrets: ResourceRef = { group: '', version: 'v1', resource: 'secrets' }
export const namespaces: ResourceRef = { group: '', version: 'v1', resource: 'namespaces' }
