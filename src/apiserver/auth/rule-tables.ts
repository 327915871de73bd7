import type { PolicyRule } from '../../api/types/rbac.ts'

/** Short ways to write RBAC rules in tables: lists are words with blanks between them, in bytewise order. */

/** Verbs as the bootstrap policy groups them. Source: bootstrappolicy/policy.go, Read, Write, ReadUpdate, ReadWrite. */
export const read = 'get list watch'
export const write = 'create delete deletecollection patch update'
export const readUpdate = 'get list patch update watch'
export const readWrite = 'create delete deletecollection get list patch update watch'

/** A rule for resources. `groups`: `''` is the core group, `' events.k8s.io'` the core group and another. */
export function rule(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
  const base = { verbs: verbs.split(' '), apiGroups: groups.split(' '), resources: resources.split(' ') }
  return names === undefined ? base : { ...base, resourceNames: names.split(' ') }
}

/** A rule for paths outside the API. */
export function urls(verbs: string, paths: string): PolicyRule {
  return { verbs: verbs.split(' '), nonResourceURLs: paths.split(' ') }
}

/** What every component may do that records events. Source: bootstrappolicy/controller_policy.go, eventsRule. */
export const events: PolicyRule = rule('create patch update', ' events.k8s.io', 'events')
