import type { SecretUser } from '../../check/mapped-secret.ts'

/** Words of the map of Secrets, for the tree, the picture, the player and the page alike. */

/** `deployment default/web: container c, env PASSWORD [key]  (account web, node-1)` */
export function userText(user: SecretUser): string {
  return `${user.user}: ${wordsOf(user)}${placeBracketed(user)}`
}

/** As whom its Pods run, and where, in brackets; empty where nobody knows. */
export function placeBracketed(user: SecretUser): string {
  const place = placeOf(user)
  return place === '' ? '' : `  (${place})`
}

/** As whom its Pods run, and where. */
export function placeOf({ account, nodes }: SecretUser): string {
  return [...(account === undefined ? [] : [`account ${account}`]), ...nodes].join(', ')
}

/** How it uses the Secret: `container c, env PASSWORD [key] optional`. */
export function wordsOf({ container, way, where, keys, isOptional }: SecretUser): string {
  const parts = [
    container === undefined ? '' : `container ${container},`,
    way,
    where,
    keys === undefined ? '' : `[${keys.join(', ')}]`,
    isOptional && way !== 'pull' ? 'optional' : '',
  ]
  return parts.filter((part) => part !== '').join(' ')
}
