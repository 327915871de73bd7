import { genericStatus } from '../../objects/status.ts'
import type { Authorizer } from '../auth/authorizer.ts'
import type { RegistryCore } from '../registry/core.ts'
import type { ApiServer } from '../server.ts'

export interface HttpParts {
  readonly core: RegistryCore
  readonly handle: ApiServer['handle']
  readonly watch: ApiServer['watch']
  readonly authorizer: Authorizer | undefined
}

/** The API over HTTP. */
export function createHttp(_parts: HttpParts): ApiServer['http'] {
  return () => {
    const status = genericStatus(404)
    return { code: 404, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(status)}\n` }
  }
}
