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

/** A rule that a role has in some versions only: from a minor version on, before one, or both. */
export interface DatedRule {
  readonly rule: PolicyRule
  readonly since: number
  readonly before: number
}

/** What a role may do: rules in the order in which the server stores them. */
export type TableRules = readonly (PolicyRule | DatedRule)[]

/** A rule that came with a minor version. */
export function from(since: number, what: PolicyRule): DatedRule {
  return { rule: what, since, before: Number.POSITIVE_INFINITY }
}

/** A rule that went with a minor version. */
export function before(minor: number, what: PolicyRule): DatedRule {
  return { rule: what, since: 0, before: minor }
}

/** A rule that came with a minor version and went with a later one. */
export function between(since: number, gone: number, what: PolicyRule): DatedRule {
  return { rule: what, since, before: gone }
}

/** A rule that was another before a minor version. */
export function changed(minor: number, was: PolicyRule, is: PolicyRule): readonly DatedRule[] {
  return [before(minor, was), from(minor, is)]
}

/** The rules of a minor version. */
export function rulesAt(table: TableRules, minor: number): readonly PolicyRule[] {
  return table.flatMap((each) => {
    if (!('rule' in each)) return each
    return minor >= each.since && minor < each.before ? each.rule : []
  })
}

/** What every component may do that records events. Source: bootstrappolicy/controller_policy.go, eventsRule. */
export const events: PolicyRule = rule('create patch update', ' events.k8s.io', 'events')
